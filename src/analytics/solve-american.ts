import { supportsAmerican } from './american.js';
import type { AmericanPricer } from './american.js';
import { impliedEuropeanDeviation } from './european.js';
import { slopeAt } from './normalised-black.js';
import { reasonCode } from './reason.js';
import { refusal } from './solve-european.js';
import type { OptionBatch } from './solve-european.js';

/** What is found for each option; where `reason` is not `solved`, the volatility is NaN. */
export interface AmericanVolatilities {
  readonly volatility: Float64Array;
  /** `reasonCode`. */
  readonly reason: Uint8Array;
}

/** The price is met to this part of the strike. */
const close = 1e-10;

/** No volatility is looked for above this. */
const highest = 20;

/** Finds the implied volatility of every American option of the batch, under the given pricer. */
export function solveAmerican(price: AmericanPricer, batch: OptionBatch, out: AmericanVolatilities): void {
  for (let place = 0; place < batch.price.length; place++) {
    const found = solveOne(
      price,
      batch.right[place] ?? 0,
      batch.spot[place] ?? NaN,
      batch.strike[place] ?? NaN,
      batch.years[place] ?? NaN,
      batch.rate[place] ?? NaN,
      batch.dividendYield[place] ?? NaN,
      batch.price[place] ?? NaN,
    );
    out.volatility[place] = found > 0 ? found : NaN;
    out.reason[place] = found > 0 ? reasonCode.solved : -found;
  }
}

/** The volatility, or minus the code of the reason. */
function solveOne(
  price: AmericanPricer,
  right: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  target: number,
): number {
  const refused = refusal(right, spot, strike, years, rate, dividendYield, target);
  if (refused !== reasonCode.solved) return -refused;
  const call = right > 0;
  if (!supportsAmerican(call, rate, dividendYield)) return -reasonCode['no-terms'];
  const tolerance = close * strike;
  const intrinsic = call ? spot - strike : strike - spot;
  if (target < intrinsic - tolerance) return -reasonCode['below-intrinsic'];
  if (target <= intrinsic + tolerance) return -reasonCode['immediate-exercise'];
  if (target < worthWithoutChance(call, spot, strike, years, rate, dividendYield) - tolerance)
    return -reasonCode['below-intrinsic'];
  if (target >= (call ? spot : strike)) return -reasonCode['above-maximum'];
  // A European option of this price has at least this volatility, as the right to exercise early is not worth less than none.
  const spotNow = spot * Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  const european = impliedEuropeanDeviation(call, spotNow, strikeNow, target) / Math.sqrt(years);
  const start = european > 0 && european < highest ? european : 0.5;
  return search(price, call, spot, strike, years, rate, dividendYield, target, start, tolerance);
}

/**
 * What an option is worth when the underlying moves as its carry says and no more: exercised at the best time, which is now, at
 * expiry, or where interest and dividends balance. No volatility makes it worth less.
 */
function worthWithoutChance(
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
): number {
  const sign = call ? 1 : -1;
  const exercisedAt = (time: number): number =>
    sign * (spot * Math.exp(-dividendYield * time) - strike * Math.exp(-rate * time));
  const balance = Math.log((rate * strike) / (dividendYield * spot)) / (rate - dividendYield);
  const between = balance > 0 && balance < years ? exercisedAt(balance) : 0;
  return Math.max(exercisedAt(0), exercisedAt(years), between);
}

/**
 * The volatility that gives the price: steps along the last chord (at first, along the European vega), halving where a step would
 * leave the bracket. Below some volatility the price is flat at what exercising now gives; there only halving moves on.
 */
function search(
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
  let high = highest;
  let at = start;
  let slope = europeanVega(spot, strike, years, rate, dividendYield, start);
  let before = NaN;
  let missBefore = NaN;
  for (let turn = 0; turn < 60; turn++) {
    const miss = price(call, spot, strike, years, rate, dividendYield, at) - target;
    if (Math.abs(miss) <= tolerance) return at;
    if (miss > 0) high = at;
    else low = at;
    if (turn > 0) slope = (miss - missBefore) / (at - before);
    before = at;
    missBefore = miss;
    const stepped = at - miss / slope;
    const inside = stepped > low && stepped < high;
    at = inside ? stepped : 0.5 * (low + high);
    // The chord's error is the product of its last two steps: after one this small nothing is left to check.
    if (inside && turn > 0 && Math.abs(at - before) < 1e-7 * at) return at;
    if (high - low < 1e-12 * high) return at;
  }
  return -reasonCode['not-determined'];
}

function europeanVega(
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): number {
  const spotNow = spot * Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  return Math.sqrt(spotNow * strikeNow * years) * slopeAt(Math.log(spotNow / strikeNow) / deviation, 0.5 * deviation);
}
