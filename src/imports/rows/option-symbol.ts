import type { Right } from '../../core/series.js';
import { isLocalDate } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';

/** The terms of an option. */
export interface OptionTerms {
  readonly expiry: LocalDate;
  readonly strike: number;
  readonly right: Right;
}

/** Reads an OCC symbol, such as `SPY   241220C00600000`, `O:SPY241220C00600000` or `SPY241220C00600000`; null for other texts. */
export function parseOptionSymbol(text: string): (OptionTerms & { readonly root: string }) | null {
  const match = /^(?:O:)?([A-Z][A-Z0-9./]{0,5}) {0,6}(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/.exec(text);
  if (match === null) return null;
  const [, root = '', year = '', month = '', date = '', right, strike = ''] = match;
  const expiry = `20${year}-${month}-${date}`;
  if (!isLocalDate(expiry) || Number(strike) === 0) return null;
  return { root, expiry, strike: Number(strike) / 1000, right: right === 'P' ? 'P' : 'C' };
}

const rights: Readonly<Record<string, Right>> = { c: 'C', ce: 'C', call: 'C', p: 'P', pe: 'P', put: 'P' };

/** Reads `C`, `CE`, `call` and the same of puts; null for other texts. */
export function parseRight(text: string): Right | null {
  const key = text.toLowerCase();
  return Object.hasOwn(rights, key) ? (rights[key] ?? null) : null;
}
