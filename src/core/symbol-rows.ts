import type { Dataset } from './tables/tables.js';
import type { LocalDate } from './time/time.js';

/** Selects the rows of one symbol. */
export interface SymbolRows {
  readonly dataset: Dataset;
  readonly symbol: string;
  readonly barSize?: string;
  /** The first session, and the session after the last one. */
  readonly from?: LocalDate;
  readonly to?: LocalDate;
}

/** The values of columns that are equal in all rows of some files, by their statistics; null if they differ or are not known. */
export interface ConstantColumns {
  readonly provider: string | null;
  readonly what: string | null;
}

/** Reads the rows of single symbols, at the same cost however many files of other symbols a table has. */
export interface SymbolReader<QueryResult> {
  /**
   * Runs a statement over the rows of one symbol in one table. `buildSql` gets the source that stands for the table, which has at
   * least all rows of the symbol, and the columns that need no condition.
   */
  querySymbol(rows: SymbolRows, buildSql: (source: string, constants: ConstantColumns) => string): Promise<QueryResult>;

  /** The columns that have one value in all files with rows of a symbol. */
  findConstants(rows: SymbolRows): Promise<ConstantColumns>;
}
