import { percentagePoint } from '../conventions.js';
import { impliedEuropeanTotalVolatility } from './implied-european-volatility.js';
import { writeGreeks } from './greeks.js';
import type { GreekColumns } from './greeks.js';
import { ivReasonCode } from '../iv-reason.js';

/** Many options and their prices, in columns of one length, by the conventions of `conventions.ts`. */
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

/** The result for each option; the numbers are NaN unless `reason` is `solved`. */
export interface SolvedBatch extends GreekColumns {
  readonly volatility: Float64Array;
  /** The change of the volatility for one rounding error of the price: the attainable accuracy. */
  readonly uncertainty: Float64Array;
  /** `ivReasonCode`. */
  readonly reason: Uint8Array;
}

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

/** A price does not determine a volatility that one rounding error of the price moves by more than this, relatively. */
export const maxRelativeUncertainty = 0.01;

/** Half the distance from 1 to the next number: the relative rounding error of a price. */
const roundingError = Number.EPSILON / 2;

/** Finds implied volatility and Greeks of every European option of the batch. Allocates nothing, never throws. */
export function solveEuropean(batch: OptionBatch, out: SolvedBatch): void {
  const { right, spot, strike, years, rate, dividendYield, price } = batch;
  for (let index = 0; index < price.length; index++) {
    solveOption(
      out,
      index,
      right[index] ?? 0,
      spot[index] ?? NaN,
      strike[index] ?? NaN,
      years[index] ?? NaN,
      rate[index] ?? NaN,
      dividendYield[index] ?? NaN,
      price[index] ?? NaN,
    );
  }
}

function solveOption(
  out: SolvedBatch,
  index: number,
  right: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  price: number,
): void {
  const unsolved = unsolvedReason(right, spot, strike, years, rate, dividendYield, price);
  if (unsolved !== ivReasonCode.solved) {
    writeUnsolved(out, index, unsolved);
    return;
  }
  // The option on the forward equals the option on discounted spot and strike, so the price needs no compounding.
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  if (!(discountedSpot > 0 && discountedSpot < Infinity && discountedStrike > 0 && discountedStrike < Infinity)) {
    writeUnsolved(out, index, ivReasonCode['no-terms']);
    return;
  }
  const totalVolatility = impliedEuropeanTotalVolatility(right > 0, discountedSpot, discountedStrike, price);
  if (totalVolatility < 0) {
    writeUnsolved(out, index, -totalVolatility);
    return;
  }
  const volatility = totalVolatility / Math.sqrt(years);
  writeGreeks(
    out,
    index,
    right > 0,
    spot,
    discountedSpot,
    discountedStrike,
    years,
    rate,
    dividendYield,
    totalVolatility,
  );
  const uncertainty = Math.max(
    (roundingError * price * percentagePoint) / (out.vega[index] ?? 0),
    roundingError * volatility,
  );
  const greeks =
    (out.delta[index] ?? NaN) + (out.gamma[index] ?? NaN) + (out.theta[index] ?? NaN) + (out.rho[index] ?? NaN);
  if (!(uncertainty < maxRelativeUncertainty * volatility && Number.isFinite(greeks))) {
    writeUnsolved(out, index, ivReasonCode['not-determined']);
    return;
  }
  out.reason[index] = ivReasonCode.solved;
  out.volatility[index] = volatility;
  out.uncertainty[index] = uncertainty;
}

/** Checks terms and price before any search; returns `solved` if a volatility can be searched for. */
export function unsolvedReason(
  right: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  price: number,
): number {
  if (!(spot > 0 && spot < Infinity)) return ivReasonCode['no-underlying'];
  if (!(price > 0 && price < Infinity)) return ivReasonCode['no-price'];
  if (years <= 0) return ivReasonCode.expired;
  const terms = Math.abs(right) === 1 && strike > 0 && strike < Infinity && years < Infinity;
  return terms && Number.isFinite(rate) && Number.isFinite(dividendYield)
    ? ivReasonCode.solved
    : ivReasonCode['no-terms'];
}

/** Writes the reason for a missing volatility; the numbers become NaN. */
export function writeUnsolved(out: SolvedBatch, index: number, reason: number): void {
  out.reason[index] = reason;
  out.volatility[index] = NaN;
  out.uncertainty[index] = NaN;
  out.delta[index] = NaN;
  out.gamma[index] = NaN;
  out.vega[index] = NaN;
  out.theta[index] = NaN;
  out.rho[index] = NaN;
}
