import type { Dataset } from '../../core/tables/tables.js';

/** The columns that identify a row of each table, in the order in which a person looks for one. */
export const rowKeys: Readonly<Record<Dataset, readonly string[]>> = {
  contracts: ['symbol', 'provider', 'as_of'],
  chains: ['symbol', 'provider', 'as_of', 'expiry', 'strike', 'right', 'exchange', 'trading_class'],
  equity_bars: ['symbol', 'provider', 'bar_size', 'what', 'use_rth', 'ts'],
  history_starts: ['symbol', 'provider', 'what', 'use_rth', 'as_of'],
  quotes: ['symbol', 'provider', 'ts'],
  option_snapshots: ['symbol', 'provider', 'ts', 'expiry', 'strike', 'right', 'trading_class'],
  overviews: ['symbol', 'provider', 'ts'],
  corporate_actions: ['symbol', 'provider', 'bar_size', 'what', 'use_rth', 'as_of'],
  option_bars: [
    'symbol',
    'provider',
    'expiry',
    'strike',
    'right',
    'bar_size',
    'what',
    'use_rth',
    'ts',
    'trading_class',
  ],
};

/** Column names, quoted: `right` and `end` are keywords of SQL. */
export function columnList(names: readonly string[], table?: string): string {
  return names.map((name) => `${table === undefined ? '' : `${table}.`}"${name}"`).join(', ');
}
