/** Protocol versions that change the layout of messages that the simulator supports. */
export const minVersions = {
  /** Contract details lose their version number and gain size rules. */
  sizeRules: 164,
  /** Minimum size, in one version only. */
  fractionalSizes: 163,
  /** Errors contain the reasons for a rejected order as JSON. */
  advancedReject: 166,
  /** Times name the instrument's zone. */
  instrumentTimeZone: 174,
  /** Contract requests and symbol samples name a bond's issuer. */
  issuer: 176,
  /** Contract details include the last trading day in addition to the expiry. */
  lastTradeDate: 182,
  /** Contract details end with the reasons why trading is not possible. */
  ineligibility: 186,
  /** Order cancellations have no version number. */
  cancelWithoutVersion: 192,
} as const;

/** Supported versions: from the oldest client library in use to the last one before errors change their layout. */
export const supportedVersions = { min: 157, max: 193 } as const;
