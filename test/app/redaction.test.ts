/** Providers echo credentials in error messages. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createFaultyProject } from '../fixtures/faulty-project.js';

const key = 'q7h2k9x4m1p8';

test('a key in the error message of a provider appears in no file, report, event or output', async () => {
  const { rig } = await createFaultyProject();
  await rig.write(
    'trouble.yaml',
    `name: trouble
source: synthetic
rules:
  - when: { request: equity_bars, symbol: AAPL }
    do: { failure: retryable, message: 'no session for api_key=${key}' }
  - when: { request: chains }
    do: { failure: invalid, message: 'GET /chains?api_key=${key} is wrong' }
`,
  );
  const options = { env: { MY_API_KEY: key } };
  const outputs = [
    await rig.pipe('run', 'small.yaml', '--json', '--debug', '--record-calls', 'calls.ndjson', options),
    await rig.pipe('report', options),
    await rig.pipe('lineage', 'AAPL', '--json', options),
    await rig.pipe('query', '--json', 'SELECT * FROM facts', options),
  ];
  expect(outputs[0]?.exitCode).toBe(3);
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(key);
  expect(outputs[1]?.stdout).toContain('api_key=***');
  expect(outputs[3]?.stdout).toContain('api_key=***');
  for (const file of await rig.files()) {
    if (file === 'trouble.yaml') continue;
    expect(await readFile(join(rig.folder, file), 'latin1'), file).not.toContain(key);
  }
});
