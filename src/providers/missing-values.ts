/**
 * Numbers by which providers say "no value". IB sends the largest integers of 32 and 64 bits, their negatives, the largest
 * double, −1 and −2; feeds that pass such numbers on round and scale them.
 */
const maxInt32 = 2_147_483_647;

/** 2^63 rounded down: beyond it there are only the largest 64-bit integer in any rounding, and the largest double. */
const unsetThreshold = 9.2e18;

/** Returns whether a number stands for a missing value, whatever it counts: an unset decimal, NaN or infinity. */
export function isUnset(value: number): boolean {
  const size = Math.abs(value);
  return !(size < unsetThreshold) || size === maxInt32 || value === -maxInt32 - 1;
}

/** Returns a price; undefined for a missing one. Only futures and spreads trade at zero or below. */
export function toPrice(value: number | undefined): number | undefined {
  return value === undefined || isUnset(value) || value <= 0 ? undefined : value;
}

/** Returns a volume, an open interest or a count; undefined for a missing one. */
export function toCount(value: number | undefined): number | undefined {
  return value === undefined || isUnset(value) || value < 0 ? undefined : value;
}

/** Returns a number that may be negative, such as a Greek; undefined for a missing one. */
export function toSigned(value: number | undefined): number | undefined {
  return value === undefined || isUnset(value) ? undefined : value;
}
