import { point } from './conventions.js';
import { impliedEuropeanDeviation } from './european.js';
import { writeGreeks } from './greeks.js';
import type { GreekColumns } from './greeks.js';
import { reasonCode } from './reason.js';

/** Many options and their prices, in columns of one length; the conventions are those of `conventions.ts`. */
export interface OptionBatch {
  /** `rightCode`: 1 is a call, −1 a put. */
  readonly right: Int8Array;
  readonly spot: Float64Array;
  readonly strike: Float64Array;
  readonly years: Float64Array;
  readonly rate: Float64Array;
  readonly dividendYield: Float64Array;
  readonly price: Float64Array;
}

/** What is found for each option; where `reason` is not `solved`, the numbers are NaN. */
export interface SolvedBatch extends GreekColumns {
  readonly volatility: Float64Array;
  /** How far one rounding of the price moves the volatility: the accuracy that can be had. */
  readonly uncertainty: Float64Array;
  /** `reasonCode`. */
  readonly reason: Uint8Array;
}

/** Columns for so many results. */
export function createSolvedBatch(length: number): SolvedBatch {
  const column = (): Float64Array => new Float64Array(length);
  return {
    volatility: column(),
    uncertainty: column(),
    delta: column(),
    gamma: column(),
    vega: column(),
    theta: column(),
    rho: column(),
    reason: new Uint8Array(length),
  };
}

/** A volatility that one rounding of the price moves by more than this, relatively, is not determined by the price. */
export const determined = 0.01;

/** Half the distance from 1 to the next number: what rounding a price can change, relatively. */
const rounding = Number.EPSILON / 2;

/** Finds implied volatility and Greeks of every European option of the batch. Allocates nothing, never throws. */
export function solveEuropean(batch: OptionBatch, out: SolvedBatch): void {
  const { right, spot, strike, years, rate, dividendYield, price } = batch;
  for (let place = 0; place < price.length; place++) {
    solveOne(
      out,
      place,
      right[place] ?? 0,
      spot[place] ?? NaN,
      strike[place] ?? NaN,
      years[place] ?? NaN,
      rate[place] ?? NaN,
      dividendYield[place] ?? NaN,
      price[place] ?? NaN,
    );
  }
}

function solveOne(
  out: SolvedBatch,
  place: number,
  right: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  price: number,
): void {
  const refused = refusal(right, spot, strike, years, rate, dividendYield, price);
  if (refused !== reasonCode.solved) {
    writeReason(out, place, refused);
    return;
  }
  // The forward's option is the one on what spot and strike are worth today, and the price need not be carried forward.
  const spotNow = spot * Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  if (!(spotNow > 0 && spotNow < Infinity && strikeNow > 0 && strikeNow < Infinity)) {
    writeReason(out, place, reasonCode['no-terms']);
    return;
  }
  const deviation = impliedEuropeanDeviation(right > 0, spotNow, strikeNow, price);
  if (deviation < 0) {
    writeReason(out, place, -deviation);
    return;
  }
  const volatility = deviation / Math.sqrt(years);
  writeGreeks(out, place, right > 0, spot, spotNow, strikeNow, years, rate, dividendYield, deviation);
  const uncertainty = Math.max((rounding * price * point) / (out.vega[place] ?? 0), rounding * volatility);
  const greeks =
    (out.delta[place] ?? NaN) + (out.gamma[place] ?? NaN) + (out.theta[place] ?? NaN) + (out.rho[place] ?? NaN);
  if (!(uncertainty < determined * volatility && Number.isFinite(greeks))) {
    writeReason(out, place, reasonCode['not-determined']);
    return;
  }
  out.reason[place] = reasonCode.solved;
  out.volatility[place] = volatility;
  out.uncertainty[place] = uncertainty;
}

/** Why the terms and the price leave nothing to solve, before any volatility is looked for. */
export function refusal(
  right: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  price: number,
): number {
  if (!(spot > 0 && spot < Infinity)) return reasonCode['no-underlying'];
  if (!(price > 0 && price < Infinity)) return reasonCode['no-price'];
  if (years <= 0) return reasonCode.expired;
  const terms = Math.abs(right) === 1 && strike > 0 && strike < Infinity && years < Infinity;
  return terms && Number.isFinite(rate) && Number.isFinite(dividendYield) ? reasonCode.solved : reasonCode['no-terms'];
}

/** Says why an option has no volatility; its numbers become NaN. */
export function writeReason(out: SolvedBatch, place: number, reason: number): void {
  out.reason[place] = reason;
  out.volatility[place] = NaN;
  out.uncertainty[place] = NaN;
  out.delta[place] = NaN;
  out.gamma[place] = NaN;
  out.vega[place] = NaN;
  out.theta[place] = NaN;
  out.rho[place] = NaN;
}
