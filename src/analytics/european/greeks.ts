import { absLogRatio } from './black.js';
import type { OptionInputs } from './black.js';
import { daysPerYear, percentagePoint } from '../conventions.js';
import type { OptionTerms } from '../conventions.js';
import { millsRatio, normalizedVega } from './normalized-black.js';

/** The sensitivities of the price of an option, in the units of `conventions.ts`. */
export interface Greeks {
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
}

/** The Greeks of many options, one row each. */
export interface GreekColumns {
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  readonly rho: Float64Array;
}

/**
 * Writes the Greeks of one European option into row `index` of the columns. `discountedSpot` is the spot without its
 * dividends until expiry, `discountedStrike` the present value of the strike.
 *
 * Both normal probabilities come from one exponential and Mills' ratio, so they keep their digits far from the money,
 * where the distribution function of d₁ would multiply the rounding error of d₁.
 */
export function writeGreeks(
  columns: GreekColumns,
  index: number,
  call: boolean,
  spot: number,
  discountedSpot: number,
  discountedStrike: number,
  years: number,
  rate: number,
  dividendYield: number,
  totalVolatility: number,
): void {
  const sqrtYears = Math.sqrt(years);
  const x =
    discountedSpot < discountedStrike
      ? -absLogRatio(discountedSpot, discountedStrike)
      : absLogRatio(discountedSpot, discountedStrike);
  const h = x / totalVolatility;
  const t = 0.5 * totalVolatility;
  // discountedSpot · φ(d₁) equals discountedStrike · φ(d₂): √(discountedSpot · discountedStrike) · vega of the
  // normalized price.
  const densityTerm = Math.sqrt(discountedSpot) * Math.sqrt(discountedStrike) * normalizedVega(h, t);
  const sign = call ? 1 : -1;
  const weightedSpot = weightByProbability(sign * (h + t), densityTerm, discountedSpot);
  const weightedStrike = weightByProbability(sign * (h - t), densityTerm, discountedStrike);
  columns.delta[index] = (sign * weightedSpot) / spot;
  columns.gamma[index] = densityTerm / (spot * spot * totalVolatility);
  columns.vega[index] = densityTerm * sqrtYears * percentagePoint;
  columns.theta[index] =
    (sign * (dividendYield * weightedSpot - rate * weightedStrike) - (0.5 * densityTerm * totalVolatility) / years) /
    daysPerYear;
  columns.rho[index] = sign * weightedStrike * years * percentagePoint;
}

/** `value` times the probability below `z`, given `value` times the density at `z`. */
function weightByProbability(z: number, densityTerm: number, value: number): number {
  return z <= 0 ? densityTerm * millsRatio(z) : value - densityTerm * millsRatio(-z);
}

/** Writes the Greeks of one European option into row `index` of the columns. */
export function writeEuropeanGreeks(
  columns: GreekColumns,
  index: number,
  { right, spot, strike, years, rate, dividendYield }: OptionTerms,
  volatility: number,
): void {
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  writeGreeks(
    columns,
    index,
    right === 'C',
    spot,
    discountedSpot,
    discountedStrike,
    years,
    rate,
    dividendYield,
    volatility * Math.sqrt(years),
  );
}

/** The Greeks of one European option. */
export function computeGreeks(option: OptionInputs): Greeks {
  const column = (): Float64Array => new Float64Array(1);
  const columns = { delta: column(), gamma: column(), vega: column(), theta: column(), rho: column() };
  writeEuropeanGreeks(columns, 0, option, option.volatility);
  const firstValue = (values: Float64Array): number => values[0] ?? NaN;
  return {
    delta: firstValue(columns.delta),
    gamma: firstValue(columns.gamma),
    vega: firstValue(columns.vega),
    theta: firstValue(columns.theta),
    rho: firstValue(columns.rho),
  };
}
