import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BarSize } from '../../src/core/tables/bars.js';
import type { CoverageState } from '../../src/core/coverage.js';
import type { CommitInfo, FetchResult, ClosedWindow } from '../../src/core/fetch-result.js';
import type { Rows } from '../../src/core/tables/rows.js';
import type { Instrument, OptionContract, Series } from '../../src/core/series.js';
import type { Dataset } from '../../src/core/tables/tables.js';
import { day, toDayNumber, hour } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import type { Window } from '../../src/core/time/window.js';
import { buildBatch } from '../../src/lake/commit/batch.js';
import { commitBatch } from '../../src/lake/commit/commit-batch.js';
import type { CommitContext } from '../../src/lake/commit/commit-batch.js';
import { readTableCoverage } from '../../src/lake/coverage/table-coverage.js';
import { createCheckpointReader } from '../../src/lake/delta/checkpoint.js';
import { tableFolder, createTableLog } from '../../src/lake/delta/table-log.js';
import type { TableLog } from '../../src/lake/delta/table-log.js';
import { openEngine } from '../../src/lake/parquet/engine.js';
import type { Engine } from '../../src/lake/parquet/engine.js';

export const author: CommitInfo = {
  runId: '01980000-0000-7000-8000-000000000001',
  pipeline: { name: 'test', hash: 'abc' },
};

/** A folder that is deleted after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-lake-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface LakeFixture {
  readonly folder: string;
  readonly context: CommitContext;
  readonly engine: Engine;
  log(dataset: Dataset): TableLog;
  /** Advances by a second with each call. */
  readonly now: () => Instant;
}

/** The tables of an empty lake in a temporary folder. */
export async function openLakeFixture(lakeFolder?: string): Promise<LakeFixture> {
  const folder = lakeFolder ?? (await temporaryFolder());
  const staging = join(folder, '_writing', 'fixture');
  await mkdir(staging, { recursive: true });
  const engine = await openEngine({ memoryLimit: '500MB', spillFolder: join(staging, 'spill'), preserveOrder: true });
  onTestFinished(() => {
    engine.close();
  });
  let count = 0;
  let time = Date.UTC(2026, 10, 20, 22);
  const now = (): Instant => (time += 1_000);
  const next = (): string => `file-${String(++count)}`;
  const context: CommitContext = {
    engine: () => Promise.resolve(engine),
    names: { staging, next },
    now,
    getTimeZone: () => 'America/New_York',
  };
  return {
    folder,
    context,
    engine,
    now,
    log: (dataset) =>
      createTableLog({
        dataset,
        folder: tableFolder(folder, dataset),
        program: 'pipe/test',
        now,
        nextTemporaryPath: () => join(staging, next()),
        readCheckpoint: createCheckpointReader(() => Promise.resolve(engine), 'all'),
      }),
  };
}

/** Commits results to a table. */
export async function commit(fixture: LakeFixture, dataset: Dataset, results: readonly FetchResult[]): Promise<void> {
  const log = fixture.log(dataset);
  await commitBatch(fixture.context, log, author, buildBatch(dataset, results), () =>
    readTableCoverage(log.folder, dataset),
  );
}

export function instrument(symbol: string): Instrument {
  return { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
}

export function equity(symbol: string, barSize: BarSize = '1 day'): Series {
  return {
    dataset: 'equity_bars',
    provider: 'mock',
    instrument: instrument(symbol),
    barSize,
    priceType: 'TRADES',
    hours: 'rth',
  };
}

export function option(symbol: string, listed: OptionContract): Series {
  return {
    dataset: 'option_bars',
    provider: 'mock',
    instrument: instrument(symbol),
    contract: listed,
    barSize: '1 hour',
    priceType: 'TRADES',
    hours: 'rth',
  };
}

let requests = 0;

function buildFetchResult(
  series: Series,
  closedWindows: readonly ClosedWindow[],
  rows: Rows | null,
  answeredAt: Instant,
): FetchResult {
  const requestId = `${author.runId}/${String(++requests)}`;
  return {
    requestId,
    series,
    step: 'prices',
    requestedAt: answeredAt - 1_000,
    answeredAt,
    upstream: [],
    closedWindows,
    rows,
  };
}

export function createWindow(from: string, to: string): Window {
  return { start: Date.parse(`${from}T00:00:00Z`), end: Date.parse(`${to}T00:00:00Z`) };
}

/** One bar a day at 15:00 UTC, or `perDay` bars an hour apart, in `[from, to)`; prices begin at `price`. */
export function bars(
  series: Series,
  from: string,
  to: string,
  options: {
    readonly price?: number;
    readonly perDay?: number;
    readonly state?: CoverageState;
    readonly noWap?: boolean;
  } = {},
): FetchResult {
  const { price = 100, perDay = 1, state = 'data' } = options;
  const window = createWindow(from, to);
  const days = Math.round((window.end - window.start) / day);
  const length = days * perDay;
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, row) => value(row));
  const sessionOf = (row: number): number => toDayNumber(from) + Math.floor(row / perDay);
  const columns = {
    ts: column((row) => sessionOf(row) * day + (15 + (row % perDay)) * hour),
    session: column(sessionOf),
    open: column((row) => price + row / 4),
    high: column((row) => price + row / 4 + 1),
    low: column((row) => price + row / 4 - 1),
    close: column((row) => price + row / 4 + 0.5),
    volume: column((row) => 1_000 + row),
    wap: column((row) => (options.noWap === true || row % 3 === 1 ? NaN : price)),
    bar_count: column((row) => (row % 5 === 4 ? NaN : row)),
    open_interest: column((row) => (series.dataset === 'option_bars' || row % 2 === 0 ? 10 * price + row : NaN)),
  };
  const dataset = series.dataset === 'option_bars' ? 'option_bars' : 'equity_bars';
  const rows: Rows = { dataset, length, columns };
  return buildFetchResult(series, [{ window, state, rows: length }], rows, window.end + hour);
}

export function rowlessResult(series: Series, from: string, to: string, state: CoverageState): FetchResult {
  const window = createWindow(from, to);
  const reason =
    state === 'failed' || state === 'denied' || state === 'unavailable' ? { reason: 'reason of the test' } : {};
  return buildFetchResult(series, [{ window, state, rows: 0, ...reason }], null, window.end + hour);
}

/** A chain with `strikes` calls and puts for each expiry. */
export function chain(symbol: string, at: Instant, expiries: readonly string[], strikes: number): FetchResult {
  const length = expiries.length * strikes * 2;
  const expiryOf = (row: number): string => expiries[Math.floor(row / (strikes * 2))] ?? '';
  const texts = (value: (row: number) => string | null): readonly (string | null)[] =>
    Array.from({ length }, (_, row) => value(row));
  const numbers = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, row) => value(row));
  const rows: Rows = {
    dataset: 'chains',
    length,
    columns: {
      exchange: texts(() => 'SMART'),
      trading_class: texts((row) => (row % 7 === 0 ? null : symbol)),
      multiplier: numbers(() => 100),
      expiry: numbers((row) => toDayNumber(expiryOf(row))),
      strike: numbers((row) => 50 + 5 * (Math.floor(row / 2) % strikes)),
      right: texts((row) => (row % 2 === 0 ? 'C' : 'P')),
      con_id: numbers((row) => (row % 4 === 3 ? NaN : 1_000 + row)),
      local_symbol: texts((row) => `${symbol} ${String(row)}`),
    },
  };
  const series: Series = { dataset: 'chains', provider: 'mock', instrument: instrument(symbol) };
  return buildFetchResult(series, [{ window: { start: at, end: at + 1 }, state: 'data', rows: length }], rows, at);
}

export function contract(symbol: string, at: Instant, conId: number): FetchResult {
  const text = (value: string | null): readonly (string | null)[] => [value];
  const number = (value: number): Float64Array => Float64Array.of(value);
  const rows: Rows = {
    dataset: 'contracts',
    length: 1,
    columns: {
      con_id: number(conId),
      sec_type: text('STK'),
      exchange: text('SMART'),
      primary_exchange: text('NASDAQ'),
      currency: text('USD'),
      local_symbol: text(symbol),
      trading_class: text(null),
      multiplier: number(NaN),
      long_name: text(`The ${symbol} Company 'é' "quoted"`),
      industry: text(null),
      category: text(null),
      min_tick: number(0.01),
      time_zone: text('America/New_York'),
    },
  };
  const series: Series = { dataset: 'contracts', provider: 'mock', instrument: instrument(symbol) };
  return buildFetchResult(series, [{ window: { start: at, end: at + 1 }, state: 'data', rows: 1 }], rows, at);
}

/** Symbols that reveal careless handling of folders, types or quotes. */
export const oddSymbols = [
  'BRK B',
  'M&M',
  'A/B',
  'NIFTY 50',
  '0700',
  '1E5',
  'NO',
  'ñandú',
  "O'Neil",
  'a%2Fb',
  'x=y',
  '..',
] as const;
