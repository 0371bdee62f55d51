import type { ChainColumns } from './chain-columns.js';
import { rightCode } from './conventions.js';

/** Sums over the options of one underlying; NaN for a ratio without a denominator or a sum of nothing known. */
export interface ChainTotals {
  readonly callCount: number;
  readonly putCount: number;
  readonly callInterest: number;
  readonly putInterest: number;
  /** Puts over calls, by open interest. */
  readonly interestRatio: number;
  /** Puts over calls, by volume. */
  readonly volumeRatio: number;
  readonly callsInTheMoney: number;
  readonly callsOutOfTheMoney: number;
  readonly putsInTheMoney: number;
  readonly putsOutOfTheMoney: number;
}

/**
 * Adds up a chain. In the money is what would be worth something if exercised at the spot; an option struck exactly there is
 * out of the money. Without a spot neither can be told.
 */
export function chainTotals(chain: ChainColumns, spot: number): ChainTotals {
  const calls = sideTotals(chain, rightCode.C, spot);
  const puts = sideTotals(chain, rightCode.P, spot);
  return {
    callCount: calls.count,
    putCount: puts.count,
    callInterest: calls.interest,
    putInterest: puts.interest,
    interestRatio: ratio(puts.interest, calls.interest),
    volumeRatio: ratio(puts.volume, calls.volume),
    callsInTheMoney: calls.inTheMoney,
    callsOutOfTheMoney: calls.count - calls.inTheMoney,
    putsInTheMoney: puts.inTheMoney,
    putsOutOfTheMoney: puts.count - puts.inTheMoney,
  };
}

interface SideTotals {
  readonly count: number;
  readonly inTheMoney: number;
  readonly volume: number;
  readonly interest: number;
}

function sideTotals(chain: ChainColumns, side: number, spot: number): SideTotals {
  let count = 0;
  let inTheMoney = 0;
  let volume = NaN;
  let interest = NaN;
  for (let place = 0; place < chain.length; place++) {
    if (chain.right[place] !== side) continue;
    count++;
    if (side * (spot - (chain.strike[place] ?? NaN)) > 0) inTheMoney++;
    volume = plus(volume, chain.volume[place] ?? NaN);
    interest = plus(interest, chain.openInterest[place] ?? NaN);
  }
  return { count, inTheMoney: Number.isNaN(spot) ? NaN : inTheMoney, volume, interest };
}

/** What is not known adds nothing, and a sum of nothing is not known. */
function plus(sum: number, value: number): number {
  if (Number.isNaN(value)) return sum;
  return Number.isNaN(sum) ? value : sum + value;
}

function ratio(puts: number, calls: number): number {
  return calls > 0 ? puts / calls : NaN;
}
