import { resolve } from 'node:path';

import type { Trend } from './analytics/history/trend.js';
import type { Quartiles, VolatilityRank } from './analytics/history/volatility-rank.js';
import { getCalendar, supportedExchanges } from './calendar/calendars.js';
import type { CoverageState } from './core/coverage.js';
import type { BarSize, PriceType, TradingHours } from './core/tables/bars.js';
import type { TradingSession } from './core/time/calendar.js';
import { systemClock } from './core/time/clock.js';
import { addDays } from './core/time/time.js';
import type { Instant, LocalDate } from './core/time/time.js';
import type { QueryResult, TableStatistics } from './lake/api.js';
import { openLakeReader } from './lake/reader/lake-reader.js';
import { omitUndefined } from './platform/omit-undefined.js';
import { closestMatch } from './platform/suggest.js';
import { queryBars, queryBarDates } from './queries/bars.js';
import type { Bar, BarQuery } from './queries/bars.js';
import { ArgumentError, checkArguments, checkBounds } from './queries/check-arguments.js';
import { readCoverageWindows } from './queries/coverage-windows.js';
import type { CoverageQuery, CoverageWindow } from './queries/coverage-windows.js';
import { queryChain, queryListedChain } from './queries/option-chain.js';
import type { ChainOption, ChainQuery, OptionChain } from './queries/option-chain.js';
import type { DailyValue } from './queries/daily-values.js';
import { queryMarketData } from './queries/market-data.js';
import type { MarketData, MarketDataQuery } from './queries/market-data.js';
import { readRowOrigin } from './queries/row-origin.js';
import type { RowOrigin } from './queries/row-origin.js';
import { queryVolatilityHistory } from './queries/volatility-history.js';
import type { VolatilityHistory } from './queries/volatility-history.js';

export { ArgumentError };
export type {
  Bar,
  BarSize,
  ChainOption,
  CoverageQuery,
  CoverageState,
  CoverageWindow,
  DailyValue,
  Instant,
  LocalDate,
  MarketData,
  MarketDataQuery,
  OptionChain,
  PriceType,
  Quartiles,
  QueryResult,
  RowOrigin,
  TableStatistics,
  TradingHours,
  TradingSession,
  Trend,
  VolatilityHistory,
  VolatilityRank,
};

/** Selects bars. Defaults: daily bars of trades in regular hours, from the provider with the latest bar. */
export interface BarsQuery {
  readonly symbol: string;
  readonly barSize?: BarSize;
  /** The first session. */
  readonly fromInclusive?: LocalDate;
  /** The session after the last one, as `--to` of the command line. */
  readonly toExclusive?: LocalDate;
  readonly priceType?: PriceType;
  readonly hours?: TradingHours;
  readonly provider?: string;
  /** The latest bars, so many at most. */
  readonly limit?: number;
}

/** Selects a chain; by default that of the provider with the latest option. */
export interface ChainSelection {
  readonly symbol: string;
  readonly provider?: string;
}

/** Selects the history of implied volatility: the 60 trading days up to the last overview by default. */
export interface VolatilityQuery {
  readonly symbol: string;
  readonly days?: number;
  readonly at?: Instant;
  readonly provider?: string;
}

/** What a run of a pipeline would request; `pipe plan --json` has the same keys and more. */
export interface PlanSummary {
  readonly requests: number;
  readonly windows: number;
  readonly estimatedSeconds: number;
  readonly tasks: readonly {
    readonly id: string;
    readonly step: string;
    /** Null for a step that runs once for all symbols. */
    readonly symbol: string | null;
    readonly status: 'ready' | 'deferred' | 'up-to-date' | 'blocked';
    readonly requests: number;
    readonly reason: string;
  }[];
}

/**
 * A lake, opened for reading. Works while runs write to it: every call sees whole commits. Instants are epoch milliseconds. A
 * call with a wrong argument rejects with an `ArgumentError` that says what to write.
 */
export interface Lake {
  /** The bars of a symbol, oldest first. */
  bars(query: BarsQuery): Promise<readonly Bar[]>;
  /** The sessions that have bars, in order. */
  barDates(query: BarsQuery): Promise<readonly LocalDate[]>;
  /** The latest chain of a symbol, or its listed options (`isPriced: false`) without snapshots; null if the lake has neither. */
  latestChain(query: ChainSelection): Promise<OptionChain | null>;
  /** The same as it was at an instant. */
  chainAt(query: ChainSelection & { readonly at: Instant }): Promise<OptionChain | null>;
  /** The last chain of a date (UTC), or the last listed options of that date; null if the lake has neither. */
  chainOn(query: ChainSelection & { readonly date: LocalDate }): Promise<OptionChain | null>;
  /** The at-the-money volatility per day. */
  ivHistory(query: VolatilityQuery): Promise<VolatilityHistory | null>;
  /** The market data for an entry decision; null if the lake has no chain of the symbol. */
  marketData(query: MarketDataQuery): Promise<MarketData | null>;
  /** The windows that were answered, with their states: what the lake holds, and what it knows to be absent. */
  coverage(query?: CoverageQuery): Promise<readonly CoverageWindow[]>;
  /** Where a row came from, by its `request_id` or `requestId`; null if the log does not have the request. */
  lineage(row: { readonly requestId: string } | { readonly request_id: string }): Promise<RowOrigin | null>;
  /** What a run of a pipeline file would request now; sends and writes nothing. */
  plan(query: { readonly pipeline: string }): Promise<PlanSummary>;
  /** Rows, bytes, files and span of every table. */
  statistics(): Promise<readonly TableStatistics[]>;
  /** Runs one read-only SQL statement (DuckDB) over one view per table. */
  query(sql: string): Promise<QueryResult>;
  close(): Promise<void>;
}

/** The sessions of an exchange (`XNYS`, `XNAS`, `XASX`, `XNSE`, `XBOM`), in order. */
export function listSessions(query: {
  readonly exchange: string;
  readonly fromInclusive: LocalDate;
  readonly toExclusive: LocalDate;
}): readonly TradingSession[] {
  const names = ['exchange', 'fromInclusive', 'toExclusive'];
  checkArguments('listSessions', query, names, names);
  const { exchange, fromInclusive, toExclusive } = query;
  checkBounds('listSessions', fromInclusive, toExclusive);
  const calendar = getCalendar(exchange);
  if (calendar !== undefined) return calendar.sessions(fromInclusive, toExclusive);
  const closest = closestMatch(exchange, supportedExchanges);
  const hint = closest === null ? `there are ${supportedExchanges.join(', ')}` : `did you mean ${closest}?`;
  throw new ArgumentError(`listSessions: there is no calendar ${JSON.stringify(exchange)}; ${hint}`);
}

export interface LakeOptions {
  /**
   * Opens the lake as it was at this moment: what was known then. A table whose rows of that time are deleted (superseded files are
   * kept for 7 days) throws an error as soon as it is read. A plan is always made from the lake as it is.
   */
  readonly asOf?: Instant;
}

/** Opens the lake in a folder. A missing folder is an empty lake. */
export async function openLake(folder: string, { asOf }: LakeOptions = {}): Promise<Lake> {
  if (asOf !== undefined && !Number.isFinite(asOf))
    throw new ArgumentError(
      `asOf is ${String(asOf)}; expected epoch milliseconds, such as Date.parse('2026-11-20T22:00Z')`,
    );
  const reader = await openLakeReader(folder, { asOf: asOf ?? null });
  const findChain = async (query: ChainQuery): Promise<OptionChain | null> =>
    (await queryChain(reader, query)) ?? queryListedChain(reader, query);
  return {
    bars: async (query) => queryBars(reader, toBarQuery('bars', query)),
    barDates: async (query) => queryBarDates(reader, toBarQuery('barDates', query)),
    async latestChain(query) {
      checkArguments('latestChain', query, ['symbol', 'provider']);
      return findChain(query);
    },
    async chainAt(query) {
      checkArguments('chainAt', query, ['symbol', 'provider', 'at'], ['symbol', 'at']);
      return findChain(query);
    },
    async chainOn({ date, ...query }) {
      checkArguments('chainOn', { date, ...query }, ['symbol', 'provider', 'date'], ['symbol', 'date']);
      const start = Date.parse(`${date}T00:00:00Z`);
      const at = Date.parse(`${addDays(date, 1)}T00:00:00Z`) - 1;
      const chain = await queryChain(reader, { ...query, at });
      if (chain !== null && chain.at >= start) return chain;
      const listed = await queryListedChain(reader, { ...query, at });
      return listed !== null && listed.at >= start ? listed : null;
    },
    async ivHistory({ at, ...query }) {
      checkArguments('ivHistory', { at, ...query }, ['symbol', 'days', 'at', 'provider']);
      const from = at ?? (await readLatestOverviewTime());
      const history = from === null ? null : await queryVolatilityHistory(reader, { ...query, at: from });
      return history !== null && 'rank' in history ? history : null;
    },
    async marketData(query) {
      checkArguments('marketData', { symbol: query.symbol }, ['symbol']);
      return queryMarketData(reader, query);
    },
    async coverage(query = {}) {
      checkArguments('coverage', query, ['symbol', 'dataset', 'provider'], []);
      return readCoverageWindows(reader, query);
    },
    async lineage(row) {
      const requestId = 'requestId' in row ? row.requestId : row.request_id;
      checkArguments('lineage', { requestId }, ['requestId'], ['requestId']);
      return readRowOrigin(reader, requestId);
    },
    async plan(query) {
      checkArguments('plan', query, ['pipeline'], ['pipeline']);
      return readPlanSummary(query.pipeline, folder);
    },
    statistics: () => reader.readStatistics(),
    async query(sql) {
      if (typeof sql !== 'string' || sql.trim() === '') throw new ArgumentError('query: the statement is empty');
      return reader.query(sql);
    },
    close: () => reader.close(),
  };

  async function readLatestOverviewTime(): Promise<Instant | null> {
    const overviews = (await reader.readStatistics()).find(({ dataset }) => dataset === 'overviews');
    return overviews?.span?.end ?? null;
  }
}

const barArguments = ['symbol', 'barSize', 'fromInclusive', 'toExclusive', 'priceType', 'hours', 'provider', 'limit'];

function toBarQuery(method: string, query: BarsQuery): BarQuery {
  checkArguments(method, query, barArguments);
  const { fromInclusive, toExclusive, ...rest } = query;
  checkBounds(method, fromInclusive, toExclusive);
  return { ...rest, ...omitUndefined({ from: fromInclusive, to: toExclusive }) };
}

/** Plans a pipeline. The code for it is loaded here, because programs that only read rows do not need it. */
async function readPlanSummary(file: string, folder: string): Promise<PlanSummary> {
  const { loadPipelineFile, applyProviderEnvironment } = await import('./app/pipeline/load-pipeline.js');
  const { readPlan } = await import('./app/plan/read-plan.js');
  const { defaultPlanOptions } = await import('./plan/plan-options.js');
  const { getEstimatedRequests, listRequests } = await import('./plan/plan.js');
  const context = { dataFolder: resolve(folder), clock: systemClock, environment: process.env };
  const loaded = await loadPipelineFile(file, context, 'use');
  if (!loaded.ok) {
    const [first] = loaded.diagnostics;
    throw new ArgumentError(`plan: ${file} has errors: ${first?.message ?? 'it cannot be read'}; pipe lint shows all`);
  }
  const pipeline = applyProviderEnvironment(loaded.pipeline, context.environment);
  const { plan } = await readPlan(pipeline, defaultPlanOptions, context);
  const tasks = plan.tasks.map((task) => ({
    ...{ id: task.id, step: task.step, symbol: task.symbol, status: task.status, reason: task.reason },
    requests: listRequests(task).length + getEstimatedRequests(task),
  }));
  const customTasks = plan.customSteps.map(({ id, step, status, reason }) => {
    return { id, step, symbol: null, status, reason, requests: 0 };
  });
  return {
    requests: plan.requests,
    windows: plan.windows,
    estimatedSeconds: Math.round(plan.estimatedMs) / 1000,
    tasks: [...tasks, ...customTasks],
  };
}
