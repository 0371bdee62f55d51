import type { ChainColumns } from './chain-columns.js';
import { rightCode } from '../conventions.js';

/** Sums over the options of one underlying; NaN for a ratio without a denominator or a sum of nothing known. */
export interface ChainTotals {
  readonly callCount: number;
  readonly putCount: number;
  readonly callOpenInterest: number;
  readonly putOpenInterest: number;
  /** Puts over calls, by open interest. */
  readonly openInterestRatio: number;
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
export function computeChainTotals(chain: ChainColumns, spot: number): ChainTotals {
  const calls = computeSideTotals(chain, rightCode.C, spot);
  const puts = computeSideTotals(chain, rightCode.P, spot);
  return {
    callCount: calls.count,
    putCount: puts.count,
    callOpenInterest: calls.openInterest,
    putOpenInterest: puts.openInterest,
    openInterestRatio: ratio(puts.openInterest, calls.openInterest),
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
  readonly openInterest: number;
}

function computeSideTotals(chain: ChainColumns, side: number, spot: number): SideTotals {
  let count = 0;
  let inTheMoney = 0;
  let volume = NaN;
  let openInterest = NaN;
  for (let index = 0; index < chain.length; index++) {
    if (chain.right[index] !== side) continue;
    count++;
    if (side * (spot - (chain.strike[index] ?? NaN)) > 0) inTheMoney++;
    volume = addKnown(volume, chain.volume[index] ?? NaN);
    openInterest = addKnown(openInterest, chain.openInterest[index] ?? NaN);
  }
  return { count, inTheMoney: Number.isNaN(spot) ? NaN : inTheMoney, volume, openInterest };
}

/** What is not known adds nothing, and a sum of nothing is not known. */
function addKnown(sum: number, value: number): number {
  if (Number.isNaN(value)) return sum;
  return Number.isNaN(sum) ? value : sum + value;
}

function ratio(puts: number, calls: number): number {
  return calls > 0 ? puts / calls : NaN;
}
