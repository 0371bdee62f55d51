import type { Trend } from './analytics/trend.js';
import type { Quartiles, VolatilityRank } from './analytics/volatility-rank.js';
import { addDays, isLocalDate } from './core/time.js';
import type { Instant, LocalDate } from './core/time.js';
import type { QueryResult, TableStatistics } from './lake/contract.js';
import { openLakeReader } from './lake/reader.js';
import { barsOf, presentDates } from './readings/bars.js';
import type { Bar, BarQuery } from './readings/bars.js';
import { chainAt } from './readings/chain.js';
import type { ChainOption, ChainQuery, OptionChain } from './readings/chain.js';
import type { DailyValue } from './readings/daily.js';
import { marketData } from './readings/market-data.js';
import type { MarketData, MarketDataQuery } from './readings/market-data.js';
import { volatilityHistory } from './readings/volatility-history.js';
import type { VolatilityHistory } from './readings/volatility-history.js';

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

/** A lake, open for reading. Works while runs write to it: every call sees whole commits. Instants are epoch milliseconds. */
export interface Lake {
  /** The bars of a symbol, the oldest first. */
  bars(query: BarQuery): Promise<readonly Bar[]>;
  /** The sessions of which there are bars, in order. */
  presentDates(query: BarQuery): Promise<readonly LocalDate[]>;
  /** The latest chain of a symbol; null where no option of it was seen. */
  latestChain(query: Omit<ChainQuery, 'at'>): Promise<OptionChain | null>;
  /** The chain as it was at an instant. */
  chainAt(query: ChainQuery & { readonly at: Instant }): Promise<OptionChain | null>;
  /** The last chain of a date (UTC); null where none was seen on it. */
  chainOn(query: Omit<ChainQuery, 'at'> & { readonly date: LocalDate }): Promise<OptionChain | null>;
  /** The volatility at the money day by day, 60 trading days back from an instant (that of the last overview, if left out). */
  ivHistory(query: {
    readonly symbol: string;
    readonly days?: number;
    readonly at?: Instant;
    readonly provider?: string;
  }): Promise<VolatilityHistory | null>;
  /** What deciding about an entry looks at; null where no option of the symbol was seen. */
  marketData(query: MarketDataQuery): Promise<MarketData | null>;
  /** Rows, bytes, files and span of every table. */
  statistics(): Promise<readonly TableStatistics[]>;
  /** One read-only SQL statement (DuckDB) over one view per table. */
  query(sql: string): Promise<QueryResult>;
  close(): Promise<void>;
}

/** Opens the lake in a folder. A folder that does not exist is an empty lake. */
export async function openLake(folder: string): Promise<Lake> {
  const reader = await openLakeReader(folder);
  return {
    bars: (query) => barsOf(reader, query),
    presentDates: (query) => presentDates(reader, query),
    latestChain: (query) => chainAt(reader, query),
    chainAt: (query) => chainAt(reader, query),
    async chainOn({ date, ...query }) {
      if (!isLocalDate(date)) throw new RangeError(`${date} is not a date: write it as YYYY-MM-DD`);
      const start = Date.parse(`${date}T00:00:00Z`);
      const chain = await chainAt(reader, { ...query, at: Date.parse(`${addDays(date, 1)}T00:00:00Z`) - 1 });
      return chain !== null && chain.at >= start ? chain : null;
    },
    async ivHistory({ at, ...query }) {
      const from = at ?? (await lastOverview());
      return from === null ? null : volatilityHistory(reader, { ...query, at: from });
    },
    marketData: (query) => marketData(reader, query),
    statistics: () => reader.statistics(),
    query: (sql) => reader.query(sql),
    close: () => reader.close(),
  };

  async function lastOverview(): Promise<Instant | null> {
    const overviews = (await reader.statistics()).find(({ dataset }) => dataset === 'overviews');
    return overviews?.span?.end ?? null;
  }
}
