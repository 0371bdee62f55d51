import type { ExpiryMoment } from '../conventions.js';

/**
 * Identifies an expiry by its day; half a day less for options that expire at the opening, whose time is shorter than
 * that of the options that expire at the close of the same day.
 */
export function expiryKey(day: number, moment: ExpiryMoment): number {
  return moment === 'opening' ? day - 0.5 : day;
}

/** The day and the moment of a key. */
export function parseExpiryKey(key: number): { readonly day: number; readonly moment: ExpiryMoment } {
  return Number.isInteger(key) ? { day: key, moment: 'close' } : { day: key + 0.5, moment: 'opening' };
}

/** The options of one underlying at one instant, in columns of one length; NaN for unknown values. */
export interface ChainColumns {
  readonly length: number;
  /** `expiryKey`: days since 1970-01-01. */
  readonly expiry: Float64Array;
  /** `rightCode`: 1 is a call, −1 a put. */
  readonly right: Int8Array;
  readonly strike: Float64Array;
  readonly volatility: Float64Array;
  readonly volume: Float64Array;
  readonly openInterest: Float64Array;
}

/** An expiry with the years until then. */
export interface ExpiryTime {
  /** `expiryKey`: days since 1970-01-01. */
  readonly expiry: number;
  readonly years: number;
}
