import { readdir, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { query, send, serveLake } from './served-lake.js';
import type { ServedLake } from './served-lake.js';

let lake: ServedLake;

beforeAll(async () => {
  lake = await serveLake();
});

afterAll(async () => {
  lake.server.kill('SIGTERM');
  await lake.server.result;
});

async function readParquet(bytes: Buffer): Promise<readonly unknown[]> {
  const path = lake.rig.path('downloaded.parquet');
  await writeFile(path, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const rows = result.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const bars = `SELECT symbol, session::VARCHAR AS session, "close" FROM equity_bars ORDER BY symbol, session`;

describe('a result of the SQL box', () => {
  it('has the same rows as Parquet, as CSV and as JSON', async () => {
    const json = JSON.parse((await query(lake.port, bars)).text) as readonly Readonly<Record<string, unknown>>[];
    expect(json.length).toBeGreaterThan(30);
    const parquet = await query(lake.port, bars, 'parquet');
    expect(parquet.headers).toMatchObject({
      'content-type': 'application/vnd.apache.parquet',
      'content-disposition': 'attachment; filename="query.parquet"',
    });
    expect(await readParquet(parquet.body)).toEqual(json);
    const csv = await query(lake.port, bars, 'csv');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="query.csv"');
    const [head, ...lines] = csv.text.trimEnd().split('\n');
    expect(head).toBe('symbol,session,close');
    expect(lines).toEqual(json.map((row) => Object.values(row).join(',')));
  });

  it.each([
    ['a semicolon at the end', 'SELECT 1 AS one;', [{ one: 1 }]],
    ['a comment at the end', 'SELECT 1 AS one -- the end', [{ one: 1 }]],
    ['no keyword SELECT', 'FROM (VALUES (1), (2)) AS t(n) ORDER BY n DESC', [{ n: 2 }, { n: 1 }]],
    ['no row', 'SELECT symbol FROM equity_bars WHERE false', []],
    ['a table of runs', "SELECT pipeline FROM runs WHERE status = 'ok'", [{ pipeline: 'small' }]],
  ])('becomes Parquet if the statement has %s', async (_, sql, rows) => {
    expect(await readParquet((await query(lake.port, sql, 'parquet')).body)).toEqual(rows);
  });

  it('has at most the asked number of rows in a file', async () => {
    const { body } = await send(
      lake.port,
      `/api/v1/query?${new URLSearchParams({ sql: 'FROM range(100000)', format: 'parquet', limit: '7' }).toString()}`,
    );
    expect(await readParquet(body)).toHaveLength(7);
  });

  it.each([
    ["SELECT 1) TO '/tmp/escaped.parquet' --", 400],
    ['EXPLAIN SELECT 1', 400],
    ['SELECT * FROM nowhere', 404],
    ["COPY equity_bars TO '/tmp/x.csv'", 400],
  ])('is an error and no file for %s', async (sql, status) => {
    const received = await query(lake.port, sql, 'parquet');
    expect(received.status, received.text).toBe(status);
    expect(received.headers['content-type']).toContain('application/json');
  });

  it('leaves no temporary file behind', async () => {
    await query(lake.port, bars, 'parquet');
    await query(lake.port, 'SELECT * FROM nowhere', 'parquet');
    const names = await readdir(lake.rig.path('../tmp'));
    expect(names.filter((name) => name.startsWith('pipe-query-'))).toEqual([]);
  });
});
