import { absLogRatio } from './black.js';
import type { OptionInputs } from './black.js';
import { daysPerYear, percentagePoint } from '../conventions.js';
import { millsRatio, normalizedVega } from './normalized-black.js';

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
  // Spot's worth times the density at d₁ is the strike's times the density at d₂: √(spot · strike) times the slope.
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

/** `worth` times the probability below `z`, given `worth` times the density at `z`. */
function weightByProbability(z: number, densityTerm: number, value: number): number {
  return z <= 0 ? densityTerm * millsRatio(z) : value - densityTerm * millsRatio(-z);
}

/** The Greeks of one European option. */
export function computeGreeks({ right, spot, strike, years, rate, dividendYield, volatility }: OptionInputs): Greeks {
  const column = (): Float64Array => new Float64Array(1);
  const columns = { delta: column(), gamma: column(), vega: column(), theta: column(), rho: column() };
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const totalVolatility = volatility * Math.sqrt(years);
  writeGreeks(
    columns,
    0,
    right === 'C',
    spot,
    discountedSpot,
    discountedStrike,
    years,
    rate,
    dividendYield,
    totalVolatility,
  );
  const firstValue = (values: Float64Array): number => values[0] ?? NaN;
  return {
    delta: firstValue(columns.delta),
    gamma: firstValue(columns.gamma),
    vega: firstValue(columns.vega),
    theta: firstValue(columns.theta),
    rho: firstValue(columns.rho),
  };
}
