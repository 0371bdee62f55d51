import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRules } from '../../../src/checks/rules/all-rules.js';
import { checkRules } from '../../../src/checks/check-rules.js';
import type { CheckFinding } from '../../../src/checks/finding.js';
import { getColumns, datasets } from '../../../src/core/tables/tables.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import type { QueryResult } from '../../../src/lake/api.js';
import { openEngine } from '../../../src/lake/parquet/engine.js';
import type { Engine } from '../../../src/lake/parquet/engine.js';
import { duckdbTypes } from '../../../src/lake/parquet/sql.js';
import { runQuery } from '../../../src/lake/reader/run-query.js';

let engine: Engine;

/** Three daily and three hourly bars of a stock and of an option, with their contract and chain. */
const validRows = `
  INSERT INTO contracts BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-04 12:00:00' AS as_of,
    0.01 AS min_tick, 'r' AS run_id, 'r/1' AS request_id;
  INSERT INTO chains BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-04 12:00:00' AS as_of,
    'SMART' AS exchange, 'A' AS trading_class, DATE '2026-01-09' AS expiry, 50 AS strike, unnest(['C', 'P']) AS "right",
    'r' AS run_id, 'r/2' AS request_id;
  CREATE TEMP TABLE bars AS SELECT 'A' AS symbol, 'mock' AS provider, '1 day' AS bar_size, 'TRADES' AS what, true AS use_rth,
    TIMESTAMPTZ '2026-01-05 14:30:00' + to_days(CAST(n AS INTEGER)) AS ts, DATE '2026-01-05' + CAST(n AS INTEGER) AS session,
    10.0 AS open, 12.0 AS high, 9.0 AS low, 11.0 AS close, 100.0 AS volume, 10.5 AS wap, 7 AS bar_count,
    'r' AS run_id, 'r/3' AS request_id FROM range(3) t(n);
  INSERT INTO bars SELECT * EXCLUDE (n) REPLACE ('1 hour' AS bar_size, TIMESTAMPTZ '2026-01-05 14:00:00' + to_hours(CAST(n AS INTEGER)) AS ts,
    DATE '2026-01-05' AS session, 'r/4' AS request_id) FROM (FROM bars LIMIT 1), range(3) t(n);
  INSERT INTO equity_bars BY NAME FROM bars;
  INSERT INTO option_bars BY NAME SELECT * REPLACE (replace(replace(request_id, '/3', '/5'), '/4', '/6') AS request_id),
    DATE '2026-01-09' AS expiry, 50 AS strike, 'C' AS "right" FROM bars;
  INSERT INTO history_starts BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-04 12:00:00' AS as_of,
    'TRADES' AS what, true AS use_rth, TIMESTAMPTZ '2020-01-02 14:30:00' AS first, 'r' AS run_id, 'r/10' AS request_id;
  INSERT INTO quotes BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-05 15:00:00' AS ts,
    10 AS last, 9.9 AS bid, 10.1 AS ask, 'r' AS run_id, 'r/11' AS request_id;
  INSERT INTO option_snapshots BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-05 15:00:00' AS ts,
    DATE '2026-01-09' AS expiry, 50 AS strike, 'C' AS "right", 0.9 AS bid, 1.1 AS ask, 'r' AS run_id, 'r/12' AS request_id;
  INSERT INTO overviews BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-05 15:00:00' AS ts,
    DATE '2026-01-05' AS session, 50 AS iv_rank, 'r' AS run_id, 'r/13' AS request_id;
  INSERT INTO corporate_actions BY NAME SELECT 'A' AS symbol, 'mock' AS provider, TIMESTAMPTZ '2026-01-05 15:00:00' AS as_of,
    '1 day' AS bar_size, 'TRADES' AS what, true AS use_rth, DATE '2026-01-05' AS date, 'split' AS kind, 0.25 AS ratio,
    'r/3 r/14' AS evidence, 'r' AS run_id, 'r/14' AS request_id;
  CREATE TABLE facts AS
    SELECT *, 'mock' AS provider, 'A' AS symbol, dataset || '/A' || parameters AS series, false AS replaced,
      CAST(NULL AS BIGINT) AS empty_answers, CAST(NULL AS VARCHAR) AS reason, start AS requested_at
    FROM (VALUES
      (0, 'contracts', '', TIMESTAMPTZ '2026-01-04 12:00:00', TIMESTAMPTZ '2026-01-04 12:00:00.001', 'data', 1, 'r/1'),
      (1, 'chains', '', TIMESTAMPTZ '2026-01-04 12:00:00', TIMESTAMPTZ '2026-01-04 12:00:00.001', 'data', 2, 'r/2'),
      (10, 'history_starts', '', TIMESTAMPTZ '2026-01-04 12:00:00', TIMESTAMPTZ '2026-01-04 12:00:00.001', 'data', 1, 'r/10'),
      (11, 'quotes', '', TIMESTAMPTZ '2026-01-05 15:00:00', TIMESTAMPTZ '2026-01-05 15:00:00.001', 'data', 1, 'r/11'),
      (12, 'option_snapshots', '', TIMESTAMPTZ '2026-01-05 15:00:00', TIMESTAMPTZ '2026-01-05 15:00:00.001', 'data', 1, 'r/12'),
      (13, 'overviews', '', TIMESTAMPTZ '2026-01-05 15:00:00', TIMESTAMPTZ '2026-01-05 15:00:00.001', 'data', 1, 'r/13'),
      (14, 'corporate_actions', '/1 day', TIMESTAMPTZ '2026-01-05 15:00:00', TIMESTAMPTZ '2026-01-05 15:00:00.001', 'data', 1, 'r/14'),
      (2, 'equity_bars', '/1 day', TIMESTAMPTZ '2026-01-05 00:00:00', TIMESTAMPTZ '2026-01-08 00:00:00', 'data', 3, 'r/3'),
      (3, 'equity_bars', '/1 hour', TIMESTAMPTZ '2026-01-05 00:00:00', TIMESTAMPTZ '2026-01-06 00:00:00', 'data', 3, 'r/4'),
      (4, 'option_bars', '/50/1 day', TIMESTAMPTZ '2026-01-05 00:00:00', TIMESTAMPTZ '2026-01-08 00:00:00', 'provisional', 3, 'r/5'),
      (5, 'option_bars', '/50/1 hour', TIMESTAMPTZ '2026-01-05 00:00:00', TIMESTAMPTZ '2026-01-06 00:00:00', 'data', 3, 'r/6'),
      (6, 'equity_bars', '/1 day', TIMESTAMPTZ '2026-01-08 00:00:00', TIMESTAMPTZ '2026-01-09 00:00:00', 'empty', 0, 'r/7'),
      (7, 'equity_bars', '/1 day', TIMESTAMPTZ '2026-01-09 00:00:00', TIMESTAMPTZ '2026-01-10 00:00:00', 'failed', 0, 'r/8')
    ) known(number, dataset, parameters, start, "end", state, rows, request_id)`;

beforeAll(async () => {
  engine = await openEngine({ memoryLimit: '300MB', spillFolder: 'none', preserveOrder: false });
  for (const dataset of datasets) {
    const columns = Object.entries(getColumns(dataset)).map(([name, { type }]) => `"${name}" ${duckdbTypes[type]}`);
    await engine.run(`CREATE TABLE ${dataset} (${columns.join(', ')})`, 'test');
  }
  await engine.run(validRows, 'test');
});

afterAll(() => {
  engine.close();
});

/** The names of tables in an SQL text. */
function findTables(sql: string): readonly string[] {
  return [...datasets, 'facts'].filter((table) => sql.includes(table));
}

/** Results of queries that name no changed table. */
const unchangedResults = new Map<string, QueryResult>();

/** The findings after some statements, which are rolled back. A query that names no changed table runs once for all cases. */
async function findAfter(change: string): Promise<readonly CheckFinding[]> {
  const changed = new Set(findTables(change));
  const query = async (sql: string): Promise<QueryResult> => {
    const known = unchangedResults.get(sql);
    const isChanged = findTables(sql).some((table) => changed.has(table));
    if (known !== undefined && !isChanged) return known;
    const answer = { ...(await runQuery(engine, sql)), skippedFiles: [] };
    if (!isChanged) unchangedResults.set(sql, answer);
    return answer;
  };
  await engine.run(`BEGIN; ${change}`, 'test');
  try {
    return await checkRules({ query }, allRules);
  } finally {
    await engine.run('ROLLBACK', 'test');
  }
}

const summary = ({ rule, dataset, count }: CheckFinding): string => `${rule} ${dataset} ${String(count)}`;

type Case = readonly [change: string, ...findings: string[]];

function barCases(dataset: Dataset): readonly Case[] {
  const first = `WHERE ts = '2026-01-05 14:30:00'`;
  return [
    [`UPDATE ${dataset} SET close = NULL ${first}`, `bar-incomplete ${dataset} 1`],
    [`UPDATE ${dataset} SET session = NULL WHERE bar_size = '1 hour'`, `bar-incomplete ${dataset} 3`],
    [`UPDATE ${dataset} SET run_id = NULL ${first}`, `bar-incomplete ${dataset} 1`],
    [`UPDATE ${dataset} SET wap = 'NaN' ${first}`, `bar-not-finite ${dataset} 1`],
    [`UPDATE ${dataset} SET volume = 'Infinity'`, `bar-not-finite ${dataset} 6`],
    [`UPDATE ${dataset} SET low = 10.5 ${first}`, `bar-range ${dataset} 1`],
    [`UPDATE ${dataset} SET high = 10.5 ${first}`, `bar-range ${dataset} 1`],
    [`UPDATE ${dataset} SET low = 10, open = 10, high = 11 ${first}`],
    [`UPDATE ${dataset} SET volume = -1 ${first}`, `bar-volume ${dataset} 1`],
    [`UPDATE ${dataset} SET bar_count = -1, wap = NULL, volume = NULL ${first}`, `bar-volume ${dataset} 1`],
    [`UPDATE ${dataset} SET volume = NULL, wap = NULL, bar_count = NULL`],
    [`UPDATE ${dataset} SET open_interest = -1 ${first}`, `bar-volume ${dataset} 1`],
    ...['volume', 'wap', 'open_interest', 'close = high, high'].flatMap((column): Case[] => [
      [`UPDATE ${dataset} SET ${column} = 2147483647 ${first}`, `unset-value ${dataset} 1`],
      [`UPDATE ${dataset} SET ${column} = 9223372036854775807 ${first}`, `unset-value ${dataset} 1`],
      [`UPDATE ${dataset} SET ${column} = 1.7976931348623157e308 ${first}`, `unset-value ${dataset} 1`],
    ]),
    [`UPDATE ${dataset} SET bar_count = 9223372036854775807 ${first}`, `unset-value ${dataset} 1`],
    [`UPDATE ${dataset} SET volume = 2147483646 ${first}`],
    [`UPDATE ${dataset} SET open = 0, high = 0, low = 0, close = 0 ${first}`, `bar-zero-price ${dataset} 1`],
    [`UPDATE ${dataset} SET low = 0 ${first}`, `bar-zero-price ${dataset} 1`],
    [`UPDATE ${dataset} SET session = '2026-01-01' ${first}`, `bar-session ${dataset} 1`],
    [`UPDATE ${dataset} SET low = -1 ${first}`, `bar-negative-price ${dataset} 1`],
    [
      `INSERT INTO ${dataset} FROM ${dataset} ${first}`,
      `duplicate-rows ${dataset} 1`,
      `row-count-mismatch ${dataset} 1`,
    ],
    [
      `UPDATE ${dataset} SET ts = '2026-01-05 14:31:00', session = '2026-01-05' WHERE ts = '2026-01-06 14:30:00'`,
      `duplicate-daily-bars ${dataset} 1`,
    ],
    [
      `UPDATE ${dataset} SET request_id = 'r/99' ${first}`,
      `orphan-rows ${dataset} 1`,
      `row-count-mismatch ${dataset} 1`,
    ],
    [`DELETE FROM ${dataset} ${first}`, `row-count-mismatch ${dataset} 1`],
    [`DELETE FROM ${dataset}`, `row-count-mismatch ${dataset} 2`],
    [
      `UPDATE facts SET rows = rows + 1 WHERE dataset = '${dataset}' AND state <> 'failed'`,
      `row-count-mismatch ${dataset} 2`,
    ],
    [`UPDATE facts SET replaced = true, rows = rows + 1 WHERE dataset = '${dataset}'`],
    [
      `UPDATE facts SET replaced = true WHERE dataset = '${dataset}' AND series LIKE '%1 hour';
       INSERT INTO facts SELECT * REPLACE (9 AS number, 'empty' AS state, 'r/9' AS request_id, 0 AS rows,
         TIMESTAMPTZ '2026-01-05 15:00:00' AS start, false AS replaced) FROM facts WHERE dataset = '${dataset}' AND series LIKE '%1 hour'`,
      `stale-rows ${dataset} 2`,
    ],
  ];
}

function pointCases(dataset: Dataset, time: string, incomplete: string): readonly Case[] {
  return [
    [`UPDATE ${dataset} SET run_id = NULL`, `${incomplete} ${dataset} 1`],
    [`INSERT INTO ${dataset} FROM ${dataset}`, `duplicate-rows ${dataset} 1`, `row-count-mismatch ${dataset} 1`],
    [
      `UPDATE ${dataset} SET ${time} = '2026-01-01 12:00:00'`,
      `orphan-rows ${dataset} 1`,
      `row-count-mismatch ${dataset} 1`,
    ],
    [`DELETE FROM ${dataset}`, `row-count-mismatch ${dataset} 1`],
  ];
}

function quoteCases(dataset: Dataset): readonly Case[] {
  return [
    [`UPDATE ${dataset} SET bid = NULL, last = NULL`],
    [`UPDATE ${dataset} SET bid = 2000`, `quote-crossed ${dataset} 1`],
    [`UPDATE ${dataset} SET volume = -1`, `quote-negative ${dataset} 1`],
    [`UPDATE ${dataset} SET last = 'NaN'`, `quote-not-finite ${dataset} 1`],
    [`UPDATE ${dataset} SET volume = 9223372036854775807`, `unset-value ${dataset} 1`],
    [`UPDATE ${dataset} SET ask = 1.7976931348623157e308`, `unset-value ${dataset} 1`],
  ];
}

/** An answer without rows on 9 January that is not confirmed. */
const unconfirmed = (dataset: string, start = '2026-01-09 00:00:00'): string =>
  `INSERT INTO facts BY NAME SELECT * REPLACE (20 AS number, 'failed' AS state, 0 AS rows, 2 AS empty_answers,
     TIMESTAMPTZ '${start}' AS start, TIMESTAMPTZ '${start}' + INTERVAL 1 DAY AS "end")
   FROM facts WHERE dataset = '${dataset}' ORDER BY number LIMIT 1`;

const confirmed = `INSERT INTO facts BY NAME SELECT * REPLACE (21 AS number, 'empty' AS state, 3 AS empty_answers)
  FROM facts WHERE number = 20`;

const oldEmpty = `UPDATE facts SET start = '2026-01-06', "end" = '2026-01-07', provider = 'ib' WHERE number = 6;
  UPDATE facts SET provider = 'ib' WHERE number = 2; UPDATE equity_bars SET provider = 'ib' WHERE request_id = 'r/3';
  INSERT INTO contracts SELECT * REPLACE ('ib' AS provider, 'r/30' AS request_id) FROM contracts;
  INSERT INTO facts BY NAME SELECT * REPLACE (30 AS number, 'ib' AS provider, 'r/30' AS request_id) FROM facts WHERE number = 0;`;

const cases: readonly Case[] = [
  ...['contracts', 'chains', 'equity_bars', 'history_starts', 'quotes', 'option_snapshots'].map((dataset): Case => [
    unconfirmed(dataset),
    `unconfirmed-empty ${dataset} 1`,
  ]),
  [unconfirmed('option_bars')],
  [`${unconfirmed('equity_bars')}; ${confirmed}`],
  [`${unconfirmed('quotes')}; ${confirmed}`],
  ...['chains', 'option_snapshots'].map((dataset): Case => [
    `UPDATE facts SET empty_answers = 1, reason = 'lacks 1 of 2: 50 P' WHERE dataset = '${dataset}'`,
    `incomplete-answer ${dataset} 1`,
  ]),
  [oldEmpty, 'empty-between-sessions equity_bars 1'],
  [`${oldEmpty} UPDATE facts SET empty_answers = 3 WHERE number = 6`],
  ...pointCases('history_starts', 'as_of', 'history-start-incomplete'),
  ...pointCases('quotes', 'ts', 'quote-incomplete'),
  ...pointCases('option_snapshots', 'ts', 'snapshot-incomplete'),
  ...quoteCases('quotes'),
  ...quoteCases('option_snapshots'),
  ...pointCases('overviews', 'ts', 'overview-incomplete'),
  ...pointCases('corporate_actions', 'as_of', 'action-incomplete'),
  ['UPDATE corporate_actions SET ratio = -1', 'action-incomplete corporate_actions 1'],
  ['UPDATE option_snapshots SET open_interest = 2147483647', 'unset-value option_snapshots 1'],
  ['UPDATE option_snapshots SET open_interest = -1', 'quote-negative option_snapshots 1'],
  ['UPDATE option_snapshots SET provider_iv = -2', 'snapshot-provider-volatility option_snapshots 1'],
  ['UPDATE option_snapshots SET provider_iv = 1e300', 'snapshot-provider-volatility option_snapshots 1'],
  ["UPDATE history_starts SET first = '2038-01-19 03:14:07'", 'history-start-future history_starts 1'],
  ["UPDATE option_snapshots SET iv = 0, iv_source = 'computed'", 'snapshot-volatility option_snapshots 1'],
  [
    'UPDATE option_snapshots SET iv = 0.2, delta = 1, gamma = 0, theta = 0, vega = 0, rho = 0',
    'snapshot-volatility option_snapshots 1',
  ],
  ["UPDATE option_snapshots SET iv = 0.2, delta = 1, gamma = 0, theta = 0, vega = 0, rho = 0, iv_source = 'computed'"],
  ['UPDATE overviews SET iv_rank = 101', 'overview-range overviews 1'],
  ['UPDATE overviews SET call_count = -1', 'overview-range overviews 1'],
  ['SELECT 1'],
  ...barCases('equity_bars'),
  ...barCases('option_bars'),

  ['UPDATE contracts SET run_id = NULL', 'contract-incomplete contracts 1'],
  ['UPDATE contracts SET min_tick = 0', 'contract-tick contracts 1'],
  ['UPDATE contracts SET min_tick = NULL'],
  ['UPDATE contracts SET min_tick = 1.7976931348623157e308', 'unset-value contracts 1'],
  ['UPDATE contracts SET con_id = 2147483647', 'unset-value contracts 1'],
  ['INSERT INTO contracts FROM contracts', 'duplicate-rows contracts 1', 'row-count-mismatch contracts 1'],
  ["UPDATE contracts SET as_of = '2026-01-04 12:01:00'", 'orphan-rows contracts 1', 'row-count-mismatch contracts 1'],
  [
    'DELETE FROM contracts',
    'row-count-mismatch contracts 1',
    'chain-without-contract chains 1',
    'bars-without-contract equity_bars 1',
    'options-without-contract option_bars 1',
  ],

  ['UPDATE chains SET strike = NULL WHERE "right" = \'P\'', 'chain-incomplete chains 1'],
  ['UPDATE chains SET strike = 0 WHERE "right" = \'P\'', 'chain-strike chains 1'],
  ['UPDATE chains SET strike = 9223372036854775807 WHERE "right" = \'P\'', 'unset-value chains 1'],
  ['UPDATE chains SET "right" = \'X\' WHERE "right" = \'P\'', 'chain-right chains 1'],
  ["UPDATE chains SET expiry = '2026-01-02' WHERE \"right\" = 'P'", 'chain-expired chains 1'],
  ["UPDATE chains SET expiry = '2026-01-03' WHERE \"right\" = 'P'"],
  ['INSERT INTO chains FROM chains', 'duplicate-rows chains 2', 'row-count-mismatch chains 1'],
  ["UPDATE chains SET request_id = 'r/98'", 'orphan-rows chains 2', 'row-count-mismatch chains 1'],
  ['DELETE FROM chains', 'row-count-mismatch chains 1', 'options-without-chain option_bars 1'],

  ['UPDATE option_bars SET strike = NULL', 'option-incomplete option_bars 6', 'options-without-chain option_bars 1'],
  ['UPDATE option_bars SET strike = -1', 'option-strike option_bars 6', 'options-without-chain option_bars 1'],
  ['UPDATE option_bars SET "right" = \'X\'', 'option-right option_bars 6', 'options-without-chain option_bars 1'],
  [
    "UPDATE option_bars SET expiry = '2026-01-05'; UPDATE chains SET expiry = '2026-01-05'",
    'option-after-expiry option_bars 1',
  ],
  [
    "UPDATE option_bars SET provider = 'other'",
    'orphan-rows option_bars 6',
    'row-count-mismatch option_bars 2',
    'options-without-contract option_bars 1',
    'options-without-chain option_bars 1',
  ],
];

test.each(cases)('reports the violations after %s', async (change, ...expected) => {
  expect((await findAfter(change)).map(summary).toSorted()).toEqual([...expected].sort());
});

test('every rule is violated by one of these cases', () => {
  const violated = new Set(cases.flatMap(([, ...findings]) => findings.map((text) => text.replace(/ \d+$/, ''))));
  const names = allRules.map(({ name, dataset }) => `${name} ${dataset}`);
  expect(names.filter((name) => !violated.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('a finding lists the first three violating rows by key and the number of all violations', async () => {
  const [finding, ...others] = await findAfter("UPDATE equity_bars SET low = 11.5 WHERE symbol = 'A'");
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ rule: 'bar-range', severity: 'error', count: 6 });
  expect(finding?.examples.map(({ bar_size, ts, low }) => [bar_size, ts, low])).toEqual([
    ['1 day', '2026-01-05T14:30:00Z', 11.5],
    ['1 day', '2026-01-06T14:30:00Z', 11.5],
    ['1 day', '2026-01-07T14:30:00Z', 11.5],
  ]);
});
