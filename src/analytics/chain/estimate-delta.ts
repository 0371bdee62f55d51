import type { Right } from '../../core/series.js';
import { computeGreeks } from '../european/greeks.js';

/** A known implied volatility of an option. */
export interface KnownVolatility {
  /** Years to expiry. */
  readonly years: number;
  readonly strike: number;
  readonly volatility: number;
}

/** An option, and the market that its delta is estimated in. */
export interface DeltaInputs {
  readonly right: Right;
  readonly strike: number;
  /** Years to expiry. */
  readonly years: number;
  readonly spot: number;
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * Estimates the delta of an option at the present price: by the European model at the known volatility of the option
 * that is nearest in term and, among those of one term, in strike; without any, at the volatility that is given. Null
 * for an option that has no delta, such as an expired one.
 *
 * A known delta is not used itself: it belongs to the price of its time.
 */
export function estimateDelta(
  inputs: DeltaInputs,
  known: readonly KnownVolatility[],
  otherwise: number,
): number | null {
  const { spot, strike, years } = inputs;
  if (!(spot > 0) || !(strike > 0) || !(years > 0)) return null;
  const volatility = findNearest(inputs, known)?.volatility ?? otherwise;
  const { delta } = computeGreeks({ ...inputs, volatility });
  return Number.isFinite(delta) ? delta : null;
}

function findNearest({ strike, years }: DeltaInputs, known: readonly KnownVolatility[]): KnownVolatility | null {
  let nearest: KnownVolatility | null = null;
  let distance = Infinity;
  for (const one of known) {
    const termDistance = Math.abs(one.years - years);
    // A term counts before any strike: a smile belongs to its expiry.
    const total = termDistance * 1e9 + Math.abs(Math.log(one.strike / strike));
    if (total < distance) {
      distance = total;
      nearest = one;
    }
  }
  return nearest;
}
