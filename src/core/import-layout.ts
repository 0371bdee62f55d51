/** The values that a column of a file may hold. */
export const importFields = [
  'symbol',
  'contract',
  'date',
  'time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'wap',
  'bar_count',
  'open_interest',
  'expiry',
  'strike',
  'right',
] as const;

export type ImportField = (typeof importFields)[number];

/** The tables that files can be imported into. */
export type ImportDataset = 'equity_bars' | 'option_bars';

/** Describes how the rows of a file are read. */
export interface ImportLayout {
  /** Null to decide by the extension of the file. */
  readonly format: 'csv' | 'parquet' | null;
  readonly delimiter: string;
  /** The columns of a file whose first line holds values; null if the first line names them. */
  readonly header: readonly string[] | null;
  /** The column of each field. */
  readonly columns: Readonly<Partial<Record<ImportField, string>>>;
  /** Rows with other values in a column are of another kind and are left out. */
  readonly filters: readonly ImportFilter[];
  /** `auto`, `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns` or a pattern such as `DD-MMM-YYYY`. */
  readonly timeFormat: string;
  /** As `timeFormat`, for expiries. */
  readonly expiryFormat: string;
  /** The zone of times without an offset: `exchange` or an IANA name; null if every time has an offset or is a date. */
  readonly timeZone: string | null;
  /** Whether the time of an intraday bar is its first instant or its end. */
  readonly barTime: 'start' | 'end';
  /** True if rows with an open of zero and no volume are options or stocks without a trade. */
  readonly marksUntraded: boolean;
}

export interface ImportFilter {
  readonly column: string;
  readonly values: readonly string[];
}
