/** What Kite, its library or the network said instead of an answer; every text in it is free of secrets. */
export interface KiteError {
  /** Kite's own name for it: `TokenException`; null where the answer was not one of Kite's. */
  readonly type: string | null;
  /** Of the HTTP answer; null where none came. */
  readonly status: number | null;
  readonly message: string;
}
