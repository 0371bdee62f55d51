import { quartilesOf, volatilityRank } from '../analytics/volatility-rank.js';
import type { Quartiles, VolatilityRank } from '../analytics/volatility-rank.js';
import type { Instant } from '../core/time.js';
import { utcDate } from '../core/time.js';
import { dailyVolatilities } from './daily.js';
import type { DailyValue } from './daily.js';
import type { ReadableLake } from './lake.js';
import { latestSource } from './source.js';
import { dateBefore } from './span-of-sessions.js';

/** Which history is wanted. */
export interface VolatilityQuery {
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
export async function volatilityHistory(lake: ReadableLake, query: VolatilityQuery): Promise<VolatilityHistory | null> {
  const { symbol, at, days: wanted = 60 } = query;
  const provider = query.provider ?? (await latestSource(lake, 'overviews', symbol));
  if (provider === null) return null;
  const from = dateBefore(utcDate(at), wanted);
  const days = ((await dailyVolatilities(lake, { provider, symbols: [symbol], from, at })).get(symbol) ?? []).slice(
    -wanted,
  );
  const values = days.map(({ value }) => value);
  const quartiles = quartilesOf(values);
  return quartiles === null ? null : { symbol, provider, days, quartiles, rank: volatilityRank(values) };
}
