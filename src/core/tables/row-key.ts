import { tables } from './tables.js';
import type { Dataset } from './tables.js';

/** The columns that identify a series of a table, besides symbol and provider, in the order of its name. */
export const seriesColumns: Readonly<Record<Dataset, readonly string[]>> = {
  contracts: [],
  chains: [],
  quotes: [],
  overviews: [],
  history_starts: ['what', 'use_rth'],
  option_snapshots: ['expiry'],
  equity_bars: ['bar_size', 'what', 'use_rth'],
  corporate_actions: ['bar_size', 'what', 'use_rth'],
  option_bars: ['expiry', 'strike', 'right', 'bar_size', 'what', 'use_rth', 'trading_class'],
};

/** The columns that identify a row, but for the time. */
const extraKeyColumns: Readonly<Record<Dataset, readonly string[]>> = {
  ...seriesColumns,
  chains: ['expiry', 'strike', 'right', 'exchange', 'trading_class'],
  option_snapshots: ['expiry', 'strike', 'right', 'trading_class'],
};

/** The columns that identify a row of a table. */
export function rowKeyColumns(dataset: Dataset): readonly string[] {
  return ['symbol', 'provider', ...extraKeyColumns[dataset], tables[dataset].time];
}
