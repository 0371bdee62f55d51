import { erf, scaledErfc } from './normal-distribution.js';

/**
 * The price of an out-of-the-money option in units of √(forward · strike), divided by its derivative by total
 * volatility.
 *
 * With log-moneyness x ≤ 0 and total volatility s, `h` is x / s and `t` is s / 2. The quotient is Y(h + t) − Y(h − t),
 * where Y is Mills' ratio: the exponential that makes prices vanish is only in the derivative, so the quotient keeps
 * all its digits.
 */
export function priceOverVega(h: number, t: number): number {
  if (t - h <= 0.66 && 2 * t >= -h) return differenceAtTheMoney(h, t);
  if (t >= 0.21) return millsRatio(h + t) - millsRatio(h - t);
  return h <= -3 ? differenceFarOut(-h, t) : differenceNear(h, t);
}

/** The maximum minus the price, divided by the same derivative: a sum of positive terms. */
export function remainderOverVega(h: number, t: number): number {
  return millsRatio(-h - t) + millsRatio(h - t);
}

/** The derivative by total volatility of the price in units of √(forward · strike). */
export function normalizedVega(h: number, t: number): number {
  return 0.3989422804014327 * Math.exp(-0.5 * (h * h + t * t));
}

/** Mills' ratio of the lower tail: the normal distribution divided by its density. */
export function millsRatio(z: number): number {
  return 1.2533141373155003 * scaledErfc(-z * Math.SQRT1_2);
}

/** Y(h + t) − Y(h − t) for small arguments: common terms are removed before subtracting. */
function differenceAtTheMoney(h: number, t: number): number {
  const down = h - t;
  const growth = Math.expm1(2 * h * t);
  const upper = (1 + growth) * erf((h + t) * Math.SQRT1_2);
  return 1.2533141373155003 * Math.exp(0.5 * down * down) * (growth + (upper - erf(down * Math.SQRT1_2)));
}

/** Y(h + t) − Y(h − t) by its Taylor series in t; the derivatives follow from Y' = 1 + h·Y. */
function differenceNear(h: number, t: number): number {
  const square = t * t;
  const y0 = millsRatio(h);
  const y1 = 1 + h * y0;
  const y2 = h * y1 + y0;
  const y3 = h * y2 + 2 * y1;
  const y4 = h * y3 + 3 * y2;
  const y5 = h * y4 + 4 * y3;
  const y6 = h * y5 + 5 * y4;
  const y7 = h * y6 + 6 * y5;
  const y8 = h * y7 + 7 * y6;
  const y9 = h * y8 + 8 * y7;
  const y10 = h * y9 + 9 * y8;
  const y11 = h * y10 + 10 * y9;
  const y12 = h * y11 + 11 * y10;
  const y13 = h * y12 + 12 * y11;
  const y14 = h * y13 + 13 * y12;
  const y15 = h * y14 + 14 * y13;
  const tail = y11 + (square / 156) * (y13 + (square / 210) * y15);
  const upper = y5 + (square / 42) * (y7 + (square / 72) * (y9 + (square / 110) * tail));
  return 2 * t * (y1 + (square / 6) * (y3 + (square / 20) * upper));
}

/**
 * The same far from the money, with `distance` = −h. There 1 + h·Y cancels, and higher derivatives even more; the
 * ratios of successive derivatives are a continued fraction of positive terms, ρₙ = n / (distance + ρₙ₊₁), which keeps
 * all digits.
 */
function differenceFarOut(distance: number, t: number): number {
  const depth = distance > 12 ? 16 : 34;
  let ratio = 0.5 * (Math.sqrt(distance * distance + 4 * depth) - distance);
  for (let order = depth - 1; order > 11; order--) ratio = order / (distance + ratio);
  const r11 = 11 / (distance + ratio);
  const r10 = 10 / (distance + r11);
  const r9 = 9 / (distance + r10);
  const r8 = 8 / (distance + r9);
  const r7 = 7 / (distance + r8);
  const r6 = 6 / (distance + r7);
  const r5 = 5 / (distance + r6);
  const r4 = 4 / (distance + r5);
  const r3 = 3 / (distance + r4);
  const r2 = 2 / (distance + r3);
  const r1 = 1 / (distance + r2);
  const square = t * t;
  const inner = 1 + (square / 42) * r7 * r6 * (1 + (square / 72) * r9 * r8 * (1 + (square / 110) * r11 * r10));
  const sum = 1 + (square / 6) * r3 * r2 * (1 + (square / 20) * r5 * r4 * inner);
  return (2 * t * r1 * sum) / (distance + r1);
}
