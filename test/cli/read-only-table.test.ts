import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { createRig } from '../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL]
steps:
  contracts: { refresh: 1d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 5 sessions }
`;

test('a run requests nothing that a table with delta.appendOnly cannot store, and other tables are written', async () => {
  const rig = await createRig();
  await rig.write('small.yaml', pipeline);
  expect(await rig.pipe('--now', '2026-01-15T23:30:00Z', 'run', 'small.yaml', '--quiet')).toMatchObject({
    exitCode: 0,
  });
  const log = rig.path('data/equity_bars/_delta_log');
  const names = (await readdir(log)).filter((name) => name.endsWith('.json'));
  const first = await readFile(`${log}/00000000000000000000.json`, 'utf8');
  const metadata = first.split('\n').find((line) => line.startsWith('{"metaData"')) ?? '';
  const info = '{"commitInfo":{"timestamp":1,"operation":"SET TBLPROPERTIES","engineInfo":"delta-rs"}}';
  await writeFile(
    `${log}/${String(names.length).padStart(20, '0')}.json`,
    `${info}\n${metadata.replace('"configuration":{', '"configuration":{"delta.appendOnly":"true",')}\n`,
  );

  const run = await rig.pipe('--now', '2026-01-20T23:30:00Z', 'run', 'small.yaml', '--json');
  expect(run.exitCode).toBe(3);
  expect(JSON.parse(run.stdout)).toMatchObject({
    requests: 1,
    tasks: [
      { id: 'contracts/AAPL', status: 'ok', requests: 1 },
      { id: 'equity/AAPL', requests: 0 },
    ],
  });
  const status = await rig.pipe('--now', '2026-01-20T23:30:00Z', 'status', 'small.yaml');
  expect(status.stdout).toContain('read-only  equity_bars: the table property delta.appendOnly is true');
  expect(status.stdout).toContain('set delta.appendOnly of equity_bars to false');
});
