import { mkdir, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: 1 day, lookback: 4 sessions }
`;

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  for (const day of ['15', '16'])
    expect(await rig.pipe('--now', `2026-01-${day}T23:30:00Z`, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
});

async function query(sql: string, ...more: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await rig.pipe('query', sql, '--json', ...more);
  return stdout === '' ? stderr : JSON.parse(stdout);
}

test('runs has each recorded run with its totals', async () => {
  expect(
    await query(
      'SELECT pipeline, status, requests, rows, CAST(started_at AS DATE) AS day FROM runs ORDER BY started_at',
    ),
  ).toEqual([
    { pipeline: 'small', status: 'ok', requests: 4, rows: 10, day: '2026-01-15' },
    { pipeline: 'small', status: 'ok', requests: 2, rows: 2, day: '2026-01-16' },
  ]);
});

test('requests has each request with its rows, and joins with runs and tables', async () => {
  expect(
    await query(`SELECT q.symbol, q.states, q.rows, r.pipeline FROM requests q JOIN runs r USING (run_id)
      WHERE q.dataset = 'equity_bars' ORDER BY r.started_at, q.symbol`),
  ).toMatchObject([
    { symbol: 'AAPL', states: 'data', rows: 4, pipeline: 'small' },
    { symbol: 'BRK B', rows: 4 },
    { symbol: 'AAPL', rows: 1 },
    { symbol: 'BRK B', rows: 1 },
  ]);
  expect(
    await query('SELECT count(*) AS orphans FROM equity_bars b ANTI JOIN requests q ON q.request_id = b.request_id'),
  ).toEqual([{ orphans: 0 }]);
});

test('both are empty without records and in an empty lake', async () => {
  await mkdir(rig.path('empty'));
  const nothing = ['--data', 'empty', '--lineage', 'nowhere'];
  expect(
    await query('SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM requests) AS requests', ...nothing),
  ).toEqual([{ runs: 0, requests: 0 }]);
});

test('a record with hostile texts is a value, and a damaged one is left out', async () => {
  const folder = rig.path('hostile/2026-01-15/01a1fb30-2984-71dd-923c-bdc57bbd46ac');
  await mkdir(folder, { recursive: true });
  await mkdir(rig.path('hostile/2026-01-15/01a1fb30-2984-71dd-923c-bdc57bbd46ad'));
  await writeFile(rig.path('hostile/2026-01-15/01a1fb30-2984-71dd-923c-bdc57bbd46ad/run.json'), '{"runId":');
  const name = `x'; DROP VIEW equity_bars; --"\u0000`;
  const run = {
    v: 1,
    runId: '01a1fb30-2984-71dd-923c-bdc57bbd46ac',
    pipeline: { name, description: null, file: 'x.yaml', hash: 'h' },
    version: '0.1.0',
    lake: 'data',
    status: 'ok',
    startedAt: '2026-01-15T23:30:00Z',
    finishedAt: '2026-01-15T23:31:00Z',
    requests: 1,
    rows: 1,
    durationMs: 60_000,
    reason: null,
    process: null,
  };
  await writeFile(`${folder}/run.json`, JSON.stringify(run));
  const rows = await query('SELECT pipeline, duration_seconds FROM runs', '--lineage', 'hostile');
  expect(rows).toMatchObject([{ duration_seconds: 60 }]);
  expect(JSON.stringify(rows)).toContain('DROP VIEW');
});
