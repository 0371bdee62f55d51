/**
 * Reasons for a missing implied volatility, in the order of their codes: a batch holds the index in this list.
 *
 * - `solved`: there is one.
 * - `no-price`: the price is missing, zero or negative.
 * - `no-underlying`: the price of the underlying is missing, zero or negative.
 * - `no-terms`: strike, time, rate or dividend yield is not a usable number.
 * - `expired`: no time is left.
 * - `below-intrinsic`: the price is below the present value of exercising at expiry; no volatility gives it.
 * - `above-maximum`: the price is not below that of the underlying (call) or the strike (put); no volatility gives it.
 * - `not-determined`: the time value is lost in the rounding of the price; very different volatilities give the same
 *   price.
 * - `immediate-exercise`: an American option at its exercise value; every low enough volatility gives this price.
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

/** The reason for a missing implied volatility, or `solved`. */
export type IvReason = (typeof ivReasons)[number];

/** The code of each reason in a batch. */
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

/** The reason for a code of a batch; undefined for an unknown code. */
export function ivReasonFromCode(code: number): IvReason | undefined {
  return ivReasons[code];
}
