import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { isRecord } from '../../../src/platform/json.js';
import { createRig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: 1 day, lookback: 10 sessions, overlap: 0 }
`;

const evening = ['--now', '2026-01-15T23:30:00Z'];

test('a row whose commit another program deleted keeps its request', async () => {
  const rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  expect(await rig.pipe(...evening, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  // So many commits that the log has a checkpoint: a program that cleans it deletes the commits before that.
  const again = ['run', '--steps', 'equity', '--force', '--date', '2026-01-15', '--quiet'];
  const log = 'data/equity_bars/_delta_log';
  const hasCheckpoints = async (): Promise<boolean> => {
    const files = await rig.files('data/equity_bars');
    return (
      files.some((file) => file.endsWith('.checkpoint.parquet')) &&
      files.filter((file) => file.startsWith('_delta_log')).length > 20
    );
  };
  for (let count = 0; count < 40 && !(await hasCheckpoints()); count++)
    expect(await rig.pipe(...evening, ...again)).toMatchObject({ exitCode: 0 });
  const before: unknown = JSON.parse((await rig.pipe(...evening, 'why', 'AAPL', '2026-01-14', '--json')).stdout);
  const request = isRecord(before) && isRecord(before['request']) ? String(before['request']['requestId']) : '';
  const commits = (await rig.files(log)).filter((file) => /^\d+\.json$/.test(file));
  const checkpoint = (await rig.files(log)).findLast((file) => file.endsWith('.checkpoint.parquet')) ?? '';
  for (const file of commits)
    if (Number.parseInt(file, 10) < Number.parseInt(checkpoint, 10)) await rm(rig.path(log, file));
  const { stdout, exitCode } = await rig.pipe(...evening, 'why', 'AAPL', '2026-01-14');
  expect({ stdout, exitCode }).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining(`request  ${request}; the log does not have its commit any more`) as unknown,
  });
});
