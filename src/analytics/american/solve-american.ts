import type { Right } from '../../core/series.js';
import { hasSingleBoundary } from './american-pricer.js';
import type { AmericanPricer } from './american-pricer.js';
import type { OptionTerms } from '../conventions.js';
import { impliedEuropeanTotalVolatility } from '../european/implied-european-volatility.js';
import { normalizedVega } from '../european/normalized-black.js';
import { ivReasonCode } from '../iv-reason.js';
import { unsolvedReason } from '../european/solve-european.js';
import type { OptionBatch } from '../european/solve-european.js';

/** The result for each option; the volatility is NaN unless `reason` is `solved`. */
export interface AmericanVolatilities {
  readonly volatility: Float64Array;
  /** `ivReasonCode`. */
  readonly reason: Uint8Array;
}

/** The tolerance of the price, relative to the strike. */
const relativeTolerance = 1e-10;

/** The upper end of the search for a volatility. */
const maxVolatility = 20;

/** Finds the implied volatility of every American option of the batch under the given pricer. */
export function solveAmerican(price: AmericanPricer, batch: OptionBatch, out: AmericanVolatilities): void {
  for (let index = 0; index < batch.price.length; index++) {
    const found = solveRow(price, batch, index);
    out.volatility[index] = found > 0 ? found : NaN;
    out.reason[index] = found > 0 ? ivReasonCode.solved : -found;
  }
}

/** The volatility, or minus the code of the reason: one number, so that a batch allocates little. */
function solveRow(price: AmericanPricer, batch: OptionBatch, index: number): number {
  const rightSign = batch.right[index] ?? 0;
  const spot = batch.spot[index] ?? NaN;
  const strike = batch.strike[index] ?? NaN;
  const years = batch.years[index] ?? NaN;
  const rate = batch.rate[index] ?? NaN;
  const dividendYield = batch.dividendYield[index] ?? NaN;
  const target = batch.price[index] ?? NaN;
  const unsolved = unsolvedReason(rightSign, spot, strike, years, rate, dividendYield, target);
  if (unsolved !== ivReasonCode.solved) return -unsolved;
  const right: Right = rightSign > 0 ? 'C' : 'P';
  return solveTerms(price, { right, spot, strike, years, rate, dividendYield }, target);
}

function solveTerms(price: AmericanPricer, terms: OptionTerms, target: number): number {
  if (!hasSingleBoundary(terms)) return -ivReasonCode['no-terms'];
  const { spot, strike, years, rate, dividendYield } = terms;
  const call = terms.right === 'C';
  const tolerance = relativeTolerance * strike;
  const intrinsic = call ? spot - strike : strike - spot;
  if (target < intrinsic - tolerance) return -ivReasonCode['below-intrinsic'];
  if (target <= intrinsic + tolerance) return -ivReasonCode['immediate-exercise'];
  if (target < deterministicValue(terms) - tolerance) return -ivReasonCode['below-intrinsic'];
  if (target >= (call ? spot : strike)) return -ivReasonCode['above-maximum'];
  // The European option of this price has at least this volatility: early exercise is never worth less than nothing.
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const european = impliedEuropeanTotalVolatility(call, discountedSpot, discountedStrike, target) / Math.sqrt(years);
  const start = european > 0 && european < maxVolatility ? european : 0.5;
  return searchVolatility(price, terms, target, start, tolerance);
}

/**
 * The value of an option if the underlying moves exactly by its carry: exercised at the best time, which is now, at expiry, or
 * where interest and dividends balance. No volatility makes an option worth less.
 */
function deterministicValue({ right, spot, strike, years, rate, dividendYield }: OptionTerms): number {
  const sign = right === 'C' ? 1 : -1;
  const exerciseValueAt = (time: number): number =>
    sign * (spot * Math.exp(-dividendYield * time) - strike * Math.exp(-rate * time));
  const balance = Math.log((rate * strike) / (dividendYield * spot)) / (rate - dividendYield);
  const between = balance > 0 && balance < years ? exerciseValueAt(balance) : 0;
  return Math.max(exerciseValueAt(0), exerciseValueAt(years), between);
}

/**
 * Searches for the volatility that gives the price: steps along the last chord (at first, along the European vega), and halves
 * the bracket where a step would leave it. Below some volatility the price is flat at its exercise value; there only halving
 * makes progress.
 */
function searchVolatility(
  price: AmericanPricer,
  terms: OptionTerms,
  target: number,
  start: number,
  tolerance: number,
): number {
  let low = 0;
  let high = maxVolatility;
  let at = start;
  let slope = europeanVega(terms, start);
  let previous = NaN;
  let previousError = NaN;
  for (let iteration = 0; iteration < 60; iteration++) {
    const error = price(terms, at) - target;
    if (Math.abs(error) <= tolerance) return at;
    if (error > 0) high = at;
    else low = at;
    if (iteration > 0) slope = (error - previousError) / (at - previous);
    previous = at;
    previousError = error;
    const candidate = at - error / slope;
    const isInside = candidate > low && candidate < high;
    at = isInside ? candidate : 0.5 * (low + high);
    // The error of the chord is the product of its last two steps: after one this small there is nothing left to check.
    if (isInside && iteration > 0 && Math.abs(at - previous) < 1e-7 * at) return at;
    if (high - low < 1e-12 * high) return at;
  }
  return -ivReasonCode['not-determined'];
}

function europeanVega({ spot, strike, years, rate, dividendYield }: OptionTerms, volatility: number): number {
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const totalVolatility = volatility * Math.sqrt(years);
  return (
    Math.sqrt(discountedSpot * discountedStrike * years) *
    normalizedVega(Math.log(discountedSpot / discountedStrike) / totalVolatility, 0.5 * totalVolatility)
  );
}
