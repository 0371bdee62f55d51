import { expect, test } from 'vitest';
import { createRig } from '../../rig.js';

const pipeline = `name: daily
provider: mock
lineage: { retention: 90d }
symbols: [AAPL]
steps:
  contracts: { refresh: 1d }
`;

test('pipe maintain compresses old records, and commands explain removed records', async () => {
  const rig = await createRig();
  await rig.write('daily.yaml', pipeline);
  const ran = await rig.pipe('--now', '2026-01-05T12:00:00Z', 'run', 'daily.yaml', '--json');
  const { runId } = JSON.parse(ran.stdout) as { runId: string };
  const before = await rig.pipe('report', runId, '--html');
  const maintained = await rig.pipe('--now', '2026-01-07T12:00:00Z', 'maintain');
  expect(maintained.stdout).toMatch(/^ {2}1 run record compressed, .* saved$/m);
  expect(await rig.files(`lineage/2026-01-05/${runId}`)).toEqual([
    'events.ndjson.gz',
    'openlineage.ndjson.gz',
    'run.json',
  ]);
  expect((await rig.pipe('report', runId, '--html')).stdout).toBe(before.stdout);

  await rig.pipe('--now', '2026-06-01T12:00:00Z', 'run', 'daily.yaml');
  expect((await rig.files('lineage')).filter((path) => path.includes(runId))).toEqual([]);
  const missing = await rig.pipe('report', runId);
  expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(missing.stderr).toContain(`the record of run ${runId} (daily, 2026-01-05 12:00:0`);
  expect(missing.stderr).toContain('was removed after 90d');
  expect(missing.stderr).toContain(`pipe lineage AAPL --run ${runId}`);
  const fromLake = await rig.pipe('lineage', 'AAPL', '--run', runId, '--all');
  expect(fromLake.stdout).toContain(`request ${runId}/1`);
  expect(fromLake.stderr).toContain('the record of this run was removed after 90d');
});
