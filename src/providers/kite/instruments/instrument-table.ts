/** The list of instruments by column; equal texts share one string. */
export interface InstrumentTable {
  readonly length: number;
  readonly token: Float64Array;
  readonly tradingsymbol: readonly string[];
  readonly name: readonly string[];
  /** Days since 1970-01-01; NaN without an expiry. */
  readonly expiry: Float64Array;
  readonly strike: Float64Array;
  readonly tickSize: Float64Array;
  readonly lotSize: Float64Array;
  /** `EQ`, `FUT`, `CE`, `PE`. */
  readonly type: readonly string[];
  readonly segment: readonly string[];
  readonly exchange: readonly string[];
  /** Rows by exchange and tradingsymbol; tokens are no key, because Kite reuses them after an expiry. */
  readonly rowIndex: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Keys such as `NSE:INFY` that several rows have with different tokens; the first row counts. */
  readonly duplicates: readonly string[];
}

export function findRow(table: InstrumentTable, exchange: string, tradingsymbol: string): number | undefined {
  return table.rowIndex.get(exchange)?.get(tradingsymbol);
}
