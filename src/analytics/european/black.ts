import type { Right } from '../../core/series.js';
import type { OptionTerms } from '../conventions.js';
import { normalCdf } from './normal-distribution.js';
import { normalizedVega, priceOverVega } from './normalized-black.js';

/** All inputs of the price of a European option. */
export interface OptionInputs extends OptionTerms {
  /** Annual. */
  readonly volatility: number;
}

export function blackScholesPrice(option: OptionInputs): number {
  const { right, spot, strike, years, rate, dividendYield, volatility } = option;
  const discount = Math.exp(-rate * years);
  const forward = spot * Math.exp((rate - dividendYield) * years);
  return discount * blackPrice(right, forward, strike, volatility * Math.sqrt(years));
}

/**
 * The undiscounted Black-76 price of an option on a forward; `totalVolatility` is volatility times the square root of the years.
 *
 * Adds the intrinsic value to the out-of-the-money price, which is computed without the cancellation of the textbook formula:
 * far from the money that formula has no correct digit.
 */
export function blackPrice(right: Right, forward: number, strike: number, totalVolatility: number): number {
  const intrinsic = Math.max(right === 'C' ? forward - strike : strike - forward, 0);
  if (totalVolatility <= 0) return intrinsic;
  return (
    intrinsic +
    Math.sqrt(forward) * Math.sqrt(strike) * outOfTheMoneyPrice(-absLogRatio(forward, strike), totalVolatility)
  );
}

/** The absolute difference of two logarithms; for close values the logarithm of the quotient would lose digits. */
export function absLogRatio(one: number, other: number): number {
  const relative = Math.abs(one - other) / Math.min(one, other);
  return Math.log1p(relative);
}

/** The price of an out-of-the-money option in units of √(forward · strike), at log-moneyness `x` ≤ 0. */
function outOfTheMoneyPrice(x: number, totalVolatility: number): number {
  const h = x / totalVolatility;
  const t = totalVolatility / 2;
  if (h + t > 5) return Math.exp(x / 2) * normalCdf(h + t) - Math.exp(-x / 2) * normalCdf(h - t);
  return normalizedVega(h, t) * priceOverVega(h, t);
}
