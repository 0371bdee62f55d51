import { normalCdf } from './normal-distribution.js';
import { normalizedVega, priceOverVega } from './normalized-black.js';

/** Everything the price of a European option depends on. */
export interface OptionTerms {
  readonly right: 'C' | 'P';
  readonly spot: number;
  readonly strike: number;
  /** Years to expiry. */
  readonly years: number;
  /** Annual, continuously compounded. */
  readonly rate: number;
  /** Annual, continuously compounded. */
  readonly dividendYield: number;
  /** Annual. */
  readonly volatility: number;
}

/** The Black–Scholes–Merton price. */
export function blackScholesPrice(terms: OptionTerms): number {
  const { right, spot, strike, years, rate, dividendYield, volatility } = terms;
  const discount = Math.exp(-rate * years);
  const forward = spot * Math.exp((rate - dividendYield) * years);
  return discount * blackPrice(right, forward, strike, volatility * Math.sqrt(years));
}

/**
 * The undiscounted Black-76 price of an option on a forward; `deviation` is volatility times the root of the years.
 *
 * The half of the price that is certain (intrinsic value) is added to the out-of-the-money half, which is computed without
 * the cancellation of the textbook formula: far from the money that one has no correct digit.
 */
export function blackPrice(right: 'C' | 'P', forward: number, strike: number, totalVolatility: number): number {
  const intrinsic = Math.max(right === 'C' ? forward - strike : strike - forward, 0);
  if (totalVolatility <= 0) return intrinsic;
  return (
    intrinsic +
    Math.sqrt(forward) * Math.sqrt(strike) * outOfTheMoneyPrice(-absLogRatio(forward, strike), totalVolatility)
  );
}

/** How far apart two prices are in logarithms; near each other the quotient would lose the difference. */
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
