import type { Dataset } from '../../core/tables/tables.js';

/** The columns that tell the rows of each table apart; in this order people look for a row. */
export const rowKeys: Readonly<Record<Dataset, readonly string[]>> = {
  contracts: ['symbol', 'provider', 'as_of'],
  chains: ['symbol', 'provider', 'as_of', 'expiry', 'strike', 'right', 'exchange', 'trading_class'],
  equity_bars: ['symbol', 'provider', 'bar_size', 'what', 'use_rth', 'ts'],
  history_starts: ['symbol', 'provider', 'what', 'use_rth', 'as_of'],
  quotes: ['symbol', 'provider', 'ts'],
  option_snapshots: ['symbol', 'provider', 'ts', 'expiry', 'strike', 'right'],
  overviews: ['symbol', 'provider', 'ts'],
  option_bars: ['symbol', 'provider', 'expiry', 'strike', 'right', 'bar_size', 'what', 'use_rth', 'ts'],
};

/** Column names as SQL has them: `right` and `end` are words of the language. */
export function columnList(names: readonly string[], table?: string): string {
  return names.map((name) => `${table === undefined ? '' : `${table}.`}"${name}"`).join(', ');
}
