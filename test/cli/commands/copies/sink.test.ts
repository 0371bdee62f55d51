import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRig } from '../../../rig.js';

const pipeline = `name: night
provider: mock
symbols: [AAPL]
steps:
  contracts: {}
sinks:
  files: { kind: csv, folder: out, tables: [contracts, quotes] }
`;

it('verifies only what is there to compare', async () => {
  const rig = await createRig();
  await rig.write('night.yaml', pipeline);
  const verify = ['sink', 'verify', '--pipeline', 'night.yaml'] as const;
  // A mistyped folder is no empty lake, and is not created.
  for (const action of ['verify', 'replay'])
    expect(await rig.pipe('sink', action, '--pipeline', 'night.yaml', '--data', 'dada')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no lake in ') as unknown,
    });
  expect(existsSync(join(rig.folder, 'dada'))).toBe(false);

  expect((await rig.pipe('sink', 'setup', '--pipeline', 'night.yaml')).exitCode).toBe(0);
  const empty = await rig.pipe(...verify);
  expect(empty).toMatchObject({
    exitCode: 5,
    stdout: 'files (csv)\n  contracts: not in the lake\n  quotes: not in the lake\n',
  });

  expect((await rig.pipe('run', 'night.yaml', '--quiet')).exitCode).toBe(0);
  const full = await rig.pipe(...verify);
  expect(full).toMatchObject({
    exitCode: 0,
    stdout: 'files (csv)\n  contracts: ok (1 row in 1 window)\n  quotes: not in the lake\n',
  });
});
