import type { Trend } from './analytics/history/trend.js';
import type { Quartiles, VolatilityRank } from './analytics/history/volatility-rank.js';
import { addDays, isLocalDate } from './core/time/time.js';
import type { Instant, LocalDate } from './core/time/time.js';
import type { QueryResult, TableStatistics } from './lake/api.js';
import { openLakeReader } from './lake/reader/lake-reader.js';
import { queryBars, queryBarDates } from './queries/bars.js';
import type { Bar, BarQuery } from './queries/bars.js';
import { queryChain } from './queries/option-chain.js';
import type { ChainOption, ChainQuery, OptionChain } from './queries/option-chain.js';
import type { DailyValue } from './queries/daily-values.js';
import { queryMarketData } from './queries/market-data.js';
import type { MarketData, MarketDataQuery } from './queries/market-data.js';
import { queryVolatilityHistory } from './queries/volatility-history.js';
import type { VolatilityHistory } from './queries/volatility-history.js';

export type {
  Bar,
  BarQuery,
  ChainOption,
  ChainQuery,
  DailyValue,
  Instant,
  LocalDate,
  MarketData,
  MarketDataQuery,
  OptionChain,
  Quartiles,
  QueryResult,
  TableStatistics,
  Trend,
  VolatilityHistory,
  VolatilityRank,
};

/** A lake, opened for reading. Works while runs write to it: every call sees whole commits. Instants are epoch milliseconds. */
export interface Lake {
  /** The bars of a symbol, oldest first. */
  bars(query: BarQuery): Promise<readonly Bar[]>;
  /** The sessions that have bars, in order. */
  barDates(query: BarQuery): Promise<readonly LocalDate[]>;
  /** The latest chain of a symbol; null if the lake has none. */
  latestChain(query: Omit<ChainQuery, 'at'>): Promise<OptionChain | null>;
  /** The chain as it was at an instant. */
  chainAt(query: ChainQuery & { readonly at: Instant }): Promise<OptionChain | null>;
  /** The last chain of a date (UTC); null if the lake has none of that date. */
  chainOn(query: Omit<ChainQuery, 'at'> & { readonly date: LocalDate }): Promise<OptionChain | null>;
  /** The at-the-money volatility per day, for the 60 trading days before an instant (default: the last overview). */
  ivHistory(query: {
    readonly symbol: string;
    readonly days?: number;
    readonly at?: Instant;
    readonly provider?: string;
  }): Promise<VolatilityHistory | null>;
  /** The market data for an entry decision; null if the lake has no chain of the symbol. */
  marketData(query: MarketDataQuery): Promise<MarketData | null>;
  /** Rows, bytes, files and span of every table. */
  statistics(): Promise<readonly TableStatistics[]>;
  /** Runs one read-only SQL statement (DuckDB) over one view per table. */
  query(sql: string): Promise<QueryResult>;
  close(): Promise<void>;
}

export interface LakeOptions {
  /**
   * Opens the lake as it was at this moment: what was known then. A table whose rows of that time are deleted (superseded files are
   * kept for 7 days) throws an error as soon as it is read.
   */
  readonly asOf?: Instant;
}

/** Opens the lake in a folder. A missing folder is an empty lake. */
export async function openLake(folder: string, { asOf }: LakeOptions = {}): Promise<Lake> {
  if (asOf !== undefined && !Number.isFinite(asOf))
    throw new RangeError(
      `asOf is ${String(asOf)}; expected epoch milliseconds, such as Date.parse('2026-11-20T22:00Z')`,
    );
  const reader = await openLakeReader(folder, { asOf: asOf ?? null });
  return {
    bars: (query) => queryBars(reader, query),
    barDates: (query) => queryBarDates(reader, query),
    latestChain: (query) => queryChain(reader, query),
    chainAt: (query) => queryChain(reader, query),
    async chainOn({ date, ...query }) {
      if (!isLocalDate(date)) throw new RangeError(`${date} is not a date; expected YYYY-MM-DD`);
      const start = Date.parse(`${date}T00:00:00Z`);
      const chain = await queryChain(reader, { ...query, at: Date.parse(`${addDays(date, 1)}T00:00:00Z`) - 1 });
      return chain !== null && chain.at >= start ? chain : null;
    },
    async ivHistory({ at, ...query }) {
      const from = at ?? (await readLatestOverviewTime());
      const history = from === null ? null : await queryVolatilityHistory(reader, { ...query, at: from });
      return history !== null && 'rank' in history ? history : null;
    },
    marketData: (query) => queryMarketData(reader, query),
    statistics: () => reader.readStatistics(),
    query: (sql) => reader.query(sql),
    close: () => reader.close(),
  };

  async function readLatestOverviewTime(): Promise<Instant | null> {
    const overviews = (await reader.readStatistics()).find(({ dataset }) => dataset === 'overviews');
    return overviews?.span?.end ?? null;
  }
}
