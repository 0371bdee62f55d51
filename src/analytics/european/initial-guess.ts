import { scaledErfc, normalCdf, normalQuantile } from './normal-distribution.js';
import { remainderOverVega, normalizedVega, priceOverVega } from './normalized-black.js';
import { rationalCubic, shapeFromLeft, shapeFromRight } from './rational-cubic.js';

const rootTwoPi = 2.5066282746310002;
const halfRootPi = 1.2533141373155003;
const rootThree = 1.7320508075688772;

/**
 * A total volatility near the one at which an out-of-the-money option is worth `value`; negative if `value` is so small
 * that the logarithm of the price has to be solved (the sign keeps the result one number).
 *
 * The price as a function of the total volatility has one inflection. The tangent there meets the lowest and the
 * highest price at two total volatilities, which divide the range into four branches: two in the middle, where the
 * total volatility itself is interpolated, and one at each end, where a transformed price is interpolated that is
 * nearly linear in the limit.
 */
export function initialGuess(x: number, value: number, remainder: number): number {
  const distance = -x;
  const inflection = Math.sqrt(2 * distance);
  const density = Math.exp(-0.5 * distance) / rootTwoPi;
  const millsDifference = halfRootPi * (1 - scaledErfc(Math.sqrt(distance)));
  const valueAtInflection = density * millsDifference;
  if (value < valueAtInflection) {
    const lower = inflection < 0.05 ? lowerEndSeries(inflection) : inflection - millsDifference;
    const h = x / lower;
    const t = 0.5 * lower;
    const slope = normalizedVega(h, t);
    const lowerValue = slope * priceOverVega(h, t);
    if (value < lowerValue) return -guessLowBranch(x, value, lower, lowerValue);
    const width = valueAtInflection - lowerValue;
    const shape = shapeFromRight(width, inflection - lower, 1 / slope, 1 / density, 0);
    return rationalCubic(value, lowerValue, valueAtInflection, lower, inflection, 1 / slope, 1 / density, shape);
  }
  const upper = inflection + rootTwoPi - millsDifference;
  const h = x / upper;
  const t = 0.5 * upper;
  const slope = normalizedVega(h, t);
  const upperRemainder = slope * remainderOverVega(h, t);
  if (remainder <= upperRemainder) return guessHighBranch(x, remainder, upper, upperRemainder);
  const width = value + remainder - upperRemainder - valueAtInflection;
  const shape = shapeFromLeft(width, upper - inflection, 1 / density, 1 / slope, 0);
  return rationalCubic(value - valueAtInflection, 0, width, inflection, upper, 1 / density, 1 / slope, shape);
}

/**
 * The total volatility at which the tangent at the inflection `s` meets zero, as a series: the plain difference would
 * cancel.
 */
function lowerEndSeries(s: number): number {
  return s * s * (0.5 * halfRootPi - s * (1 / 3 - s * (halfRootPi / 8 - s / 15)));
}

/** For vanishing prices, the cube of a normal distribution at x / (s√3) is nearly proportional to the price. */
function guessLowBranch(x: number, value: number, lower: number, lowerValue: number): number {
  const scale = (2 * Math.PI * -x) / (3 * rootThree);
  const z = x / (rootThree * lower);
  const probability = normalCdf(z);
  const bent = scale * probability * probability * probability;
  const square = lower * lower;
  const power = z * z + square / 8;
  const slope = 2 * Math.PI * z * z * probability * probability * Math.exp(power);
  const overDensity = probability * rootTwoPi * Math.exp(0.5 * z * z);
  const curvature =
    ((Math.PI / 6) *
      z *
      z *
      probability *
      Math.exp(2 * power) *
      (8 * rootThree * lower * -x + (3 * square * (square - 8) - 8 * x * x) * overDensity)) /
    (lower * square);
  const shape = shapeFromRight(lowerValue, bent, 1, slope, curvature);
  const transformed = rationalCubic(value, 0, lowerValue, 0, bent, 1, slope, shape);
  return x / (rootThree * normalQuantile(Math.cbrt(transformed / scale)));
}

/** Near the maximum, the normal distribution at −s/2 is nearly proportional to the remainder. */
function guessHighBranch(x: number, remainder: number, upper: number, upperRemainder: number): number {
  const quotient = (x * x) / (upper * upper);
  const bent = normalCdf(-0.5 * upper);
  const slope = 0.5 * Math.exp(0.5 * quotient);
  const curvature = (Math.sqrt(Math.PI / 2) * Math.exp(quotient + (upper * upper) / 8) * quotient) / upper;
  const shape = shapeFromRight(upperRemainder, bent, 0.5, slope, curvature);
  return -2 * normalQuantile(rationalCubic(remainder, 0, upperRemainder, 0, bent, 0.5, slope, shape));
}
