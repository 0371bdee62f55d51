import { interpolateAtmVolatility } from '../../analytics/chain/atm-volatility.js';
import { parseExpiryKey } from '../../analytics/chain/chain-columns.js';
import type { ChainColumns, ExpiryTime } from '../../analytics/chain/chain-columns.js';
import { computeChainTotals } from '../../analytics/chain/chain-totals.js';
import { detectTrend } from '../../analytics/history/trend.js';
import { rankVolatility } from '../../analytics/history/volatility-rank.js';
import type { RowsOf } from '../../core/tables/rows.js';
import type { ExpectedExpiry } from '../../core/series.js';
import { toDayNumber } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';

export interface OverviewInput {
  readonly chain: ChainColumns;
  readonly expiries: readonly ExpiryTime[];
  /** NaN when unknown. */
  readonly spot: number;
  readonly rate: number;
  readonly dividendYield: number;
  /** Session of the prices. */
  readonly session: LocalDate;
  /** At-the-money volatilities of earlier days for the same term, oldest first. */
  readonly priorVolatilities: readonly number[];
  readonly rankDays: number;
  /** The term of the at-the-money volatility, in calendar days. */
  readonly atmIvDays: number;
  /** Daily closes, oldest first. */
  readonly closes: readonly number[];
  /** NaN when unknown. */
  readonly volatilityIndex: number;
  /** Expected expiries and strikes; empty when no chain is known. */
  readonly expected: readonly ExpectedExpiry[];
}

/** Computes an overview as a table of one row. */
export function overviewRows(input: OverviewInput): RowsOf<'overviews'> {
  const { chain, spot, rate, dividendYield, expected } = input;
  const totals = computeChainTotals(chain, spot);
  const carry = { spot, rate, dividendYield };
  const atTheMoney = interpolateAtmVolatility(chain, input.expiries, carry, input.atmIvDays);
  const daily = [...input.priorVolatilities, atTheMoney.volatility ?? NaN].slice(-input.rankDays);
  const { rank, percentile, days } = rankVolatility(daily);
  const strikes = groupStrikesByExpiry(chain);
  const missing = expected.filter(({ expiry }) => !strikes.has(toDayNumber(expiry)));
  const column = (value: number | null): Float64Array => Float64Array.of(value ?? NaN);
  const expectedColumn = (value: number): Float64Array => column(expected.length === 0 ? null : value);
  return {
    dataset: 'overviews',
    length: 1,
    columns: {
      spot_price: column(spot),
      pcr_oi: column(totals.openInterestRatio),
      pcr_volume: column(totals.volumeRatio),
      atm_iv: column(atTheMoney.volatility),
      call_count: column(totals.callCount),
      put_count: column(totals.putCount),
      total_call_oi: column(totals.callOpenInterest),
      total_put_oi: column(totals.putOpenInterest),
      calls_itm: column(totals.callsInTheMoney),
      calls_otm: column(totals.callsOutOfTheMoney),
      puts_itm: column(totals.putsInTheMoney),
      puts_otm: column(totals.putsOutOfTheMoney),
      iv_rank: column(rank),
      iv_percentile: column(percentile),
      iv_days: column(days),
      vix: column(input.volatilityIndex),
      trend: [detectTrend(input.closes)],
      session: column(toDayNumber(input.session)),
      strikes_expected: expectedColumn(expected.reduce((sum, expiry) => sum + expiry.strikes, 0)),
      strikes_held: column([...strikes.values()].reduce((sum, { size }) => sum + size, 0)),
      expiries_expected: expectedColumn(expected.length),
      expiries_held: column(strikes.size),
      missing_expiries: [missing.length === 0 ? null : missing.map(({ expiry }) => expiry).join(' ')],
      atm_iv_days: column(input.atmIvDays),
      atm_iv_reason: [atTheMoney.reason],
    },
  };
}

function groupStrikesByExpiry(chain: ChainColumns): ReadonlyMap<number, ReadonlySet<number>> {
  const byExpiry = new Map<number, Set<number>>();
  for (let index = 0; index < chain.length; index++) {
    const expiry = parseExpiryKey(chain.expiry[index] ?? NaN).day;
    const strike = chain.strike[index] ?? NaN;
    const known = byExpiry.get(expiry);
    if (known === undefined) byExpiry.set(expiry, new Set([strike]));
    else known.add(strike);
  }
  return byExpiry;
}
