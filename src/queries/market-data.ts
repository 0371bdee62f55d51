import type { Trend } from '../analytics/history/trend.js';
import type { Instant } from '../core/time/time.js';
import { queryChain } from './option-chain.js';
import type { ChainOption } from './option-chain.js';
import type { QueryableLake } from './queryable-lake.js';
import { readInstant, sqlInstant, sqlString, readNumber, readText } from './sql.js';

/** Data for entry decisions. The property names are those of its consumers. */
export interface MarketData {
  readonly symbol: string;
  readonly provider: string;
  /** 0 to 100; null with fewer than 30 days of history. */
  readonly iv_rank: number | null;
  readonly iv_percentile: number | null;
  /** Number of days in rank and percentile. */
  readonly iv_days: number | null;
  /** Annual, as a fraction. */
  readonly atm_iv: number | null;
  /** The term of `atm_iv` in calendar days; null for overviews from before the term was stored. */
  readonly atm_iv_days: number | null;
  /** Why there is no `atm_iv`; null if there is one. */
  readonly atm_iv_reason: string | null;
  readonly vix: number | null;
  readonly underlying_trend: Trend | null;
  readonly underlying_price: number | null;
  readonly option_chain: readonly ChainOption[];
  /** Time of the chain. */
  readonly timestamp: Instant;
}

export interface MarketDataQuery {
  readonly symbol: string;
  readonly provider?: string;
  /** Ignores later data. */
  readonly at?: Instant;
}

const trends: readonly Trend[] = ['uptrend', 'downtrend', 'neutral'];

/** Queries the latest chain and the overview computed from it; null when there are no options. */
export async function queryMarketData(lake: QueryableLake, query: MarketDataQuery): Promise<MarketData | null> {
  const chain = await queryChain(lake, query);
  if (chain === null) return null;
  const { symbol, provider } = chain;
  const { rows } = await lake.query(
    `SELECT * FROM overviews WHERE symbol = ${sqlString(symbol)} AND provider = ${sqlString(provider)}
     ${query.at === undefined ? '' : `AND ts <= ${sqlInstant(query.at)}`} ORDER BY ts DESC LIMIT 1`,
  );
  const [latest] = rows;
  // An overview older than the chain belongs to an earlier chain.
  const overview = latest !== undefined && readInstant(latest, 'ts') >= chain.at ? latest : {};
  const trend = readText(overview, 'trend');
  return {
    symbol,
    provider,
    iv_rank: readNumber(overview, 'iv_rank'),
    iv_percentile: readNumber(overview, 'iv_percentile'),
    iv_days: readNumber(overview, 'iv_days'),
    atm_iv: readNumber(overview, 'atm_iv'),
    atm_iv_days: readNumber(overview, 'atm_iv_days'),
    atm_iv_reason: readText(overview, 'atm_iv_reason'),
    vix: readNumber(overview, 'vix'),
    underlying_trend: trends.find((one) => one === trend) ?? null,
    underlying_price: chain.spot,
    option_chain: chain.options,
    timestamp: chain.at,
  };
}
