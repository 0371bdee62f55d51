import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, onTestFinished, test } from 'vitest';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, bars, equity, temporaryFolder } from '../lake-fixture.js';

const countBars = 'SELECT count(*)::INTEGER AS n, min(symbol) AS symbol FROM';

/** Runs statements in plain DuckDB, as its own shell or its Python package does; returns the rows of the last one. */
async function queryDuckDb(database: string, ...statements: readonly string[]): Promise<unknown> {
  const instance = await DuckDBInstance.create(database, database === ':memory:' ? {} : { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    let rows: unknown = null;
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

async function finishRun(folder: string, withBars: boolean): Promise<void> {
  const clock = { now: () => Date.UTC(2026, 10, 20, 22), sleepUntil: () => Promise.resolve() };
  const writer = await openLakeWriter({
    folder,
    author,
    clock,
    emit: () => undefined,
    getTimeZone: () => 'America/New_York',
  });
  if (withBars) await writer.receive(bars(equity('BRK B'), '2026-02-01', '2026-02-05'));
  await writer.finish();
  await writer.close();
}

/** A lake with bars, moved to another folder after the run that wrote its views. */
async function createMovedLake(): Promise<string> {
  const parent = await temporaryFolder();
  await finishRun(join(parent, "first folder's"), true);
  await rename(join(parent, "first folder's"), join(parent, 'second'));
  return join(parent, 'second');
}

const expected = [{ n: 4, symbol: 'BRK B' }];

test('lake.duckdb of a moved lake answers plain DuckDB from any working folder', async () => {
  const lake = await createMovedLake();
  expect(await queryDuckDb(join(lake, 'lake.duckdb'), `${countBars} equity_bars`)).toEqual(expected);
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  for (const [folder, path] of [
    [lake, 'lake.duckdb'],
    [dirname(lake), 'second/lake.duckdb'],
    [join(lake, 'equity_bars'), '../lake.duckdb'],
  ] as const) {
    process.chdir(folder);
    expect(await queryDuckDb(path, `${countBars} equity_bars`), path).toEqual(expected);
    // A table without rows has its columns.
    expect(await queryDuckDb(path, `${countBars} option_bars`), path).toEqual([{ n: 0, symbol: null }]);
  }
});

test('lake.duckdb of a moved lake, attached to another database, takes the folder from a variable', async () => {
  const lake = await createMovedLake();
  const attach = `ATTACH '${join(lake, 'lake.duckdb')}' AS lake (READ_ONLY)`;
  const count = `${countBars} lake.equity_bars`;
  await expect(queryDuckDb(':memory:', attach, count)).rejects.toThrow('No files found');
  expect(await queryDuckDb(':memory:', attach, `SET VARIABLE lake_folder = '${lake}'`, count)).toEqual(expected);
});

test('the first run after a move renews the views, even without new rows', async () => {
  const lake = await createMovedLake();
  await finishRun(lake, false);
  const attach = `ATTACH '${join(lake, 'lake.duckdb')}' AS lake (READ_ONLY)`;
  expect(await queryDuckDb(':memory:', attach, `${countBars} lake.equity_bars`)).toEqual(expected);
  expect(await queryDuckDb(':memory:', attach, 'SELECT lake.lake_folder() AS folder')).toEqual([{ folder: lake }]);
});
