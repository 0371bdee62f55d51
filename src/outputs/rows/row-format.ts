import type { QueryResult } from '../../lake/api.js';

export type Row = QueryResult['rows'][number];

/** Formats the rows of a result part by part, so that a result of any size is written as it is read. */
export interface RowFormat {
  /** Formats the rows after those of the previous call. */
  rows(rows: readonly Row[]): string;
  /** Formats what follows the last row; also what precedes the first one, if there was none. */
  end(): string;
}
