import { logRatio } from './black.js';
import type { OptionTerms } from './black.js';
import { daysPerYear, point } from './conventions.js';
import { millsRatio, slopeAt } from './normalised-black.js';

/** How the price of a European option reacts; the units are those of `conventions.ts`. */
export interface Greeks {
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
}

/** Where the Greeks of many options go, each at its place. */
export interface GreekColumns {
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  readonly rho: Float64Array;
}

/**
 * Writes the Greeks of one European option to their place in the columns; `spotNow` and `strikeNow` are what the underlying
 * without its dividends and the strike are worth today.
 *
 * Both normal probabilities come from one exponential and Mills' ratio, so they keep their digits far from the money, where
 * the distribution function of d₁ would carry d₁'s own rounding many times over.
 */
export function writeGreeks(
  columns: GreekColumns,
  place: number,
  call: boolean,
  spot: number,
  spotNow: number,
  strikeNow: number,
  years: number,
  rate: number,
  dividendYield: number,
  deviation: number,
): void {
  const root = Math.sqrt(years);
  const x = spotNow < strikeNow ? -logRatio(spotNow, strikeNow) : logRatio(spotNow, strikeNow);
  const h = x / deviation;
  const t = 0.5 * deviation;
  // Spot's worth times the density at d₁ is the strike's times the density at d₂: √(spot · strike) times the slope.
  const dense = Math.sqrt(spotNow) * Math.sqrt(strikeNow) * slopeAt(h, t);
  const sign = call ? 1 : -1;
  const held = exercised(sign * (h + t), dense, spotNow);
  const owed = exercised(sign * (h - t), dense, strikeNow);
  columns.delta[place] = (sign * held) / spot;
  columns.gamma[place] = dense / (spot * spot * deviation);
  columns.vega[place] = dense * root * point;
  columns.theta[place] =
    (sign * (dividendYield * held - rate * owed) - (0.5 * dense * deviation) / years) / daysPerYear;
  columns.rho[place] = sign * owed * years * point;
}

/** `worth` times the probability below `z`, given `worth` times the density at `z`. */
function exercised(z: number, dense: number, worth: number): number {
  return z <= 0 ? dense * millsRatio(z) : worth - dense * millsRatio(-z);
}

/** The Greeks of one European option. */
export function greeksOf({ right, spot, strike, years, rate, dividendYield, volatility }: OptionTerms): Greeks {
  const column = (): Float64Array => new Float64Array(1);
  const columns = { delta: column(), gamma: column(), vega: column(), theta: column(), rho: column() };
  const spotNow = spot * Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  writeGreeks(columns, 0, right === 'C', spot, spotNow, strikeNow, years, rate, dividendYield, deviation);
  const only = (values: Float64Array): number => values[0] ?? NaN;
  return {
    delta: only(columns.delta),
    gamma: only(columns.gamma),
    vega: only(columns.vega),
    theta: only(columns.theta),
    rho: only(columns.rho),
  };
}
