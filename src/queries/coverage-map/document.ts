/** The document of the map; it imports nothing, so that the page reads the same types. */

/**
 * The state of one session of one row: that of its coverage, or one of these. `partial`: only a part of the session was requested;
 * `none`: nothing of it was; `closed`: the exchange of the symbol does not trade on this date.
 */
export type CellState =
  | 'closed'
  | 'none'
  | 'data'
  | 'empty'
  | 'unavailable'
  | 'provisional'
  | 'denied'
  | 'partial'
  | 'rescaled'
  | 'failed'
  | 'missing';

/** Symbols × sessions, coloured by state. Rows with the same history share a pattern, so that 10,000 of them stay small. */
export interface CoverageMap {
  readonly dataset: string;
  readonly variant: string | null;
  /** The variants of the table, the most frequent first. */
  readonly variants: readonly { readonly variant: string; readonly series: number }[];
  /** The dates on which one of the exchanges trades. */
  readonly sessions: readonly string[];
  /** Each row in three lists: its name (a symbol, or the parameters of a series), its provider and the index of its pattern. */
  readonly rows: {
    readonly names: readonly string[];
    readonly providers: readonly string[];
    readonly patterns: readonly number[];
  };
  /** Run lengths: letters of `legend` with the number of sessions, such as `d2510f1d4`. */
  readonly patterns: readonly string[];
  /** The letter of each state, from harmless to urgent: of several states in one place, the last one is shown. */
  readonly legend: Readonly<Record<CellState, string>>;
  /** Cells by state, without `closed`. */
  readonly counts: Readonly<Partial<Record<CellState, number>>>;
  /** Rows beyond the limit, which the document lacks. */
  readonly moreRows: number;
}
