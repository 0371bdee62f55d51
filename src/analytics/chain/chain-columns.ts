/** The options of one underlying at one instant, in columns of one length; NaN for unknown values. */
export interface ChainColumns {
  readonly length: number;
  /** Days since 1970-01-01. */
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
  /** Days since 1970-01-01. */
  readonly expiry: number;
  readonly years: number;
}
