import { hasSingleBoundary } from './american-pricer.js';
import type { AmericanPricer } from './american-pricer.js';
import { impliedEuropeanTotalVolatility } from '../european/implied-european-volatility.js';
import { normalizedVega } from '../european/normalized-black.js';
import { ivReasonCode } from '../iv-reason.js';
import { unsolvedReason } from '../european/solve-european.js';
import type { OptionBatch } from '../european/solve-european.js';

/** What is found for each option; where `reason` is not `solved`, the volatility is NaN. */
export interface AmericanVolatilities {
  readonly volatility: Float64Array;
  /** `reasonCode`. */
  readonly reason: Uint8Array;
}

/** The price is met to this part of the strike. */
const relativeTolerance = 1e-10;

/** No volatility is looked for above this. */
const maxVolatility = 20;

/** Finds the implied volatility of every American option of the batch, under the given pricer. */
export function solveAmerican(price: AmericanPricer, batch: OptionBatch, out: AmericanVolatilities): void {
  for (let index = 0; index < batch.price.length; index++) {
    const found = solveOption(
      price,
      batch.right[index] ?? 0,
      batch.spot[index] ?? NaN,
      batch.strike[index] ?? NaN,
      batch.years[index] ?? NaN,
      batch.rate[index] ?? NaN,
      batch.dividendYield[index] ?? NaN,
      batch.price[index] ?? NaN,
    );
    out.volatility[index] = found > 0 ? found : NaN;
    out.reason[index] = found > 0 ? ivReasonCode.solved : -found;
  }
}

/** The volatility, or minus the code of the reason. */
function solveOption(
  price: AmericanPricer,
  right: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  target: number,
): number {
  const unsolved = unsolvedReason(right, spot, strike, years, rate, dividendYield, target);
  if (unsolved !== ivReasonCode.solved) return -unsolved;
  const call = right > 0;
  if (!hasSingleBoundary(call, rate, dividendYield)) return -ivReasonCode['no-terms'];
  const tolerance = relativeTolerance * strike;
  const intrinsic = call ? spot - strike : strike - spot;
  if (target < intrinsic - tolerance) return -ivReasonCode['below-intrinsic'];
  if (target <= intrinsic + tolerance) return -ivReasonCode['immediate-exercise'];
  if (target < deterministicValue(call, spot, strike, years, rate, dividendYield) - tolerance)
    return -ivReasonCode['below-intrinsic'];
  if (target >= (call ? spot : strike)) return -ivReasonCode['above-maximum'];
  // A European option of this price has at least this volatility, as the right to exercise early is not worth less than none.
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const european = impliedEuropeanTotalVolatility(call, discountedSpot, discountedStrike, target) / Math.sqrt(years);
  const start = european > 0 && european < maxVolatility ? european : 0.5;
  return searchVolatility(price, call, spot, strike, years, rate, dividendYield, target, start, tolerance);
}

/**
 * What an option is worth when the underlying moves as its carry says and no more: exercised at the best time, which is now, at
 * expiry, or where interest and dividends balance. No volatility makes it worth less.
 */
function deterministicValue(
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
): number {
  const sign = call ? 1 : -1;
  const exerciseValueAt = (time: number): number =>
    sign * (spot * Math.exp(-dividendYield * time) - strike * Math.exp(-rate * time));
  const balance = Math.log((rate * strike) / (dividendYield * spot)) / (rate - dividendYield);
  const between = balance > 0 && balance < years ? exerciseValueAt(balance) : 0;
  return Math.max(exerciseValueAt(0), exerciseValueAt(years), between);
}

/**
 * The volatility that gives the price: steps along the last chord (at first, along the European vega), halving where a step would
 * leave the bracket. Below some volatility the price is flat at what exercising now gives; there only halving moves on.
 */
function searchVolatility(
  price: AmericanPricer,
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  target: number,
  start: number,
  tolerance: number,
): number {
  let low = 0;
  let high = maxVolatility;
  let at = start;
  let slope = europeanVega(spot, strike, years, rate, dividendYield, start);
  let previous = NaN;
  let previousError = NaN;
  for (let iteration = 0; iteration < 60; iteration++) {
    const error = price(call, spot, strike, years, rate, dividendYield, at) - target;
    if (Math.abs(error) <= tolerance) return at;
    if (error > 0) high = at;
    else low = at;
    if (iteration > 0) slope = (error - previousError) / (at - previous);
    previous = at;
    previousError = error;
    const candidate = at - error / slope;
    const isInside = candidate > low && candidate < high;
    at = isInside ? candidate : 0.5 * (low + high);
    // The chord's error is the product of its last two steps: after one this small nothing is left to check.
    if (isInside && iteration > 0 && Math.abs(at - previous) < 1e-7 * at) return at;
    if (high - low < 1e-12 * high) return at;
  }
  return -ivReasonCode['not-determined'];
}

function europeanVega(
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): number {
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const totalVolatility = volatility * Math.sqrt(years);
  return (
    Math.sqrt(discountedSpot * discountedStrike * years) *
    normalizedVega(Math.log(discountedSpot / discountedStrike) / totalVolatility, 0.5 * totalVolatility)
  );
}
