import type { RowsOf } from './rows.js';

type BarRows = RowsOf<'equity_bars' | 'option_bars'>;

/** Selects some rows of bars: `take` must pick the same rows from every column. */
export function selectBars(
  { dataset, columns }: BarRows,
  length: number,
  select: (column: Float64Array) => Float64Array,
): BarRows {
  return {
    dataset,
    length,
    columns: {
      ts: select(columns.ts),
      session: select(columns.session),
      open: select(columns.open),
      high: select(columns.high),
      low: select(columns.low),
      close: select(columns.close),
      volume: select(columns.volume),
      wap: select(columns.wap),
      bar_count: select(columns.bar_count),
      open_interest: select(columns.open_interest),
    },
  };
}
