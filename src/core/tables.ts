/** What a bar is, of whatever instrument. */
const bar = {
  symbol: { type: 'text', from: 'series' },
  provider: { type: 'text', from: 'series' },
  bar_size: { type: 'text', from: 'series' },
  what: { type: 'text', from: 'series' },
  use_rth: { type: 'boolean', from: 'series' },
  ts: { type: 'timestamp', from: 'answer' },
  session: { type: 'date', from: 'answer' },
  open: { type: 'number', from: 'answer' },
  high: { type: 'number', from: 'answer' },
  low: { type: 'number', from: 'answer' },
  close: { type: 'number', from: 'answer' },
  volume: { type: 'number', from: 'answer' },
  wap: { type: 'number', from: 'answer' },
  bar_count: { type: 'integer', from: 'answer' },
} as const;

/** The thread that lineage pulls on; the last columns of every table. */
const thread = {
  run_id: { type: 'text', from: 'run' },
  request_id: { type: 'text', from: 'run' },
} as const;

/**
 * The tables of the lake and their columns. Names and types are part of the public format: add columns at the end, never
 * rename one.
 *
 * Every column says who fills it: the provider's `answer`, the `series` that was asked for (the same value in every row of
 * an answer), or the `run`.
 */
export const tables = {
  contracts: {
    kind: 'point',
    partitionBy: 'none',
    sortBy: ['symbol', 'as_of'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      as_of: { type: 'timestamp', from: 'run' },
      con_id: { type: 'integer', from: 'answer' },
      sec_type: { type: 'text', from: 'answer' },
      exchange: { type: 'text', from: 'answer' },
      primary_exchange: { type: 'text', from: 'answer' },
      currency: { type: 'text', from: 'answer' },
      local_symbol: { type: 'text', from: 'answer' },
      trading_class: { type: 'text', from: 'answer' },
      multiplier: { type: 'number', from: 'answer' },
      long_name: { type: 'text', from: 'answer' },
      industry: { type: 'text', from: 'answer' },
      category: { type: 'text', from: 'answer' },
      min_tick: { type: 'number', from: 'answer' },
      time_zone: { type: 'text', from: 'answer' },
      ...thread,
    },
  },
  chains: {
    kind: 'point',
    partitionBy: 'yearmonth',
    sortBy: ['symbol', 'as_of', 'expiry', 'strike', 'right'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      as_of: { type: 'timestamp', from: 'run' },
      exchange: { type: 'text', from: 'answer' },
      trading_class: { type: 'text', from: 'answer' },
      multiplier: { type: 'number', from: 'answer' },
      expiry: { type: 'date', from: 'answer' },
      strike: { type: 'number', from: 'answer' },
      right: { type: 'text', from: 'answer' },
      con_id: { type: 'integer', from: 'answer' },
      local_symbol: { type: 'text', from: 'answer' },
      ...thread,
    },
  },
  equity_bars: {
    kind: 'span',
    partitionBy: 'bar_size, period',
    sortBy: ['symbol', 'ts'],
    columns: {
      ...bar,
      ...thread,
    },
  },
  option_bars: {
    kind: 'span',
    partitionBy: 'symbol, yearmonth',
    sortBy: ['expiry', 'strike', 'right', 'bar_size', 'ts'],
    columns: {
      ...bar,
      expiry: { type: 'date', from: 'series' },
      strike: { type: 'number', from: 'series' },
      right: { type: 'text', from: 'series' },
      con_id: { type: 'integer', from: 'series' },
      ...thread,
    },
  },
} as const satisfies Record<string, Table>;

/** How a column is stored. Numbers of every type travel as doubles, with NaN for null; see `Rows`. */
export type ColumnType = 'text' | 'number' | 'integer' | 'boolean' | 'timestamp' | 'date';

/** One column of a table. */
export interface Column {
  readonly type: ColumnType;
  readonly from: 'answer' | 'series' | 'run';
}

/**
 * One table of the lake. A `span` table holds rows over time, asked for window by window; a `point` table holds what was
 * true when it was asked, and only the latest answer of a series matters for planning.
 */
export interface Table {
  readonly kind: 'span' | 'point';
  /**
   * `period` is the session's year for daily bars and its year-month for shorter ones; `yearmonth` is the session's
   * year-month, or that of `as_of` in UTC. Both are text (`2026`, `2026-11`).
   */
  readonly partitionBy: 'none' | 'yearmonth' | 'bar_size, period' | 'symbol, yearmonth';
  readonly sortBy: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

/** The name of a table of the lake. */
export type Dataset = keyof typeof tables;

export const datasets: readonly Dataset[] = ['contracts', 'chains', 'equity_bars', 'option_bars'];

/** The columns of a table as a plain record, for code that treats all tables alike. */
export function columnsOf(dataset: Dataset): Readonly<Record<string, Column>> {
  return tables[dataset].columns;
}
