import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine, readAllRows } from '../../../src/lake/parquet/engine.js';
import type { Engine } from '../../../src/lake/parquet/engine.js';
import { createJsonConverter, createJsonDecoder } from '../../../src/lake/reader/json-values.js';

async function open(): Promise<Engine> {
  const engine = await openEngine({ memoryLimit: '300MB', spillFolder: tmpdir(), preserveOrder: false });
  onTestFinished(() => {
    engine.close();
  });
  return engine;
}

/** Values at the edges of each type, half of them null, in more rows than a vector has. */
const columns = [
  "case n % 3 when 0 then 'AAPL' when 1 then '' else repeat('é', (n % 20)::INTEGER) end AS text_value",
  "'01980000-0000-7000-8000-000000000001/' || (n // 700) AS repeated_text",
  "case n % 5 when 0 then 'nan'::DOUBLE when 1 then 'inf'::DOUBLE when 2 then '-0'::DOUBLE else n / 3 end AS number_value",
  'n::INTEGER * (case when n % 2 = 0 then 1 else -1 end) AS integer_value',
  'case n % 4 when 0 then 9007199254740993 when 1 then -9223372036854775808 when 2 then -n else n end AS long_value',
  'n % 2 = 0 AS boolean_value',
  "case n % 4 when 0 then 'infinity'::DATE when 1 then '0044-03-15 (BC)'::DATE when 2 then '12345-01-01'::DATE else DATE '1969-12-30' + n::INTEGER end AS date_value",
  `case n % 6 when 0 then 'infinity'::TIMESTAMPTZ when 1 then '1969-12-31 23:59:59.5+00'::TIMESTAMPTZ
    when 2 then make_timestamptz(1790000000123456 + n) when 3 then make_timestamptz(1790000000500000)
    when 4 then '20000-01-01 00:00:00+00'::TIMESTAMPTZ else make_timestamptz(n * 86400000000) end AS instant_value`,
  'make_timestamp(n * 1000) AS local_value',
  'n::HUGEINT AS huge_value',
  "{'a': n, 'b': [n, NULL]} AS struct_value",
  'NULL AS null_value',
];

const sql = `SELECT ${columns.join(', ')}, nullif(n % 2, 0) AS half, nullif('x' || n, 'x7') AS most FROM range(5000) t(n)
  UNION ALL SELECT ${columns.map(() => 'NULL').join(', ')}, NULL, NULL FROM range(70)`;

describe('decoding rows by column', () => {
  it('returns for values at the edges of every type what the converter of single values returns', async () => {
    const engine = await open();
    const converter = createJsonConverter(engine.duckdb);
    const expected = (await engine.connection.runAndReadAll(sql)).convertRowObjects(converter);
    expect(await readAllRows(await engine.connection.run(sql), createJsonDecoder(engine))).toEqual(expected);
  });

  it('returns for queries of the lake itself what the package converts to JSON', async () => {
    const engine = await open();
    const expected = (await engine.connection.runAndReadAll(sql)).getRowObjectsJson();
    expect(await engine.queryRows(sql, 'memory')).toEqual(expected);
  });
});
