import { computeQuartiles, rankVolatility } from '../analytics/history/volatility-rank.js';
import type { Quartiles, VolatilityRank } from '../analytics/history/volatility-rank.js';
import type { Instant } from '../core/time/time.js';
import { toUtcDate } from '../core/time/time.js';
import { queryDailyVolatilities } from './daily-values.js';
import type { DailyValue } from './daily-values.js';
import type { QueryableLake } from './queryable-lake.js';
import { findLatestProvider } from './latest-provider.js';
import { dateSessionsBefore } from './date-sessions-before.js';

export interface VolatilityHistoryQuery {
  readonly symbol: string;
  /** End of the history. */
  readonly at: Instant;
  /** Number of trading days; 60 by default. */
  readonly days?: number;
  readonly provider?: string;
}

/** At-the-money volatility per day. */
export interface VolatilityHistory {
  readonly symbol: string;
  readonly provider: string;
  /** From the last overview of each session, oldest first. */
  readonly days: readonly DailyValue[];
  readonly quartiles: Quartiles;
  /** Rank of the last day among all days, itself included. */
  readonly rank: VolatilityRank;
}

/** Queries the at-the-money volatility of the last trading days; null when there is none. */
export async function queryVolatilityHistory(
  lake: QueryableLake,
  query: VolatilityHistoryQuery,
): Promise<VolatilityHistory | null> {
  const { symbol, at, days: dayCount = 60 } = query;
  const provider = query.provider ?? (await findLatestProvider(lake, 'overviews', symbol));
  if (provider === null) return null;
  const from = dateSessionsBefore(toUtcDate(at), dayCount);
  const days = (
    (await queryDailyVolatilities(lake, { provider, symbols: [symbol], from, at })).get(symbol) ?? []
  ).slice(-dayCount);
  const values = days.map(({ value }) => value);
  const quartiles = computeQuartiles(values);
  return quartiles === null ? null : { symbol, provider, days, quartiles, rank: rankVolatility(values) };
}
