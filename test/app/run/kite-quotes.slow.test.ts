import { expect, test } from 'vitest';

import { createExampleProject } from '../../example-pipelines.js';

test('four Indian indices and their snapshots take few calls for quotes, with one time for all quotes', async () => {
  const rig = await createExampleProject();
  const simulator = rig.spawn('simulate', 'kite', '--port', '0', '--json', '--start', '2026-11-30T10:00:00+05:30');
  await simulator.waitForOutput(/"port":\d+.*\n/);
  const env = {
    KITE_API_KEY: 'simulated',
    KITE_ACCESS_TOKEN: 'simulated-token',
    KITE_BASE_URL: `http://127.0.0.1:${/"port":(\d+)/.exec(simulator.stdout())?.[1] ?? ''}`,
  };
  const run = await rig.spawn('run', 'pipelines/india-indices.yaml', '--now', '2026-11-30T10:00:05+05:30', { env })
    .result;
  expect(run.exitCode, run.stderr).toBe(0);
  const requests = simulator.stdout().match(/.*"kind":"request".*"request":"quote".*/g) ?? [];
  // One for the quotes; the snapshots share another, or two when the machine is too busy to plan all chains at once.
  expect(requests.length).toBeLessThanOrEqual(3);
  const { stdout } = await rig.pipe(
    'query',
    `SELECT 'quotes' AS name, count(DISTINCT ts)::INTEGER AS times, count(DISTINCT symbol)::INTEGER AS symbols FROM quotes
     UNION ALL SELECT 'snapshots', count(DISTINCT ts)::INTEGER, count(DISTINCT symbol)::INTEGER FROM option_snapshots`,
    '--json',
  );
  expect(JSON.parse(stdout)).toEqual([
    { name: 'quotes', times: 1, symbols: 4 },
    { name: 'snapshots', times: requests.length - 1, symbols: 4 },
  ]);
  simulator.kill('SIGTERM');
  await simulator.result;
});
