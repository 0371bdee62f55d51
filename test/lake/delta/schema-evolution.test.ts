import { isRecord } from '../../../src/platform/json.js';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../src/core/time/clock.js';
import type { CommitInfo } from '../../../src/core/fetch-result.js';
import type { LakeReader, LakeWriter } from '../../../src/lake/api.js';
import { createCheckpointReader, writeCheckpoint } from '../../../src/lake/delta/checkpoint.js';
import { commitPath } from '../../../src/lake/delta/paths.js';
import { allColumns } from '../../../src/lake/delta/schema.js';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import { tableFolder } from '../../../src/lake/delta/table-log.js';
import { LakeError } from '../../../src/lake/lake-error.js';
import { compact } from '../../../src/lake/maintenance/compact.js';
import { buildTableSource } from '../../../src/lake/parquet/table-source.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, bars, commit, equity, openLakeFixture } from '../lake-fixture.js';
import type { LakeFixture } from '../lake-fixture.js';
import { removeColumns } from './older-lake.js';

const added = ['open_interest'];
let time = Date.UTC(2026, 10, 21, 22);
const clock: Clock = { now: () => (time += 10), sleepUntil: () => Promise.resolve() };

/** A lake without open interest, with bars of some days at a price of 100. */
async function createOlderLake(symbols: readonly string[] = ['AAPL', 'MSFT'], rounds = 1): Promise<LakeFixture> {
  const fixture = await openLakeFixture();
  for (let round = 0; round < rounds; round++) {
    const days = [`2026-02-${String(10 + 4 * round)}`, `2026-02-${String(14 + 4 * round)}`] as const;
    await commit(
      fixture,
      'equity_bars',
      symbols.map((symbol) => bars(equity(symbol), ...days)),
    );
  }
  await removeColumns(fixture.engine, tableFolder(fixture.folder, 'equity_bars'), added);
  return fixture;
}

async function openWriter(folder: string, number = 2): Promise<LakeWriter> {
  const by: CommitInfo = { ...author, runId: `01980000-0000-7000-8000-${String(number).padStart(12, '0')}` };
  const writer = await openLakeWriter({ folder, author: by, clock, emit: () => undefined });
  onTestFinished(() => writer.close().catch(() => undefined));
  return writer;
}

async function openReader(folder: string): Promise<LakeReader> {
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

/** The columns that the metadata of a commit names; null where it has none. */
async function readMetadataColumns(fixture: LakeFixture, version: number): Promise<readonly string[] | null> {
  const lines = (await readFile(commitPath(tableFolder(fixture.folder, 'equity_bars'), version), 'utf8')).split('\n');
  const line = lines.find((one) => one.startsWith('{"metaData"'));
  return line === undefined ? null : parseFieldNames(line);
}

function parseFieldNames(line: string): readonly string[] {
  const { metaData } = JSON.parse(line) as { metaData: { schemaString: string } };
  return (JSON.parse(metaData.schemaString) as { fields: { name: string }[] }).fields.map(({ name }) => name);
}

const interestBySymbol =
  'SELECT symbol, count(*) AS rows, count(open_interest) AS known, sum(open_interest) AS total FROM equity_bars GROUP BY ALL ORDER BY ALL';

test('a column that older files lack is null in their rows, and other columns are unchanged', async () => {
  const fixture = await createOlderLake();
  const reader = await openReader(fixture.folder);
  expect((await reader.query('DESCRIBE equity_bars')).rows.map((row) => row['column_name'])).toEqual(
    Object.keys(allColumns('equity_bars')),
  );
  const untouched = ['AAPL', 'MSFT'].map((symbol) => ({ symbol, rows: 4, known: 0, total: null }));
  expect((await reader.query(interestBySymbol)).rows).toEqual(untouched);
  expect((await reader.lastCloses('mock', ['MSFT'], '2026-12-01')).get('MSFT')).toMatchObject({
    session: '2026-02-13',
    close: 101.25,
  });
  expect((await reader.readStatistics())[2]).toMatchObject({ rows: 8, files: 1, series: 2 });
  const damage = [];
  for await (const file of reader.verify(['equity_bars'])) damage.push(file.damage);
  expect(damage).toEqual([null]);
});

test('only the next commit adds the new column to the metadata', async () => {
  const fixture = await createOlderLake();
  const before = await fixture.log('equity_bars').refresh();
  for (const [version, symbol] of ['NVDA', 'TSLA'].entries()) {
    await commit(fixture, 'equity_bars', [bars(equity(symbol), '2026-02-10', '2026-02-12')]);
    expect(await readMetadataColumns(fixture, version + 1)).toEqual(
      version === 0 ? [...((await readMetadataColumns(fixture, 0)) ?? []), ...added] : null,
    );
  }
  const { metadata } = await fixture.log('equity_bars').refresh();
  expect(metadata).toEqual({ ...before.metadata, schemaString: metadata?.schemaString });
  const expected = Object.keys(allColumns('equity_bars'));
  expect((await readMetadataColumns(fixture, 1))?.toSorted()).toEqual(expected.toSorted());

  const log = fixture.log('equity_bars');
  await writeCheckpoint(fixture.engine, log.folder, await log.refresh(), 0, fixture.context.names.staging);
  for (const version of [0, 1]) await rm(commitPath(log.folder, version));
  const fromCheckpoint = await readSnapshot(
    log.folder,
    createCheckpointReader(() => Promise.resolve(fixture.engine), 'all'),
  );
  expect(fromCheckpoint.metadata).toEqual(metadata);
});

test('queries and lake.duckdb return rows of older and newer files together', async () => {
  const fixture = await createOlderLake();
  const writer = await openWriter(fixture.folder);
  await writer.receive(bars(equity('AAPL'), '2026-02-14', '2026-02-17'));
  await writer.finish();
  const expected = [
    { symbol: 'AAPL', rows: 7, known: 2, total: 2002 },
    { symbol: 'MSFT', rows: 4, known: 0, total: null },
  ];
  expect((await (await openReader(fixture.folder)).query(interestBySymbol)).rows).toEqual(expected);
  await fixture.engine.run(`ATTACH '${join(fixture.folder, 'lake.duckdb')}' AS views (READ_ONLY)`, 'test');
  await fixture.engine.run('USE views', 'test');
  const [apple] = await fixture.engine.queryRows(interestBySymbol, 'test');
  expect(apple).toEqual({ symbol: 'AAPL', rows: '7', known: '2', total: 2002 });
  await fixture.engine.run('USE memory', 'test');
});

test('replacements and merges write older rows with all columns', async () => {
  const fixture = await createOlderLake(['AAPL', 'MSFT'], 4);
  await commit(fixture, 'equity_bars', [bars(equity('MSFT'), '2026-02-11', '2026-02-13', { price: 7 })]);
  for (const symbol of ['AAA', 'NVDA', 'ZZZ'])
    await commit(fixture, 'equity_bars', [bars(equity(symbol), '2026-02-10', '2026-02-11')]);
  const expected = [
    { symbol: 'AAA', n: '1', known: '1' },
    { symbol: 'AAPL', n: '16', known: '0' },
    { symbol: 'MSFT', n: '16', known: '1' },
    { symbol: 'NVDA', n: '1', known: '1' },
    { symbol: 'ZZZ', n: '1', known: '1' },
  ];
  const log = fixture.log('equity_bars');
  const held = async (): Promise<unknown> =>
    fixture.engine.queryRows(
      `SELECT symbol, count(*) AS n, count(open_interest) AS known FROM ` +
        `${buildTableSource('equity_bars', log.folder, [...(await log.refresh()).files.values()])} GROUP BY ALL ORDER BY ALL`,
      'test',
    );
  expect(await held()).toEqual(expected);
  expect((await compact(fixture.context, log, author))?.filesBefore).toBe(8);
  expect(await held()).toEqual(expected);

  const files = [...(await log.refresh()).files.values()];
  const stats: unknown = JSON.parse(files[0]?.stats ?? '');
  expect(isRecord(stats) ? stats['nullCount'] : null).toMatchObject({ open_interest: 31 });
  const paths = files.map(({ path }) => join(log.folder, path));
  const order = await fixture.engine.queryRows(
    `SELECT symbol, count(*) FILTER (ts <= before) AS wrong FROM (SELECT symbol, ts, lag(ts) OVER (PARTITION BY symbol ORDER BY file_row_number) AS before
     FROM read_parquet(['${paths.join("', '")}'], file_row_number = true)) GROUP BY symbol ORDER BY min(symbol)`,
    'test',
  );
  expect(order).toEqual(expected.map(({ symbol }) => ({ symbol, wrong: '0' })));
});

test('merges files with disjoint symbols in the order of symbols, including older files', async () => {
  const fixture = await openLakeFixture();
  const log = fixture.log('equity_bars');
  const symbols = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
  for (const [version, symbol] of symbols.entries()) {
    await commit(fixture, 'equity_bars', [bars(equity(symbol), '2026-02-10', '2026-02-12')]);
    if (version % 2 === 0) await removeColumns(fixture.engine, log.folder, added, version);
  }
  expect((await compact(fixture.context, log, author))?.filesAfter).toBe(1);
  const [path = ''] = [...(await log.refresh()).files.keys()];
  const rows = await fixture.engine.queryRows(`SELECT symbol FROM read_parquet('${join(log.folder, path)}')`, 'test');
  expect(rows.map((row) => row['symbol'])).toEqual(symbols.flatMap((symbol) => [symbol, symbol]));
});

test('reads a column of files from other programs although their statistics lack it', async () => {
  const fixture = await createOlderLake();
  await commit(fixture, 'equity_bars', [bars(equity('NVDA'), '2026-02-10', '2026-02-12')]);
  const log = fixture.log('equity_bars');
  const snapshot = await log.refresh();
  const foreign = [...snapshot.files.values()].map((file, index) => ({
    ...file,
    tags: {},
    stats: index === 0 ? null : JSON.stringify({ numRecords: 2, nullCount: { symbol: 0 } }),
  }));
  const rows = await fixture.engine.queryRows(
    `SELECT symbol, sum(open_interest) AS total, max(period) AS period FROM ${buildTableSource('equity_bars', log.folder, foreign)} GROUP BY ALL ORDER BY ALL`,
    'test',
  );
  expect(rows).toEqual([
    { symbol: 'AAPL', total: null, period: '2026' },
    { symbol: 'MSFT', total: null, period: '2026' },
    { symbol: 'NVDA', total: 1000, period: '2026' },
  ]);
});

test('reads a table with unknown columns and rejects every write to it', async () => {
  const fixture = await createOlderLake();
  const log = fixture.log('equity_bars');
  const path = commitPath(log.folder, 0);
  const lines = await readFile(path, 'utf8');
  const field = { name: 'auction_price', type: 'double', nullable: true, metadata: {} };
  await writeFile(
    path,
    lines.replace(/("schemaString":.*?)\]\}"/, `$1,${JSON.stringify(JSON.stringify(field)).slice(1, -1)}]}"`),
  );

  expect((await (await openReader(fixture.folder)).query('SELECT count(*) AS n FROM equity_bars')).rows).toEqual([
    { n: 8 },
  ]);
  const writer = await openWriter(fixture.folder, 2);
  const unknownColumns =
    /equity_bars: the table has columns that this version of pipe does not know: auction_price \(double\)/;
  const received = writer.receive(bars(equity('NVDA'), '2026-02-10', '2026-02-12'));
  await expect(received).rejects.toThrow(LakeError);
  await expect(received).rejects.toThrow(unknownColumns);
  await expect(writer.flush()).rejects.toThrow(unknownColumns);
  await writer.close();
  // Another run of the same version keeps what was received for a version that knows the column; its plan requests nothing.
  expect(await (await openWriter(fixture.folder, 3)).recover()).toMatchObject({ results: 0 });
  expect((await (await openReader(fixture.folder)).readState()).readOnly).toMatchObject([{ dataset: 'equity_bars' }]);
  expect((await log.refresh()).version).toBe(0);

  // A version that knows the column commits the result; here the column is removed again.
  await writeFile(path, lines);
  const newer = await openWriter(fixture.folder, 4);
  expect(await newer.recover()).toMatchObject({ results: 1, rows: 2 });
  expect((await (await openReader(fixture.folder)).query('SELECT count(*) AS n FROM equity_bars')).rows).toEqual([
    { n: 10 },
  ]);
});
