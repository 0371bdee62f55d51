import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCalendarOfZone } from '../../src/calendar/calendars.js';
import { findBarsOutsideHours } from '../../src/checks/check-hours.js';
import type { CheckFinding } from '../../src/checks/finding.js';
import { datasets, getColumns } from '../../src/core/tables/tables.js';
import { openEngine } from '../../src/lake/parquet/engine.js';
import type { Engine } from '../../src/lake/parquet/engine.js';
import { duckdbTypes } from '../../src/lake/parquet/sql.js';
import { runQuery } from '../../src/lake/reader/run-query.js';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ memoryLimit: '300MB', spillFolder: 'none', preserveOrder: false });
  for (const dataset of datasets) {
    const columns = Object.entries(getColumns(dataset)).map(([name, { type }]) => `"${name}" ${duckdbTypes[type]}`);
    await engine.run(`CREATE TABLE ${dataset} (${columns.join(', ')})`, 'test');
  }
  await engine.run(
    `INSERT INTO contracts BY NAME SELECT symbol, 'ib' AS provider, TIMESTAMPTZ '2026-11-01 12:00:00Z' AS as_of,
       'America/New_York' AS time_zone, kind AS sec_type FROM (VALUES ('AAPL', 'STK'), ('VIX', 'IND'), ('ES', 'FUT')) t(symbol, kind)`,
    'test',
  );
});

afterAll(() => {
  engine.close();
});

/** Checks a table with one bar of each given kind. */
async function check(
  dataset: 'equity_bars' | 'option_bars',
  ...bars: readonly (readonly [symbol: string, size: string, hours: 'rth' | 'all', ts: string, session: string])[]
): Promise<readonly CheckFinding[]> {
  await engine.run(`DELETE FROM ${dataset}`, 'test');
  for (const [symbol, size, hours, ts, session] of bars)
    await engine.run(
      `INSERT INTO ${dataset} BY NAME SELECT '${symbol}' AS symbol, 'ib' AS provider, '${size}' AS bar_size,
         ${String(hours === 'rth')} AS use_rth, TIMESTAMPTZ '${ts}' AS ts, DATE '${session}' AS session, 'r/1' AS request_id`,
      'test',
    );
  const reader = { query: async (sql: string) => ({ ...(await runQuery(engine, sql)), skippedFiles: [] }) };
  return findBarsOutsideHours(reader, [dataset], findCalendarOfZone);
}

test('finds bars on a Saturday and a holiday, and late bars where regular hours were requested', async () => {
  const findings = await check(
    'equity_bars',
    ['AAPL', '1 day', 'rth', '2026-11-18 14:30:00Z', '2026-11-18'],
    ['AAPL', '1 day', 'rth', '2026-11-21 14:30:00Z', '2026-11-21'],
    ['AAPL', '1 day', 'rth', '2026-11-26 14:30:00Z', '2026-11-26'],
    ['AAPL', '1 min', 'rth', '2026-11-18 20:59:00Z', '2026-11-18'],
    ['AAPL', '1 min', 'rth', '2026-11-18 21:00:00Z', '2026-11-18'],
    ['AAPL', '1 min', 'all', '2026-11-18 22:00:00Z', '2026-11-18'],
    ['AAPL', '1 min', 'rth', '2026-11-27 18:00:00Z', '2026-11-27'],
    ['VIX', '1 min', 'rth', '2026-11-18 21:10:00Z', '2026-11-18'],
    ['ES', '1 day', 'all', '2026-11-21 14:30:00Z', '2026-11-21'],
  );
  expect(findings).toMatchObject([{ rule: 'bars-outside-hours', severity: 'error', dataset: 'equity_bars', count: 4 }]);
  expect(findings[0]?.examples).toHaveLength(3);
});

test('finds nothing in tables without such bars, nor the quarter of an hour by which options end later', async () => {
  expect(await check('equity_bars')).toEqual([]);
  const bar = (ts: string) => ['AAPL', '1 min', 'rth', ts, '2026-11-18'] as const;
  expect(await check('option_bars', bar('2026-11-18 21:14:00Z'))).toEqual([]);
  expect(await check('option_bars', bar('2026-11-18 21:15:00Z'))).toMatchObject([{ count: 1 }]);
});
