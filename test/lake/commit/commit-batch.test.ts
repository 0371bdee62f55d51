import { isRecord } from '../../../src/platform/json.js';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import type { OptionContract } from '../../../src/core/series.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import { buildBatch } from '../../../src/lake/commit/batch.js';
import { readTableCoverage } from '../../../src/lake/coverage/table-coverage.js';
import { commitBatch } from '../../../src/lake/commit/commit-batch.js';
import type { CommitResult } from '../../../src/lake/commit/commit-batch.js';
import { decodeFacts } from '../../../src/lake/coverage/fact-decoding.js';
import { commitPath } from '../../../src/lake/delta/paths.js';
import { buildTableSource } from '../../../src/lake/parquet/table-source.js';
import {
  author,
  bars,
  chain,
  contract,
  equity,
  oddSymbols,
  openLakeFixture,
  option,
  rowlessResult,
} from '../lake-fixture.js';
import type { LakeFixture } from '../lake-fixture.js';

function commit(fixture: LakeFixture, dataset: Dataset, results: readonly FetchResult[]): Promise<CommitResult> {
  const log = fixture.log(dataset);
  return commitBatch(fixture.context, log, author, buildBatch(dataset, results), () =>
    readTableCoverage(log.folder, dataset),
  );
}

/** The rows of a table by its live files, in the order in which the files hold them. */
async function readRows(fixture: LakeFixture, dataset: Dataset, columns: string): Promise<readonly unknown[]> {
  const log = fixture.log(dataset);
  const files = [...(await log.refresh()).files.values()];
  if (files.length === 0) return [];
  const rows = await fixture.engine.queryRows(
    `SELECT ${columns} FROM ${buildTableSource(dataset, log.folder, files)}`,
    log.folder,
  );
  return rows.map((row) => Object.values(row));
}

test('commits a batch of two symbols and two years as one file per year with ordered rows, nulls and facts', async () => {
  const fixture = await openLakeFixture();
  const results = ['MSFT', 'AAPL'].map((symbol) => bars(equity(symbol), '2025-12-30', '2026-01-03'));
  const { snapshot, rows, files } = await commit(fixture, 'equity_bars', results);
  expect([snapshot.version, rows, files]).toEqual([0, 8, 2]);
  expect([...snapshot.files.values()].map(({ partitionValues }) => partitionValues)).toEqual([
    { bar_size: '1 day', period: '2025' },
    { bar_size: '1 day', period: '2026' },
  ]);
  expect(
    await readRows(fixture, 'equity_bars', 'symbol, session, period, bar_size, ts::VARCHAR, wap, bar_count, use_rth'),
  ).toEqual([
    ['AAPL', '2025-12-30', '2025', '1 day', '2025-12-30 15:00:00+00', 100, '0', true],
    ['AAPL', '2025-12-31', '2025', '1 day', '2025-12-31 15:00:00+00', null, '1', true],
    ['MSFT', '2025-12-30', '2025', '1 day', '2025-12-30 15:00:00+00', 100, '0', true],
    ['MSFT', '2025-12-31', '2025', '1 day', '2025-12-31 15:00:00+00', null, '1', true],
    ['AAPL', '2026-01-01', '2026', '1 day', '2026-01-01 15:00:00+00', 100, '2', true],
    ['AAPL', '2026-01-02', '2026', '1 day', '2026-01-02 15:00:00+00', 100, '3', true],
    ['MSFT', '2026-01-01', '2026', '1 day', '2026-01-01 15:00:00+00', 100, '2', true],
    ['MSFT', '2026-01-02', '2026', '1 day', '2026-01-02 15:00:00+00', 100, '3', true],
  ]);
  const [first] = (await readFile(commitPath(fixture.log('equity_bars').folder, 0), 'utf8')).split('\n');
  const line: unknown = JSON.parse(first ?? '');
  const info = isRecord(line) && isRecord(line['commitInfo']) ? line['commitInfo'] : {};
  expect(info).toMatchObject({ operation: 'WRITE', engineInfo: 'pipe/test' });
  const pipe = isRecord(info['pipe']) ? info['pipe'] : {};
  expect(pipe).toMatchObject({ run: author.runId, pipeline: author.pipeline });
  expect(decodeFacts(pipe['coverage'], 'test').map(({ fact }) => [fact.series, fact.state, fact.rows])).toEqual([
    ['equity_bars/MSFT/1 day/TRADES/rth', 'data', 4],
    ['equity_bars/AAPL/1 day/TRADES/rth', 'data', 4],
  ]);
});

test('records statistics, the checksum and the commit versions of every file', async () => {
  const fixture = await openLakeFixture();
  await commit(fixture, 'equity_bars', [bars(equity('AAPL'), '2026-02-01', '2026-02-05')]);
  const { snapshot } = await commit(fixture, 'equity_bars', [
    bars(equity('AAPL'), '2026-02-05', '2026-02-06', { price: 7 }),
  ]);
  const [older, newer] = [...snapshot.files.values()];
  expect(newer?.tags['pipe.commits']).toBe('1');
  expect(newer?.tags['pipe.crc32']).toMatch(/^[0-9a-f]{8}$/);
  expect(JSON.parse(older?.stats ?? '')).toMatchObject({
    numRecords: 4,
    minValues: { symbol: 'AAPL', ts: '2026-02-01T15:00:00.000Z', session: '2026-02-01', open: 100, bar_count: 0 },
    maxValues: { symbol: 'AAPL', ts: '2026-02-04T15:00:00.000Z', session: '2026-02-04', open: 100.75, bar_count: 3 },
    nullCount: { wap: 1, bar_count: 0 },
  });
});

test('replaces exactly the rows of a window that is fetched again', async () => {
  const fixture = await openLakeFixture();
  await commit(fixture, 'equity_bars', [
    bars(equity('AAPL'), '2026-02-01', '2026-02-05', { noWap: true }),
    bars(equity('MSFT'), '2026-02-01', '2026-02-05'),
  ]);
  const again = bars(equity('AAPL'), '2026-02-02', '2026-02-04', { price: 500 });
  const { snapshot } = await commit(fixture, 'equity_bars', [again]);
  expect(await readRows(fixture, 'equity_bars', 'symbol, session, open')).toEqual(
    expect.arrayContaining([
      ['AAPL', '2026-02-01', 100],
      ['AAPL', '2026-02-02', 500],
      ['AAPL', '2026-02-03', 500.25],
      ['AAPL', '2026-02-04', 100.75],
    ]),
  );
  expect(await readRows(fixture, 'equity_bars', 'count(*)')).toEqual([['8']]);
  expect([...snapshot.files.values()].map(({ tags }) => tags['pipe.commits']).sort()).toEqual(['0', '1']);
  await commit(fixture, 'equity_bars', [again]);
  await commit(fixture, 'equity_bars', [again]);
  expect(await readRows(fixture, 'equity_bars', 'count(*), sum(open)')).toEqual([
    ['8', 100 + 500 + 500.25 + 100.75 + 401.5],
  ]);
});

test('removes the rows of a window with an empty result and keeps the rows of a window with a failed result', async () => {
  const fixture = await openLakeFixture();
  await commit(fixture, 'equity_bars', [bars(equity('AAPL'), '2026-02-01', '2026-02-05')]);
  await commit(fixture, 'equity_bars', [rowlessResult(equity('AAPL'), '2026-02-01', '2026-02-03', 'failed')]);
  expect(await readRows(fixture, 'equity_bars', 'count(*)')).toEqual([['4']]);
  await commit(fixture, 'equity_bars', [rowlessResult(equity('AAPL'), '2026-02-01', '2026-02-03', 'empty')]);
  expect(await readRows(fixture, 'equity_bars', 'session')).toEqual([['2026-02-03'], ['2026-02-04']]);
  const { snapshot } = await commit(fixture, 'equity_bars', [
    rowlessResult(equity('AAPL'), '2026-02-03', '2026-02-05', 'empty'),
  ]);
  expect(snapshot.files.size).toBe(0);
});

test('keeps the later of two results for one window in a batch', async () => {
  const fixture = await openLakeFixture();
  await commit(fixture, 'equity_bars', [
    bars(equity('AAPL'), '2026-02-01', '2026-02-05', { price: 1 }),
    bars(equity('AAPL'), '2026-02-02', '2026-02-03', { price: 9 }),
    rowlessResult(equity('AAPL'), '2026-02-03', '2026-02-04', 'empty'),
    rowlessResult(equity('AAPL'), '2026-02-04', '2026-02-05', 'failed'),
  ]);
  expect(await readRows(fixture, 'equity_bars', 'session, open')).toEqual([
    ['2026-02-01', 1],
    ['2026-02-02', 9],
    ['2026-02-04', 1.75],
  ]);
});

test('writes one new file and rewrites no file when rows are added to existing series', async () => {
  const fixture = await openLakeFixture();
  const symbols = Array.from({ length: 300 }, (_, index) => `S${String(index)}`);
  for (const [from, to] of [
    ['2026-02-01', '2026-02-05'],
    ['2026-02-05', '2026-02-06'],
    ['2026-02-06', '2026-02-07'],
  ] as const) {
    const { files } = await commit(
      fixture,
      'equity_bars',
      symbols.map((symbol) => bars(equity(symbol), from, to)),
    );
    expect(files).toBe(1);
  }
  expect(await readRows(fixture, 'equity_bars', 'count(*)')).toEqual([['1800']]);
});

test('keeps the rows of series that differ only in price type or trading hours', async () => {
  const fixture = await openLakeFixture();
  const quotes = { ...equity('AAPL'), priceType: 'MIDPOINT' as const };
  const allDay = { ...equity('AAPL'), hours: 'all' as const };
  await commit(fixture, 'equity_bars', [bars(equity('AAPL'), '2026-02-01', '2026-02-03')]);
  await commit(fixture, 'equity_bars', [
    bars(quotes, '2026-02-01', '2026-02-03'),
    bars(allDay, '2026-02-01', '2026-02-03'),
  ]);
  await commit(fixture, 'equity_bars', [bars(quotes, '2026-02-01', '2026-02-03')]);
  expect(await readRows(fixture, 'equity_bars', 'count(*)')).toEqual([['6']]);
});

test('keeps the rows of two trading classes of one expiry, strike and right when one is fetched again', async () => {
  const fixture = await openLakeFixture();
  const spx: OptionContract = { expiry: '2026-12-18', strike: 6000, right: 'C', conId: null, tradingClass: 'SPX' };
  const spxw: OptionContract = { ...spx, tradingClass: 'SPXW', isOtherClass: true };
  const fetch = (listed: OptionContract, price: number): FetchResult =>
    bars(option('SPX', listed), '2026-02-02', '2026-02-04', { price });
  await commit(fixture, 'option_bars', [fetch(spx, 1), fetch(spxw, 2)]);
  await commit(fixture, 'option_bars', [fetch(spx, 3)]);
  await commit(fixture, 'option_bars', [fetch(spxw, 4)]);
  const rows = await readRows(fixture, 'option_bars', 'trading_class, open');
  // Rows of the main class have no class, as those from before the column.
  expect(rows.map(String).sort()).toEqual([',3', ',3.25', 'SPXW,4', 'SPXW,4.25']);
});

test('stores options, chains and contracts of symbols with special characters under their symbol', async () => {
  const fixture = await openLakeFixture();
  const expiry = '2026-03-20';
  await commit(
    fixture,
    'option_bars',
    oddSymbols.map((symbol) =>
      bars(option(symbol, { expiry, strike: 97.5, right: 'P', conId: 5 }), '2026-01-30', '2026-02-03', { perDay: 2 }),
    ),
  );
  const at = Date.UTC(2026, 1, 3, 12);
  await commit(
    fixture,
    'chains',
    oddSymbols.map((symbol) => chain(symbol, at, [expiry, '2026-04-17'], 3)),
  );
  await commit(
    fixture,
    'contracts',
    oddSymbols.map((symbol, index) => contract(symbol, at, index)),
  );
  for (const [dataset, rows] of [
    ['option_bars', 8],
    ['chains', 12],
    ['contracts', 1],
  ] as const) {
    const log = fixture.log(dataset);
    const files = [...(await log.refresh()).files.values()];
    const found = await fixture.engine.queryRows(
      `SELECT symbol, count(*) AS n FROM ${buildTableSource(dataset, log.folder, files)} GROUP BY symbol ORDER BY symbol`,
      'test',
    );
    expect(found).toEqual([...oddSymbols].sort().map((symbol) => ({ symbol, n: String(rows) })));
  }
  await commit(
    fixture,
    'chains',
    oddSymbols.map((symbol) => chain(symbol, at, [expiry], 3)),
  );
  expect(await readRows(fixture, 'chains', 'count(*)')).toEqual([[String(oddSymbols.length * 6)]]);
});
