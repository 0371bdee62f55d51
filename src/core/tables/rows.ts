import type { Dataset, tables } from './tables.js';

/** A text column; null where the source gave nothing. */
export type TextColumn = readonly (string | null)[];

/**
 * A column of any other type: numbers as they are, timestamps as epoch milliseconds, dates as days since 1970-01-01,
 * booleans as 0 and 1; NaN where the source gave nothing.
 */
export type NumberColumn = Float64Array;

type Columns<D extends Dataset> = (typeof tables)[D]['columns'];

type AnswerColumn<D extends Dataset> = {
  [Name in keyof Columns<D>]: Columns<D>[Name] extends { from: 'answer' } ? Name : never;
}[keyof Columns<D>];

/** What a provider gives for one table: its `answer` columns, all of one length. */
export type AnswerColumns<D extends Dataset> = {
  readonly [Name in AnswerColumn<D>]: Columns<D>[Name] extends { type: 'text' } ? TextColumn : NumberColumn;
};

/** Rows of one table as a provider answered them, column by column. */
export type Rows = {
  [D in Dataset]: { readonly dataset: D; readonly length: number; readonly columns: AnswerColumns<D> };
}[Dataset];

/** The rows of one particular table. */
export type RowsOf<D extends Dataset> = Extract<Rows, { dataset: D }>;
