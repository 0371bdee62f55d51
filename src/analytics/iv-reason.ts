/**
 * Why there is no implied volatility, in the order of their codes: a batch holds the place in this list as a number.
 *
 * - `solved`: there is one.
 * - `no-price`: the price is missing, zero or negative.
 * - `no-underlying`: the underlying's price is missing, zero or negative.
 * - `no-terms`: strike, time, rate or dividend yield is no usable number.
 * - `expired`: no time is left.
 * - `below-intrinsic`: the price is less than exercising at expiry is worth today; no volatility gives it.
 * - `above-maximum`: the price is not below that of the underlying (call) or the strike (put); no volatility gives it.
 * - `not-determined`: the time value is lost in the rounding of the price; volatilities far apart give the same price.
 * - `immediate-exercise`: an American option at what exercising now is worth; every low enough volatility gives that.
 */
export const ivReasons = [
  'solved',
  'no-price',
  'no-underlying',
  'no-terms',
  'expired',
  'below-intrinsic',
  'above-maximum',
  'not-determined',
  'immediate-exercise',
] as const;

/** Why there is no implied volatility, or `solved`. */
export type IvReason = (typeof ivReasons)[number];

/** A reason's number in a batch. */
export const ivReasonCode = {
  solved: 0,
  'no-price': 1,
  'no-underlying': 2,
  'no-terms': 3,
  expired: 4,
  'below-intrinsic': 5,
  'above-maximum': 6,
  'not-determined': 7,
  'immediate-exercise': 8,
} as const satisfies Readonly<Record<IvReason, number>>;

/** The reason a batch's number stands for. */
export function ivReasonFromCode(code: number): IvReason | undefined {
  return ivReasons[code];
}
