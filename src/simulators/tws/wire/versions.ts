/** The protocol versions at which messages that this simulator speaks change their layout. */
export const minVersions = {
  /** Contract details lose their version number and gain size rules. */
  sizeRules: 164,
  /** The smallest size, for one version only. */
  fractionalSizes: 163,
  /** Errors carry the reasons for a rejected order as JSON. */
  advancedReject: 166,
  /** Times are given in the instrument's zone, by name. */
  instrumentTimeZone: 174,
  /** Contract requests name a bond's issuer, and symbol samples describe it. */
  issuer: 176,
  /** Contract details give the last trading day beside the expiry. */
  lastTradeDate: 182,
  /** Contract details end with reasons for which trading is not possible. */
  ineligibility: 186,
  /** Orders are cancelled without a version number. */
  cancelWithoutVersion: 192,
} as const;

/** The versions that can be spoken: from the oldest client library in use to the last one before the next layout of errors. */
export const supportedVersions = { min: 157, max: 193 } as const;
