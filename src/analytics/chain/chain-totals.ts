import type { ChainColumns } from './chain-columns.js';
import { rightCode } from '../conventions.js';

/** Sums over the options of one underlying; NaN for a ratio without a denominator or a sum without known values. */
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
 * Sums up a chain. An option is in the money if exercising it at the spot has a positive value; one struck at the spot
 * is out of the money. Without a spot neither is counted.
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

/** Unknown values add nothing, and a sum of unknown values is unknown. */
function addKnown(sum: number, value: number): number {
  if (Number.isNaN(value)) return sum;
  return Number.isNaN(sum) ? value : sum + value;
}

function ratio(puts: number, calls: number): number {
  return calls > 0 ? puts / calls : NaN;
}
