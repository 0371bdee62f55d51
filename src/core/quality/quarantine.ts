import type { Dataset } from '../tables/tables.js';

/** Rows to take out of a table. */
export interface QuarantineRequest {
  readonly dataset: Dataset;
  /** The rule that they violate. */
  readonly rule: string;
  /** A Parquet file with the key and the request of each row. */
  readonly keysFile: string;
  /** True if their windows become gaps, unless the provider has sent the same rows before. */
  readonly isGap: boolean;
}

export interface QuarantineResult {
  /** Null if no row was moved. */
  readonly id: string | null;
  readonly rows: number;
  /** Rows whose windows have become gaps. */
  readonly gaps: number;
}
