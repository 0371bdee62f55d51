/** Something worth knowing that is no failure; its text is free of secrets. */
export interface KiteNotice {
  /**
   * - `old-instruments`: no newer list of instruments could be had
   * - `cache`: the list cannot be kept on disk
   * - `span-limit`: Kite answers shorter windows than it is known for
   */
  readonly kind: 'old-instruments' | 'cache' | 'span-limit';
  readonly message: string;
}
