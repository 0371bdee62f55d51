/** The list of instruments, column by column; texts that repeat are shared. */
export interface InstrumentTable {
  readonly length: number;
  readonly token: Float64Array;
  readonly tradingsymbol: readonly string[];
  readonly name: readonly string[];
  /** Days since 1970-01-01; NaN for what does not expire. */
  readonly expiry: Float64Array;
  readonly strike: Float64Array;
  readonly tickSize: Float64Array;
  readonly lotSize: Float64Array;
  /** `EQ`, `FUT`, `CE`, `PE`. */
  readonly type: readonly string[];
  readonly segment: readonly string[];
  readonly exchange: readonly string[];
  /** Which row an instrument is in, by exchange and then tradingsymbol: tokens are given again after an expiry. */
  readonly rowIndex: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** The row of an instrument; undefined for one that is not listed. */
export function findRow(table: InstrumentTable, exchange: string, tradingsymbol: string): number | undefined {
  return table.rowIndex.get(exchange)?.get(tradingsymbol);
}
