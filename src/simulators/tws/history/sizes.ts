import { barSizes } from '../../../core/bars.js';
import type { BarSize, What } from '../../../core/bars.js';
import { day, second } from '../../../core/time.js';
import type { Duration } from '../../../core/time.js';

/** A length of bars at this source: one that the market knows, or whole weeks and months put together from days. */
export type WireBarSize =
  { readonly kind: 'market'; readonly size: BarSize } | { readonly kind: 'week' } | { readonly kind: 'month' };

/** Every length as it is listed when a client has named another. */
export const legalSizes =
  '1 secs, 5 secs, 10 secs, 15 secs, 30 secs, 1 min, 2 mins, 3 mins, 5 mins, 10 mins, 15 mins, 20 mins, 30 mins, 1 hour, 2 hours, 3 hours, 4 hours, 8 hours, 1 day, 1W, 1M';

const others: Readonly<Record<string, WireBarSize>> = {
  '1 sec': { kind: 'market', size: '1 secs' },
  '1 week': { kind: 'week' },
  '1w': { kind: 'week' },
  '1 month': { kind: 'month' },
  '1m': { kind: 'month' },
};

/** The length of bars that a client asks for; null when there is no such length. */
export function parseBarSize(text: string): WireBarSize | null {
  const word = text.toLowerCase().replace(/ +/g, ' ');
  const known = Object.keys(barSizes).find((name): name is BarSize => name === word);
  if (known !== undefined) return { kind: 'market', size: known };
  return Object.hasOwn(others, word) ? (others[word] ?? null) : null;
}

export function lengthOf(size: WireBarSize): Duration {
  if (size.kind === 'market') return barSizes[size.size];
  return size.kind === 'week' ? 7 * day : 30 * day;
}

/** Bars so short that they are kept for half a year only. */
export function isShort(size: WireBarSize): boolean {
  return lengthOf(size) <= 30 * second;
}

/** What bars can be made of here. */
const whats: Readonly<Record<string, What>> = {
  TRADES: 'TRADES',
  MIDPOINT: 'MIDPOINT',
  BID: 'BID',
  ASK: 'ASK',
  BID_ASK: 'BID_ASK',
  ADJUSTED_LAST: 'TRADES',
};

/** Words that are of the protocol, although nothing is kept for them here. */
const withoutData: ReadonlySet<string> = new Set([
  'HISTORICAL_VOLATILITY',
  'OPTION_IMPLIED_VOLATILITY',
  'REBATE_RATE',
  'FEE_RATE',
  'YIELD_BID',
  'YIELD_ASK',
  'YIELD_BID_ASK',
  'YIELD_LAST',
  'AGGTRADES',
]);

/** What a client wants bars to be made of. */
export type WhatWanted =
  { readonly kind: 'market'; readonly what: What } | { readonly kind: 'none-kept' } | { readonly kind: 'unknown' };

export function parseWhat(text: string): WhatWanted {
  const what = Object.hasOwn(whats, text) ? whats[text] : undefined;
  if (what !== undefined) return { kind: 'market', what };
  return { kind: withoutData.has(text) ? 'none-kept' : 'unknown' };
}
