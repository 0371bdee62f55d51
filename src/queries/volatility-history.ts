import { computeQuartiles, rankVolatility } from '../analytics/history/volatility-rank.js';
import type { Quartiles, VolatilityRank } from '../analytics/history/volatility-rank.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import { toUtcDate } from '../core/time/time.js';
import { queryDailyVolatilities } from './daily-values.js';
import type { DailyValue } from './daily-values.js';
import type { QueryableLake } from './queryable-lake.js';
import { findLatestProvider } from './latest-provider.js';
import { readNumber, readText, sqlInstant, sqlString } from './sql.js';
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
  /** The term of all values in calendar days; null for overviews from before the term was stored. */
  readonly termDays: number | null;
  /** Why the latest overview has no value; null if it has one. */
  readonly missing: MissingVolatility | null;
  /** From the last overview of each session, oldest first. */
  readonly days: readonly DailyValue[];
  readonly quartiles: Quartiles;
  /** Rank of the last day among all days, itself included. */
  readonly rank: VolatilityRank;
}

/** The latest overview has no at-the-money volatility. */
export interface MissingVolatility {
  readonly session: LocalDate;
  readonly termDays: number | null;
  /** A reason of `AtmReason`; null for an overview from before the reasons were stored. */
  readonly reason: string | null;
}

/** There are overviews, and none of the term has a volatility. */
export interface NoVolatility {
  readonly provider: string;
  readonly days: readonly [];
  readonly missing: MissingVolatility;
}

/**
 * Queries the at-the-money volatility of the last trading days, for the term of the latest overview; null without any
 * overview.
 */
export async function queryVolatilityHistory(
  lake: QueryableLake,
  query: VolatilityHistoryQuery,
): Promise<VolatilityHistory | NoVolatility | null> {
  const { symbol, at, days: dayCount = 60 } = query;
  const provider = query.provider ?? (await findLatestProvider(lake, 'overviews', symbol));
  if (provider === null) return null;
  const latest = await queryLatest(lake, symbol, provider, at);
  if (latest === null) return null;
  const { termDays } = latest;
  const from = dateSessionsBefore(toUtcDate(at), dayCount);
  const days = (
    (await queryDailyVolatilities(lake, { provider, symbols: [symbol], from, at, termDays })).get(symbol) ?? []
  ).slice(-dayCount);
  const values = days.map(({ value }) => value);
  const quartiles = computeQuartiles(values);
  const missing = latest.hasValue ? null : latest;
  if (quartiles === null) return missing === null ? null : { provider, days: [], missing };
  return { symbol, provider, termDays, missing, days, quartiles, rank: rankVolatility(values) };
}

async function queryLatest(
  lake: QueryableLake,
  symbol: string,
  provider: string,
  at: Instant,
): Promise<(MissingVolatility & { readonly hasValue: boolean }) | null> {
  const { rows } = await lake.query(
    `SELECT session, atm_iv, atm_iv_days, atm_iv_reason FROM overviews
     WHERE symbol = ${sqlString(symbol)} AND provider = ${sqlString(provider)} AND ts <= ${sqlInstant(at)}
     ORDER BY ts DESC LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    session: readText(row, 'session') ?? '',
    termDays: readNumber(row, 'atm_iv_days'),
    reason: readText(row, 'atm_iv_reason'),
    hasValue: readNumber(row, 'atm_iv') !== null,
  };
}
