import { computeQuartiles, rankVolatility } from '../analytics/history/volatility-rank.js';
import type { Quartiles, VolatilityRank } from '../analytics/history/volatility-rank.js';
import type { Instant } from '../core/time/time.js';
import { toUtcDate } from '../core/time/time.js';
import { queryDailyVolatilities } from './daily-values.js';
import type { DailyValue } from './daily-values.js';
import type { QueryableLake } from './queryable-lake.js';
import { findLatestProvider } from './latest-provider.js';
import { dateSessionsBefore } from './date-sessions-before.js';

/** Which history is wanted. */
export interface VolatilityHistoryQuery {
  readonly symbol: string;
  /** The moment that it is looked back from. */
  readonly at: Instant;
  /** How many trading days; 60 when left out. */
  readonly days?: number;
  readonly provider?: string;
}

/** How the volatility at the money went, day by day. */
export interface VolatilityHistory {
  readonly symbol: string;
  readonly provider: string;
  /** The last overview of each session, the oldest first. */
  readonly days: readonly DailyValue[];
  readonly quartiles: Quartiles;
  /** Where the last day stands among them, itself included. */
  readonly rank: VolatilityRank;
}

/** The volatilities at the money of the last trading days; null where there is none. */
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
