import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBTimestampTZValue } from '@duckdb/node-api';
import { expect, onTestFinished, test } from 'vitest';
import type { LakeReader } from '../../../src/lake/api.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { temporaryFolder } from '../lake-fixture.js';

async function openEmptyLake(): Promise<LakeReader> {
  const reader = await openLakeReader(await temporaryFolder());
  onTestFinished(() => reader.close());
  return reader;
}

test('runs every kind of read-only statement', async () => {
  const reader = await openEmptyLake();
  for (const sql of [
    'SELECT 1 AS one',
    'select count(*) from equity_bars;',
    '-- why\n/* and how */ WITH a AS (SELECT 1 AS one) FROM a',
    'FROM option_bars LIMIT 1',
    '(SELECT 1)',
    'VALUES (1), (2)',
    'DESCRIBE chains',
    'SHOW TABLES',
    'SUMMARIZE contracts',
    'EXPLAIN SELECT * FROM equity_bars',
    'EXPLAIN ANALYZE SELECT * FROM equity_bars',
  ]) {
    await expect(reader.query(sql), sql).resolves.toHaveProperty('rows');
  }
});

test('rejects statements that write or that read outside the lake', async () => {
  const reader = await openEmptyLake();
  const outside = join(await temporaryFolder(), 'secret.csv');
  await writeFile(outside, 'a\n1\n');
  const target = join(reader.folder, 'made.csv');
  for (const [sql, message] of [
    [`COPY (SELECT 1) TO '${target}'`, /COPY is not allowed/],
    [`EXPLAIN ANALYZE COPY (SELECT 1) TO '${target}'`, /not allowed/],
    ['INSERT INTO equity_bars VALUES (1)', /INSERT is not allowed/],
    ['WITH a AS (SELECT 1) INSERT INTO x FROM a', /not allowed|does not exist/],
    ['CREATE TABLE x AS SELECT 1', /CREATE is not allowed/],
    ["ATTACH 'x.duckdb'", /ATTACH is not allowed/],
    ['SET threads = 1', /SET is not allowed/],
    ['PRAGMA version', /PRAGMA is not allowed/],
    ['CALL pragma_version()', /CALL is not allowed/],
    ['SELECT 1; SELECT 2', /expected one statement, found several/],
    ['  ', /the statement is empty/],
    [`SELECT * FROM read_csv('${outside}')`, /can read only files of the lake/],
    [`FROM '${outside}'`, /can read only files of the lake/],
    [`SELECT * FROM read_text('${reader.folder}/../../etc/hostname')`, /can read only files of the lake/],
    ['SELECT nothing FROM equity_bars', /"nothing" not found/],
    ['SELEC 1', /SELEC is not allowed/],
    ['SELECT 1 FRM x y', /syntax error/i],
  ] as const) {
    await expect(reader.query(sql), sql).rejects.toThrow(message);
  }
});

test('returns values of every type as JSON', async () => {
  const reader = await openEmptyLake();
  const { columns, rows } = await reader.query(`
    SELECT 7::BIGINT AS whole, 9007199254740993::BIGINT AS large, 1.5::DOUBLE AS number, 'NaN'::DOUBLE AS nan,
      2.50::DECIMAL(9, 2) AS decimal, sum(5::BIGINT) AS total, true AS yes, NULL AS nothing,
      TIMESTAMPTZ '2026-11-20 21:00:00.25+00' AS instant, TIMESTAMP '2026-11-20 21:00:00' AS local,
      DATE '2026-11-20' AS date, 'text' AS text, [1::BIGINT, NULL] AS list, {'a': DATE '2026-01-02'} AS struct,
      1 AS twice, 2 AS twice`);
  expect(columns).toHaveLength(16);
  expect(new Set(columns).size).toBe(16);
  expect(rows).toEqual([
    {
      whole: 7,
      large: '9007199254740993',
      number: 1.5,
      nan: null,
      decimal: 2.5,
      total: 5,
      yes: true,
      nothing: null,
      instant: '2026-11-20T21:00:00.25Z',
      local: '2026-11-20T21:00:00Z',
      date: '2026-11-20',
      text: 'text',
      list: [1, null],
      struct: { a: '2026-01-02' },
      twice: 1,
      'twice:1': 2,
    },
  ]);
  expect(() => JSON.stringify(rows)).not.toThrow();
});

test('returns intervals, maps, exact decimals and nested values as readable JSON', async () => {
  const reader = await openEmptyLake();
  const { rows } = await reader.query(`
    SELECT INTERVAL '1 month 2 days 03:04:05.5' AS interval, INTERVAL '-90 minutes' AS before,
      170141183460469231731687303715884105727::HUGEINT AS huge, 5::HUGEINT AS small,
      12345678901234567.89::DECIMAL(20, 2) AS exact, 100::DECIMAL(18, 0) AS round, 0.1::FLOAT AS single,
      MAP {'a': 1::BIGINT} AS map, MAP {1: INTERVAL 1 day} AS numbered, [INTERVAL 1 day] AS list,
      {'h': 5::HUGEINT, 'at': TIMESTAMPTZ '2026-11-20 21:00:00+00'} AS struct, '\\x00AB'::BLOB AS bytes,
      TIME '12:34:56.5' AS time, TIMESTAMP_NS '2026-11-20 21:00:00.123456789' AS nanoseconds,
      '6fbcab28-7365-4f8b-baaa-51e51d005bfc'::UUID AS uuid, union_value(k := 2) AS either`);
  expect(rows).toEqual([
    {
      interval: '1 month 2 days 03:04:05.5',
      before: '-01:30:00',
      huge: '170141183460469231731687303715884105727',
      small: 5,
      exact: '12345678901234567.89',
      round: 100,
      single: 0.1,
      map: { a: 1 },
      numbered: { 1: '1 day' },
      list: ['1 day'],
      struct: { h: 5, at: '2026-11-20T21:00:00Z' },
      bytes: '\\x00AB',
      time: '12:34:56.5',
      nanoseconds: '2026-11-20T21:00:00.123456789Z',
      uuid: '6fbcab28-7365-4f8b-baaa-51e51d005bfc',
      either: { tag: 'k', value: 2 },
    },
  ]);
});

test('returns instants in UTC on a machine with another time zone', async () => {
  const reader = await openEmptyLake();
  // What the DuckDB package reads from the machine's time zone.
  const offset = DuckDBTimestampTZValue.timezoneOffsetInMinutes;
  onTestFinished(() => void (DuckDBTimestampTZValue.timezoneOffsetInMinutes = offset));
  DuckDBTimestampTZValue.timezoneOffsetInMinutes = -300;
  const { rows } = await reader.query(
    "SELECT TIMESTAMPTZ '2026-11-20 21:00:00+00' AS at, [TIMESTAMPTZ '2026-11-20 21:00:00+00'] AS list",
  );
  expect(rows).toEqual([{ at: '2026-11-20T21:00:00Z', list: ['2026-11-20T21:00:00Z'] }]);
});
