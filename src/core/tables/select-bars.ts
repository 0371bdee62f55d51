import type { RowsOf } from './rows.js';

export type BarRows = RowsOf<'equity_bars' | 'option_bars'>;

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

/** Joins bars of one series; the parts must be in order of time. Returns null without parts. */
export function joinBars(parts: readonly BarRows[]): BarRows | null {
  const [first] = parts;
  if (first === undefined) return null;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const join = (name: keyof BarRows['columns']): Float64Array => {
    const joined = new Float64Array(length);
    let offset = 0;
    for (const { columns, length: count } of parts) {
      joined.set(columns[name], offset);
      offset += count;
    }
    return joined;
  };
  return {
    dataset: first.dataset,
    length,
    columns: {
      ts: join('ts'),
      session: join('session'),
      open: join('open'),
      high: join('high'),
      low: join('low'),
      close: join('close'),
      volume: join('volume'),
      wap: join('wap'),
      bar_count: join('bar_count'),
      open_interest: join('open_interest'),
    },
  };
}
