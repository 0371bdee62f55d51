import { absLogRatio } from './black.js';
import { impliedTotalVolatility } from './implied-total-volatility.js';
import { ivReasonCode } from '../iv-reason.js';

/** Smaller numbers are subnormal and lose digits. */
const minNormalNumber = 2 ** -1022;

/**
 * The total volatility (volatility times the square root of the years) that an undiscounted price of a European option
 * implies.
 *
 * Exact for exactly this price, however little the price determines it. Without a solution it returns minus the code of
 * the reason: one number, so that a batch allocates nothing. `call` is false for puts.
 */
export function impliedEuropeanTotalVolatility(call: boolean, forward: number, strike: number, price: number): number {
  const remainder = (call ? forward : strike) - price;
  if (!(remainder > 0)) return -ivReasonCode['above-maximum'];
  const value = timeValue(call, forward, strike, price);
  const scale = 1 / Math.sqrt(forward * strike);
  if (!(value * scale >= minNormalNumber)) {
    const isBelowPrecision = value > -4 * Number.EPSILON * (forward + strike);
    return -(isBelowPrecision ? ivReasonCode['not-determined'] : ivReasonCode['below-intrinsic']);
  }
  return impliedTotalVolatility(-absLogRatio(forward, strike), value * scale, remainder * scale);
}

/** The price minus its intrinsic value. Corrects the rounding error of forward − strike. */
function timeValue(call: boolean, forward: number, strike: number, price: number): number {
  const high = call ? forward : strike;
  const low = call ? strike : forward;
  if (high <= low) return price;
  const intrinsic = high - low;
  const change = intrinsic - high;
  return price - intrinsic - (high - (intrinsic - change) - (low + change));
}
