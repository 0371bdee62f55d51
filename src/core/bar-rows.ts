import type { RowsOf } from './rows.js';

type BarRows = RowsOf<'equity_bars' | 'option_bars'>;

/** Some of the rows of bars: `take` picks the same ones out of every column. */
export function takenBars(
  { dataset, columns }: BarRows,
  length: number,
  take: (column: Float64Array) => Float64Array,
): BarRows {
  return {
    dataset,
    length,
    columns: {
      ts: take(columns.ts),
      session: take(columns.session),
      open: take(columns.open),
      high: take(columns.high),
      low: take(columns.low),
      close: take(columns.close),
      volume: take(columns.volume),
      wap: take(columns.wap),
      bar_count: take(columns.bar_count),
      open_interest: take(columns.open_interest),
    },
  };
}
