import type { Dataset, tables } from './tables.js';

/** A text column; null for missing values. */
export type TextColumn = readonly (string | null)[];

/**
 * A column of any other type: plain numbers, timestamps as epoch milliseconds, dates as days since 1970-01-01, booleans
 * as 0 and 1; NaN for missing values.
 */
export type NumberColumn = Float64Array;

type Columns<D extends Dataset> = (typeof tables)[D]['columns'];

type AnswerColumn<D extends Dataset> = {
  [Name in keyof Columns<D>]: Columns<D>[Name] extends { from: 'answer' } ? Name : never;
}[keyof Columns<D>];

/** The columns of one table that a provider returns, all of one length. */
export type AnswerColumns<D extends Dataset> = {
  readonly [Name in AnswerColumn<D>]: Columns<D>[Name] extends { type: 'text' } ? TextColumn : NumberColumn;
};

/** Rows of one table as a provider returned them, column by column. */
export type Rows = {
  [D in Dataset]: { readonly dataset: D; readonly length: number; readonly columns: AnswerColumns<D> };
}[Dataset];

/** The rows of one table. */
export type RowsOf<D extends Dataset> = Extract<Rows, { dataset: D }>;
