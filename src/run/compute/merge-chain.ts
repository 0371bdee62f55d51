import { expiryKey } from '../../analytics/chain/chain-columns.js';
import type { ChainColumns } from '../../analytics/chain/chain-columns.js';
import { getExpiryMoment, rightCode } from '../../analytics/conventions.js';
import type { RequestId } from '../../core/request.js';
import type { Instrument } from '../../core/series.js';
import { toDayNumber } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { ChainOption } from '../../queries/option-chain.js';
import type { OptionAnswer } from './run-answers.js';

/** A chain of the run's own answers and of options in the lake. */
export interface MergedChain {
  readonly columns: ChainColumns;
  /** Price of the underlying in the newest option that has one; NaN when none has. */
  readonly spot: number;
  readonly requestIds: readonly RequestId[];
}

interface ChainBuilder {
  readonly expiry: number[];
  readonly right: number[];
  readonly strike: number[];
  readonly volatility: number[];
  readonly volume: number[];
  readonly openInterest: number[];
}

/** Joins answers of the run with stored options of other expiries. */
export function mergeChain(
  instrument: Instrument,
  answers: readonly OptionAnswer[],
  stored: readonly ChainOption[],
): MergedChain {
  const toKey = (expiry: LocalDate, tradingClass: string | null): number =>
    expiryKey(toDayNumber(expiry), getExpiryMoment(instrument, expiry, tradingClass));
  const chain: ChainBuilder = { expiry: [], right: [], strike: [], volatility: [], volume: [], openInterest: [] };
  const requestIds = new Set<RequestId>();
  let spot = NaN;
  let spotAt: Instant = -Infinity;
  const updateSpot = (value: number, at: Instant): void => {
    if (!(value > 0) || at <= spotAt) return;
    spot = value;
    spotAt = at;
  };
  for (const { requestId, at, expiry, rows } of answers) {
    requestIds.add(requestId);
    const { columns } = rows;
    for (let row = 0; row < rows.length; row++) {
      chain.expiry.push(toKey(expiry, columns.trading_class[row] ?? null));
      chain.right.push(columns.right[row] === 'C' ? rightCode.C : rightCode.P);
      chain.strike.push(columns.strike[row] ?? NaN);
      chain.volatility.push(columns.iv[row] ?? NaN);
      chain.volume.push(columns.volume[row] ?? NaN);
      chain.openInterest.push(columns.open_interest[row] ?? NaN);
      updateSpot(columns.underlying_price[row] ?? NaN, at);
    }
  }
  for (const option of stored) {
    requestIds.add(option.requestId);
    chain.expiry.push(toKey(option.expiry, option.tradingClass));
    chain.right.push(rightCode[option.right]);
    chain.strike.push(option.strike);
    chain.volatility.push(option.iv ?? NaN);
    chain.volume.push(option.volume ?? NaN);
    chain.openInterest.push(option.openInterest ?? NaN);
    updateSpot(option.underlyingPrice ?? NaN, option.ts);
  }
  const columns: ChainColumns = {
    length: chain.strike.length,
    expiry: Float64Array.from(chain.expiry),
    right: Int8Array.from(chain.right),
    strike: Float64Array.from(chain.strike),
    volatility: Float64Array.from(chain.volatility),
    volume: Float64Array.from(chain.volume),
    openInterest: Float64Array.from(chain.openInterest),
  };
  return { columns, spot, requestIds: [...requestIds] };
}
