/** The columns of a bar of any instrument. */
const barColumns = {
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

/** Identifies the run and the request of each row; these were the last columns of every table when it was created. */
const lineageColumns = {
  run_id: { type: 'text', from: 'run' },
  request_id: { type: 'text', from: 'run' },
} as const;

/** Added to the bar tables after the lineage columns. */
const openInterestColumns = {
  open_interest: { type: 'number', from: 'answer' },
} as const;

/** Added to the tables of underlyings after the lineage columns: the id by the latest contract, and the day of that contract. */
const contractIdColumns = {
  con_id: { type: 'integer', from: 'run' },
  con_id_date: { type: 'date', from: 'run' },
} as const;

/** The class of a bar only if it is not the main one of its expiry, strike and right; null identifies that one. */
const barClassColumns = {
  trading_class: { type: 'text', from: 'series' },
} as const;

/** Added to the snapshots after the lineage columns. */
const snapshotClassColumns = {
  trading_class: { type: 'text', from: 'answer' },
} as const;

/** Added to the overviews after the lineage columns. */
const atmTermColumns = {
  atm_iv_days: { type: 'integer', from: 'answer' },
  atm_iv_reason: { type: 'text', from: 'answer' },
} as const;

/**
 * The tables of the lake and their columns. Names and types are part of the public format: add columns at the end,
 * never rename one.
 *
 * `from` says where a column's values come from: the provider's `answer`, the requested `series` (one value for all
 * rows of an answer), or the `run`.
 */
export const tables = {
  contracts: {
    kind: 'point',
    time: 'as_of',
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
      ...lineageColumns,
    },
  },
  chains: {
    kind: 'point',
    time: 'as_of',
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
      ...lineageColumns,
    },
  },
  equity_bars: {
    kind: 'span',
    time: 'ts',
    partitionBy: 'bar_size, period',
    sortBy: ['symbol', 'ts'],
    columns: {
      ...barColumns,
      ...lineageColumns,
      ...openInterestColumns,
      ...contractIdColumns,
    },
  },
  option_bars: {
    kind: 'span',
    time: 'ts',
    partitionBy: 'symbol, yearmonth',
    sortBy: ['expiry', 'strike', 'right', 'bar_size', 'ts'],
    columns: {
      ...barColumns,
      expiry: { type: 'date', from: 'series' },
      strike: { type: 'number', from: 'series' },
      right: { type: 'text', from: 'series' },
      con_id: { type: 'integer', from: 'series' },
      ...lineageColumns,
      ...openInterestColumns,
      ...barClassColumns,
    },
  },
  history_starts: {
    kind: 'point',
    time: 'as_of',
    partitionBy: 'none',
    sortBy: ['symbol', 'as_of'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      as_of: { type: 'timestamp', from: 'run' },
      what: { type: 'text', from: 'series' },
      use_rth: { type: 'boolean', from: 'series' },
      first: { type: 'timestamp', from: 'answer' },
      ...lineageColumns,
    },
  },
  quotes: {
    kind: 'point',
    time: 'ts',
    partitionBy: 'yearmonth',
    sortBy: ['symbol', 'ts'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      ts: { type: 'timestamp', from: 'run' },
      last: { type: 'number', from: 'answer' },
      bid: { type: 'number', from: 'answer' },
      ask: { type: 'number', from: 'answer' },
      open: { type: 'number', from: 'answer' },
      high: { type: 'number', from: 'answer' },
      low: { type: 'number', from: 'answer' },
      close: { type: 'number', from: 'answer' },
      volume: { type: 'number', from: 'answer' },
      delayed: { type: 'boolean', from: 'answer' },
      ...lineageColumns,
      ...contractIdColumns,
    },
  },
  option_snapshots: {
    kind: 'point',
    time: 'ts',
    partitionBy: 'symbol, yearmonth',
    sortBy: ['ts', 'expiry', 'strike', 'right'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      ts: { type: 'timestamp', from: 'run' },
      expiry: { type: 'date', from: 'series' },
      strike: { type: 'number', from: 'answer' },
      right: { type: 'text', from: 'answer' },
      con_id: { type: 'integer', from: 'answer' },
      bid: { type: 'number', from: 'answer' },
      ask: { type: 'number', from: 'answer' },
      last: { type: 'number', from: 'answer' },
      volume: { type: 'number', from: 'answer' },
      open_interest: { type: 'number', from: 'answer' },
      iv: { type: 'number', from: 'answer' },
      delta: { type: 'number', from: 'answer' },
      gamma: { type: 'number', from: 'answer' },
      theta: { type: 'number', from: 'answer' },
      vega: { type: 'number', from: 'answer' },
      rho: { type: 'number', from: 'answer' },
      underlying_price: { type: 'number', from: 'answer' },
      iv_source: { type: 'text', from: 'answer' },
      iv_reason: { type: 'text', from: 'answer' },
      provider_iv: { type: 'number', from: 'answer' },
      provider_delta: { type: 'number', from: 'answer' },
      provider_gamma: { type: 'number', from: 'answer' },
      provider_theta: { type: 'number', from: 'answer' },
      provider_vega: { type: 'number', from: 'answer' },
      delayed: { type: 'boolean', from: 'answer' },
      ...lineageColumns,
      ...snapshotClassColumns,
    },
  },
  overviews: {
    kind: 'point',
    time: 'ts',
    partitionBy: 'yearmonth',
    sortBy: ['symbol', 'ts'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      ts: { type: 'timestamp', from: 'run' },
      spot_price: { type: 'number', from: 'answer' },
      pcr_oi: { type: 'number', from: 'answer' },
      pcr_volume: { type: 'number', from: 'answer' },
      atm_iv: { type: 'number', from: 'answer' },
      call_count: { type: 'integer', from: 'answer' },
      put_count: { type: 'integer', from: 'answer' },
      total_call_oi: { type: 'number', from: 'answer' },
      total_put_oi: { type: 'number', from: 'answer' },
      calls_itm: { type: 'integer', from: 'answer' },
      calls_otm: { type: 'integer', from: 'answer' },
      puts_itm: { type: 'integer', from: 'answer' },
      puts_otm: { type: 'integer', from: 'answer' },
      iv_rank: { type: 'number', from: 'answer' },
      iv_percentile: { type: 'number', from: 'answer' },
      iv_days: { type: 'integer', from: 'answer' },
      vix: { type: 'number', from: 'answer' },
      trend: { type: 'text', from: 'answer' },
      session: { type: 'date', from: 'answer' },
      strikes_expected: { type: 'integer', from: 'answer' },
      strikes_held: { type: 'integer', from: 'answer' },
      expiries_expected: { type: 'integer', from: 'answer' },
      expiries_held: { type: 'integer', from: 'answer' },
      missing_expiries: { type: 'text', from: 'answer' },
      ...lineageColumns,
      ...atmTermColumns,
    },
  },
  corporate_actions: {
    kind: 'point',
    time: 'as_of',
    partitionBy: 'none',
    sortBy: ['symbol', 'as_of'],
    columns: {
      symbol: { type: 'text', from: 'series' },
      provider: { type: 'text', from: 'series' },
      bar_size: { type: 'text', from: 'series' },
      what: { type: 'text', from: 'series' },
      use_rth: { type: 'boolean', from: 'series' },
      as_of: { type: 'timestamp', from: 'run' },
      con_id: { type: 'integer', from: 'answer' },
      date: { type: 'date', from: 'answer' },
      kind: { type: 'text', from: 'answer' },
      ratio: { type: 'number', from: 'answer' },
      detail: { type: 'text', from: 'answer' },
      evidence: { type: 'text', from: 'answer' },
      ...lineageColumns,
    },
  },
} as const satisfies Record<string, Table>;

/** The stored type of a column. In memory, numbers of every type are doubles with NaN for null; see `Rows`. */
export type ColumnType = 'text' | 'number' | 'integer' | 'boolean' | 'timestamp' | 'date';

/** One column of a table. */
export interface Column {
  readonly type: ColumnType;
  readonly from: 'answer' | 'series' | 'run';
}

/**
 * One table of the lake. A `span` table holds rows over time, requested window by window; a `point` table holds the
 * state at the time of a request, and only the latest answer of a series matters for planning.
 */
export interface Table {
  readonly kind: 'span' | 'point';
  /** The time column; in a point table, the instant of the answer. */
  readonly time: 'ts' | 'as_of';
  /**
   * `period` is the session's year for daily bars and its year-month for shorter ones; `yearmonth` is the session's
   * year-month, or that of the answer in UTC. Both are text (`2026`, `2026-11`).
   */
  readonly partitionBy: 'none' | 'yearmonth' | 'bar_size, period' | 'symbol, yearmonth';
  readonly sortBy: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

/** The name of a table of the lake. */
export type Dataset = keyof typeof tables;

/** All tables; a table comes after those that it depends on. */
export const datasets: readonly Dataset[] = Object.keys(tables).filter((name): name is Dataset =>
  Object.hasOwn(tables, name),
);

/** Returns whether the rows of a table are computed from stored rows instead of requested from a provider. */
export function isComputed(dataset: Dataset): boolean {
  return dataset === 'overviews' || dataset === 'corporate_actions';
}

/** Creates a value for every table. */
export function mapDatasets<T>(createValue: (dataset: Dataset) => T): Readonly<Record<Dataset, T>> {
  return {
    contracts: createValue('contracts'),
    chains: createValue('chains'),
    equity_bars: createValue('equity_bars'),
    option_bars: createValue('option_bars'),
    history_starts: createValue('history_starts'),
    quotes: createValue('quotes'),
    option_snapshots: createValue('option_snapshots'),
    overviews: createValue('overviews'),
    corporate_actions: createValue('corporate_actions'),
  };
}

/** Creates a value for every table, one table after the other. */
export async function mapDatasetsSequentially<T>(
  createValue: (dataset: Dataset) => Promise<T>,
): Promise<Readonly<Record<Dataset, T>>> {
  const values = new Map<Dataset, { readonly value: T }>();
  for (const dataset of datasets) values.set(dataset, { value: await createValue(dataset) });
  return mapDatasets((dataset) => {
    const entry = values.get(dataset);
    if (entry === undefined) throw new Error(`unknown table ${dataset}`);
    return entry.value;
  });
}

/** The columns of a table as a plain record, for code that treats all tables alike. */
export function getColumns(dataset: Dataset): Readonly<Record<string, Column>> {
  return tables[dataset].columns;
}

/** The newest version of each table that the records of runs name; absent for none. */
export type RecordedVersions = Readonly<Partial<Record<Dataset, number>>>;
