import { initialGuess } from './initial-guess.js';
import { remainderOverVega, priceOverVega } from './normalized-black.js';

const rootTwoPi = 2.5066282746310002;
const logRootTwoPi = 0.9189385332046728;

/** After a relative step this small, the error is its fourth power: below the precision of a double. */
const convergedStep = 2e-5;

/**
 * The total volatility (volatility times the square root of the years) at which an out-of-the-money option is worth
 * `value`.
 *
 * `x` ≤ 0 is the log-moneyness, `value` the price in units of √(forward · strike), and `remainder` the maximum
 * `e^(x/2)` minus the price: a separate argument because the difference has no digits left near the maximum. The method
 * is that of Jäckel, "Let's Be Rational" (Wilmott, 2015): a rational guess, and two Householder steps of fourth order
 * on a form of the price that is nearly linear in the total volatility.
 */
export function impliedTotalVolatility(x: number, value: number, remainder: number): number {
  const guess = initialGuess(x, value, remainder);
  if (guess < 0) return solveLogarithm(x, Math.log(value), -guess);
  return remainder < value ? solveRemainder(x, Math.log(remainder), guess) : solveValue(x, value, guess);
}

/** Solves 1 / ln price = 1 / ln value: for tiny prices, where the price is nearly exp(−x²/2s²). */
function solveLogarithm(x: number, logValue: number, guess: number): number {
  let s = guess;
  for (let iteration = 0; iteration < 2; iteration++) {
    const h = x / s;
    const t = 0.5 * s;
    const quotient = priceOverVega(h, t);
    const log = Math.log(quotient) - 0.5 * (h * h + t * t) - logRootTwoPi;
    const relative = 1 / quotient;
    const second = (h * h) / s - 0.5 * t;
    const third = thirdDerivative(h, s, second);
    const bend = relative / log;
    const newton = ((logValue - log) * log * quotient) / logValue;
    const step = householderStep(
      newton,
      second - relative - 2 * bend,
      third - relative * (3 * second - 2 * relative) - 6 * bend * (second - relative - bend),
    );
    s += step;
    if (Math.abs(step) < convergedStep * s) break;
  }
  return s;
}

/** Solves price = value. */
function solveValue(x: number, value: number, guess: number): number {
  let s = guess;
  for (let iteration = 0; iteration < 2; iteration++) {
    const h = x / s;
    const t = 0.5 * s;
    const newton = value * rootTwoPi * Math.exp(0.5 * (h * h + t * t)) - priceOverVega(h, t);
    const second = (h * h) / s - 0.5 * t;
    const step = householderStep(newton, second, thirdDerivative(h, s, second));
    s += step;
    if (Math.abs(step) < convergedStep * s) break;
  }
  return s;
}

/** Solves ln (maximum − price) = ln remainder: for the upper half of the prices. */
function solveRemainder(x: number, logRemainder: number, guess: number): number {
  let s = guess;
  for (let iteration = 0; iteration < 2; iteration++) {
    const h = x / s;
    const t = 0.5 * s;
    const quotient = remainderOverVega(h, t);
    const log = Math.log(quotient) - 0.5 * (h * h + t * t) - logRootTwoPi;
    const relative = 1 / quotient;
    const second = (h * h) / s - 0.5 * t;
    const third = thirdDerivative(h, s, second);
    const step = householderStep(
      (log - logRemainder) * quotient,
      second + relative,
      third + relative * (3 * second + 2 * relative),
    );
    s += step;
    if (Math.abs(step) < convergedStep * s) break;
  }
  return s;
}

/** The third derivative of the price over its first, from the second over the first. */
function thirdDerivative(h: number, s: number, second: number): number {
  return second * second - (3 * h * h) / (s * s) - 0.25;
}

/** The step of fourth order, from Newton's step and the second and third derivatives over the first. */
function householderStep(newton: number, second: number, third: number): number {
  return (newton * (1 + 0.5 * second * newton)) / (1 + newton * (second + (third * newton) / 6));
}
