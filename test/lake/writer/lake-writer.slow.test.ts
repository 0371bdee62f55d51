import { copyFile, readFile, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../src/core/time/clock.js';
import type { CommitInfo, FetchResult } from '../../../src/core/fetch-result.js';
import type { RunEventBody } from '../../../src/core/events.js';
import { mapDatasets } from '../../../src/core/tables/tables.js';
import { day } from '../../../src/core/time/time.js';
import type { LakeReader, LakeWriter } from '../../../src/lake/api.js';
import { maintainLake } from '../../../src/lake/maintenance/maintain-lake.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import {
  author,
  bars,
  chain,
  contract,
  equity,
  oddSymbols,
  temporaryFolder,
  createWindow,
  rowlessResult,
} from '../lake-fixture.js';

let time = Date.UTC(2026, 10, 20, 22);
const clock: Clock = { now: () => (time += 10), sleepUntil: () => Promise.resolve() };

function buildAuthor(number: number): CommitInfo {
  return { ...author, runId: `01980000-0000-7000-8000-${String(number).padStart(12, '0')}` };
}

async function openWriter(
  folder: string,
  by: CommitInfo = buildAuthor(1),
): Promise<{ writer: LakeWriter; events: RunEventBody[] }> {
  const events: RunEventBody[] = [];
  const writer = await openLakeWriter({
    folder,
    author: by,
    clock,
    emit: (event) => events.push(event),
    getTimeZone: () => 'America/New_York',
  });
  onTestFinished(() => writer.close().catch(() => undefined));
  return { writer, events };
}

async function openReader(folder: string): Promise<LakeReader> {
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

async function store(
  folder: string,
  by: CommitInfo,
  results: readonly FetchResult[],
): Promise<readonly RunEventBody[]> {
  const { writer, events } = await openWriter(folder, by);
  for (const result of results) await writer.receive(result);
  await writer.finish();
  await writer.close();
  return events;
}

async function countRows(folder: string, table = 'equity_bars'): Promise<unknown> {
  const { rows } = await (await openReader(folder)).query(`SELECT count(*) AS n FROM ${table}`);
  return rows[0]?.['n'];
}

test('shows received rows and their coverage after a flush, and empties the spool', async () => {
  const folder = await temporaryFolder();
  const { writer, events } = await openWriter(folder);
  await Promise.all(oddSymbols.map((symbol) => writer.receive(bars(equity(symbol), '2026-02-01', '2026-02-05'))));
  await writer.receive(rowlessResult(equity('OLD'), '2026-02-01', '2026-02-05', 'unavailable'));
  expect(await countRows(folder)).toBe(0);
  await writer.flush();
  expect(await countRows(folder)).toBe(oddSymbols.length * 4);
  expect(events).toMatchObject([
    { type: 'committed', dataset: 'equity_bars', version: 0, requests: 13, rows: 48, files: 1 },
  ]);
  const state = await (await openReader(folder)).readState();
  expect(state.coverage('mock', 'equity_bars/A%2FB/1 day/TRADES/rth')).toMatchObject([
    { ...createWindow('2026-02-01', '2026-02-05'), state: 'data' },
  ]);
  expect(state.coverage('mock', 'equity_bars/OLD/1 day/TRADES/rth')).toMatchObject([{ state: 'unavailable' }]);
  await writer.close();
  expect(await readdir(join(folder, '_spool'))).toEqual([]);
  expect(await readdir(join(folder, '_writing'))).toEqual([]);
});

test('commits the spool of an earlier run once, under the id of that run', async () => {
  const folder = await temporaryFolder();
  const first = await openWriter(folder, buildAuthor(1));
  await first.writer.receive(bars(equity('AAPL'), '2026-02-01', '2026-02-05'));
  await first.writer.flush();
  await first.writer.receive(bars(equity('MSFT'), '2026-02-01', '2026-02-05'));
  await first.writer.close();
  const second = await openWriter(folder, buildAuthor(2));
  expect(await second.writer.recover()).toMatchObject({
    results: 1,
    rows: 4,
    runs: [buildAuthor(1).runId],
    damage: [],
  });
  expect(await second.writer.recover()).toMatchObject({ results: 0, rows: 0, runs: [] });
  const { rows } = await (
    await openReader(folder)
  ).query('SELECT symbol, run_id, count(*) AS n FROM equity_bars GROUP BY ALL ORDER BY ALL');
  expect(rows).toEqual([
    { symbol: 'AAPL', run_id: buildAuthor(1).runId, n: 4 },
    { symbol: 'MSFT', run_id: buildAuthor(1).runId, n: 4 },
  ]);
});

test('commits the results of a copied spool segment once', async () => {
  const folder = await temporaryFolder();
  const first = await openWriter(folder, buildAuthor(1));
  await first.writer.receive(bars(equity('MSFT'), '2026-02-01', '2026-02-05'));
  await first.writer.close();
  const spool = join(folder, '_spool', buildAuthor(1).runId);
  await copyFile(join(spool, '000001.spool'), join(spool, '000002.spool'));
  const second = await openWriter(folder, buildAuthor(2));
  expect(await second.writer.recover()).toMatchObject({ results: 1, rows: 4 });
});

test('changes no file in a run without results', async () => {
  const folder = await temporaryFolder();
  await store(folder, buildAuthor(1), [bars(equity('AAPL'), '2026-02-01', '2026-02-05')]);
  const before = await readFile(join(folder, 'lake.duckdb'));
  const { writer, events } = await openWriter(folder, buildAuthor(2));
  await writer.recover();
  await writer.finish();
  expect(events).toEqual([]);
  expect((await readFile(join(folder, 'lake.duckdb'))).equals(before)).toBe(true);
  expect(await readdir(join(folder, 'equity_bars', '_delta_log'))).toEqual(['00000000000000000000.json']);
});

test('merges eight small files, writes a checkpoint after ten commits, and deletes merged files after a week', async () => {
  const folder = await temporaryFolder();
  const events: RunEventBody[] = [];
  for (let night = 0; night < 11; night++) {
    const [from, to] = [`2026-02-${String(10 + night)}`, `2026-02-${String(11 + night)}`];
    events.push(
      ...(await store(
        folder,
        buildAuthor(10 + night),
        ['AAPL', 'MSFT'].map((symbol) => bars(equity(symbol), from, to, { price: night })),
      )),
    );
  }
  expect(events.filter(({ type }) => type === 'compacted')).toMatchObject([
    { dataset: 'equity_bars', version: 8, filesBefore: 8, filesAfter: 1 },
  ]);
  const log = await readdir(join(folder, 'equity_bars', '_delta_log'));
  expect(log).toContain('00000000000000000010.checkpoint.parquet');
  expect(log).toContain('_last_checkpoint');
  const reader = await openReader(folder);
  const { rows } = await reader.query(
    'SELECT symbol, count(*) AS n, sum(open) AS total, min(session) AS first FROM equity_bars GROUP BY ALL ORDER BY ALL',
  );
  expect(rows).toEqual(['AAPL', 'MSFT'].map((symbol) => ({ symbol, n: 11, total: 55, first: '2026-02-10' })));
  expect(await reader.readStatistics()).toMatchObject([
    { version: null },
    {},
    { dataset: 'equity_bars', rows: 22, files: 4, series: 2 },
    ...[{}, {}, {}, {}, {}, {}],
  ]);
  const dataFiles = async (): Promise<number> =>
    (await readdir(join(folder, 'equity_bars'), { recursive: true })).filter((name) => /period.*\.parquet$/.test(name))
      .length;
  expect(await dataFiles()).toBe(12);
  time += 8 * day;
  const vacuumed: RunEventBody[] = [];
  await maintainLake({ folder, author: buildAuthor(99), clock, emit: (event) => vacuumed.push(event) });
  expect(vacuumed).toMatchObject([{ type: 'vacuumed', dataset: 'equity_bars', files: 8 }]);
  expect(await dataFiles()).toBe(4);
  expect((await reader.query('SELECT count(*) AS n FROM equity_bars')).rows).toEqual([{ n: 22 }]);
});

test('marks the windows of a deleted file as missing and removes the file from the table', async () => {
  const folder = await temporaryFolder();
  await store(folder, buildAuthor(1), [
    bars(equity('AAPL'), '2025-12-30', '2026-01-03'),
    bars(equity('MSFT'), '2025-12-30', '2026-01-03'),
  ]);
  await rm(join(folder, 'equity_bars', 'bar_size=1%20day', 'period=2025'), { recursive: true });
  expect(await countRows(folder)).toBe(4);
  const states = async (): Promise<readonly string[]> =>
    (await (await openReader(folder)).readState())
      .coverage('mock', 'equity_bars/AAPL/1 day/TRADES/rth')
      .map(({ state }) => state);
  // The window of the fixture begins some hours before the first session in New York.
  expect(await states()).toEqual(['data', 'missing', 'data']);
  const { writer } = await openWriter(folder, buildAuthor(2));
  expect((await writer.recover()).damage).toMatchObject([{ dataset: 'equity_bars', problem: 'missing' }]);
  expect((await writer.recover()).damage).toEqual([]);
  expect(await states()).toEqual(['data', 'missing', 'data']);
  await writer.receive(bars(equity('AAPL'), '2025-12-30', '2026-01-03'));
  await writer.finish();
  expect(await states()).toEqual(['data']);
  expect(await countRows(folder)).toBe(6);
});

test('treats a truncated file as missing', async () => {
  const folder = await temporaryFolder();
  await store(folder, buildAuthor(1), [bars(equity('AAPL'), '2026-02-01', '2026-02-05')]);
  const [path] = (await readdir(join(folder, 'equity_bars'), { recursive: true })).filter(
    (name) => name.endsWith('.parquet') && name.includes('period'),
  );
  await truncate(join(folder, 'equity_bars', path ?? ''), 100);
  expect(await countRows(folder)).toBe(0);
  const { writer } = await openWriter(folder, buildAuthor(2));
  expect((await writer.recover()).damage).toMatchObject([{ problem: 'size-mismatch' }]);
  expect((await (await openReader(folder)).readState()).damage).toEqual([]);
});

test('returns the latest chains, contracts and closes of a few and of 500 symbols', async () => {
  const folder = await temporaryFolder();
  const at = Date.UTC(2026, 0, 31, 12);
  const many = Array.from({ length: 500 }, (_, index) => `S${String(index)}`);
  await store(folder, buildAuthor(1), [
    ...oddSymbols.flatMap((symbol) => [chain(symbol, at, ['2026-03-20'], 2), contract(symbol, at, 1)]),
    ...oddSymbols.map((symbol) => chain(symbol, at + 30 * day, ['2026-03-20', '2026-04-17'], 2)),
    ...many.map((symbol, index) => bars(equity(symbol), '2025-12-30', '2026-01-03', { price: index })),
    bars(equity('INTRADAY', '1 hour'), '2025-12-30', '2026-01-03', { perDay: 3 }),
  ]);
  const reader = await openReader(folder);
  const chains = await reader.latestChains('mock', ['A/B', "O'Neil", 'none']);
  expect([...chains.keys()]).toEqual(['A/B', "O'Neil"]);
  expect(chains.get('A/B')).toMatchObject({ asOf: at + 30 * day, contracts: { length: 8 } });
  expect(chains.get('A/B')?.contracts[0]).toEqual({ expiry: '2026-03-20', strike: 50, right: 'C', conId: 1000 });
  expect((await reader.latestChains('mock', oddSymbols)).size).toBe(oddSymbols.length);
  expect((await reader.latestContracts('mock', ['1E5'])).get('1E5')).toMatchObject({ asOf: at, conId: 1 });
  const closes = await reader.lastCloses('mock', [...many, 'INTRADAY', 'none'], '2026-01-01');
  expect(closes.size).toBe(501);
  expect(closes.get('S7')).toMatchObject({ session: '2026-01-01', close: 7 + 0.5 + 0.5 });
  expect(closes.get('INTRADAY')).toMatchObject({ session: '2026-01-01', close: 100 + 8 / 4 + 0.5 });
  expect((await reader.lastCloses('mock', ['S7'], '2025-12-31')).get('S7')?.session).toBe('2025-12-31');
});

test('returns empty results and empty tables for a missing folder', async () => {
  const folder = join(await temporaryFolder(), 'not', 'there');
  const reader = await openReader(folder);
  expect((await reader.readState()).versions).toEqual(mapDatasets(() => null));
  expect((await reader.query('SELECT symbol, ts FROM equity_bars')).columns).toEqual(['symbol', 'ts']);
  expect((await reader.lastCloses('mock', ['AAPL'], '2026-01-01')).size).toBe(0);
});
