/** A message for the user that is no failure; its text contains no secrets. */
export interface KiteNotice {
  /**
   * - `stale-instruments`: the list of instruments could not be refreshed
   * - `cache`: the list cannot be stored on disk
   * - `duplicate-instruments`: the list has several rows with the same exchange and tradingsymbol
   * - `span-limit`: Kite accepts only shorter windows than documented
   */
  readonly kind: 'stale-instruments' | 'duplicate-instruments' | 'cache' | 'span-limit';
  readonly message: string;
}
