import { volatilityAtTheMoney } from '../analytics/at-the-money.js';
import type { ChainColumns, ExpiryTime } from '../analytics/chain-columns.js';
import { chainTotals } from '../analytics/chain-totals.js';
import { trendOf } from '../analytics/trend.js';
import { volatilityRank } from '../analytics/volatility-rank.js';
import type { RowsOf } from '../core/rows.js';
import type { ExpectedExpiry } from '../core/series.js';
import { dayNumber } from '../core/time.js';
import type { LocalDate } from '../core/time.js';

/** Everything an overview is made of. */
export interface OverviewInputs {
  readonly chain: ChainColumns;
  readonly expiries: readonly ExpiryTime[];
  /** NaN where it is not known. */
  readonly spot: number;
  readonly rate: number;
  readonly dividendYield: number;
  /** The session that the prices are of. */
  readonly session: LocalDate;
  /** The volatilities at the money of the days before, the oldest first. */
  readonly earlier: readonly number[];
  readonly rankDays: number;
  /** Daily closes, the oldest first. */
  readonly closes: readonly number[];
  /** NaN where it is not known. */
  readonly volatilityIndex: number;
  /** What there was to be seen; empty where no chain says so. */
  readonly expected: readonly ExpectedExpiry[];
}

/** An overview as a table of one row; the definitions are those of the functions of `analytics` that it calls. */
export function overviewRows(inputs: OverviewInputs): RowsOf<'overviews'> {
  const { chain, spot, rate, dividendYield, expected } = inputs;
  const totals = chainTotals(chain, spot);
  const atTheMoney = volatilityAtTheMoney(chain, inputs.expiries, { spot, rate, dividendYield });
  const daily = [...inputs.earlier, atTheMoney].slice(-inputs.rankDays);
  const { rank, percentile, days } = volatilityRank(daily);
  const strikes = strikesOf(chain);
  const missing = expected.filter(({ expiry }) => !strikes.has(dayNumber(expiry)));
  const one = (value: number | null): Float64Array => Float64Array.of(value ?? NaN);
  const wanted = (value: number): Float64Array => one(expected.length === 0 ? null : value);
  return {
    dataset: 'overviews',
    length: 1,
    columns: {
      spot_price: one(spot),
      pcr_oi: one(totals.interestRatio),
      pcr_volume: one(totals.volumeRatio),
      atm_iv: one(atTheMoney),
      call_count: one(totals.callCount),
      put_count: one(totals.putCount),
      total_call_oi: one(totals.callInterest),
      total_put_oi: one(totals.putInterest),
      calls_itm: one(totals.callsInTheMoney),
      calls_otm: one(totals.callsOutOfTheMoney),
      puts_itm: one(totals.putsInTheMoney),
      puts_otm: one(totals.putsOutOfTheMoney),
      iv_rank: one(rank),
      iv_percentile: one(percentile),
      iv_days: one(days),
      vix: one(inputs.volatilityIndex),
      trend: [trendOf(inputs.closes)],
      session: one(dayNumber(inputs.session)),
      strikes_expected: wanted(expected.reduce((sum, expiry) => sum + expiry.strikes, 0)),
      strikes_held: one([...strikes.values()].reduce((sum, { size }) => sum + size, 0)),
      expiries_expected: wanted(expected.length),
      expiries_held: one(strikes.size),
      missing_expiries: [missing.length === 0 ? null : missing.map(({ expiry }) => expiry).join(' ')],
    },
  };
}

/** The strikes of each expiry. */
function strikesOf(chain: ChainColumns): ReadonlyMap<number, ReadonlySet<number>> {
  const byExpiry = new Map<number, Set<number>>();
  for (let place = 0; place < chain.length; place++) {
    const expiry = chain.expiry[place] ?? NaN;
    const strike = chain.strike[place] ?? NaN;
    const known = byExpiry.get(expiry);
    if (known === undefined) byExpiry.set(expiry, new Set([strike]));
    else known.add(strike);
  }
  return byExpiry;
}
