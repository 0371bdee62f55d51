import { normalDistribution, scaledErfc } from './normal.js';

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
export function blackPrice(right: 'C' | 'P', forward: number, strike: number, deviation: number): number {
  const intrinsic = Math.max(right === 'C' ? forward - strike : strike - forward, 0);
  if (deviation <= 0) return intrinsic;
  return intrinsic + Math.sqrt(forward) * Math.sqrt(strike) * outOfTheMoney(-logRatio(forward, strike), deviation);
}

/** How far apart two prices are in logarithms; near each other the quotient would lose the difference. */
function logRatio(one: number, other: number): number {
  const relative = Math.abs(one - other) / Math.min(one, other);
  return Math.log1p(relative);
}

/** The price of an out-of-the-money option in units of √(forward · strike), at log-moneyness `x` ≤ 0. */
function outOfTheMoney(x: number, deviation: number): number {
  const h = x / deviation;
  const t = deviation / 2;
  if (h + t > 5) return Math.exp(x / 2) * normalDistribution(h + t) - Math.exp(-x / 2) * normalDistribution(h - t);
  const difference = t < 0.2 ? smallDifference(h, t) : tailRatio(h + t) - tailRatio(h - t);
  return Math.max(0.3989422804014327 * Math.exp(-0.5 * (h * h + t * t)) * difference, 0);
}

/** Mills' ratio: the normal distribution divided by its density. */
function tailRatio(z: number): number {
  return 1.2533141373155003 * scaledErfc(-z * Math.SQRT1_2);
}

/** `tailRatio(h + t) - tailRatio(h - t)` by its Taylor series, where the subtraction would lose the digits. */
function smallDifference(h: number, t: number): number {
  let previous = tailRatio(h);
  let derivative = 1 + h * previous;
  let power = t;
  let sum = derivative * power;
  for (let order = 1; order < 17; order += 2) {
    const even = h * derivative + order * previous;
    const odd = h * even + (order + 1) * derivative;
    previous = even;
    derivative = odd;
    power *= (t * t) / ((order + 1) * (order + 2));
    sum += derivative * power;
  }
  return 2 * sum;
}
