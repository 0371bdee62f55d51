import { barSizes } from '../../../core/tables/bars.js';
import type { BarSize, PriceType } from '../../../core/tables/bars.js';
import { day, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';

/** A length of bars at this source: one that the market knows, or whole weeks and months put together from days. */
export type WireBarSize =
  { readonly kind: 'market'; readonly size: BarSize } | { readonly kind: 'week' } | { readonly kind: 'month' };

/** Every length as it is listed when a client has named another. */
export const legalBarSizes =
  '1 secs, 5 secs, 10 secs, 15 secs, 30 secs, 1 min, 2 mins, 3 mins, 5 mins, 10 mins, 15 mins, 20 mins, 30 mins, 1 hour, 2 hours, 3 hours, 4 hours, 8 hours, 1 day, 1W, 1M';

const barSizeAliases: Readonly<Record<string, WireBarSize>> = {
  '1 sec': { kind: 'market', size: '1 secs' },
  '1 week': { kind: 'week' },
  '1w': { kind: 'week' },
  '1 month': { kind: 'month' },
  '1m': { kind: 'month' },
};

/** The length of bars that a client asks for; null when there is no such length. */
export function parseBarSize(text: string): WireBarSize | null {
  const normalized = text.toLowerCase().replace(/ +/g, ' ');
  const barSize = Object.keys(barSizes).find((name): name is BarSize => name === normalized);
  if (barSize !== undefined) return { kind: 'market', size: barSize };
  return Object.hasOwn(barSizeAliases, normalized) ? (barSizeAliases[normalized] ?? null) : null;
}

export function getBarLength(size: WireBarSize): Duration {
  if (size.kind === 'market') return barSizes[size.size];
  return size.kind === 'week' ? 7 * day : 30 * day;
}

/** Bars so short that they are kept for half a year only. */
export function isShortBarSize(size: WireBarSize): boolean {
  return getBarLength(size) <= 30 * second;
}

/** What bars can be made of here. */
const priceTypes: Readonly<Record<string, PriceType>> = {
  TRADES: 'TRADES',
  MIDPOINT: 'MIDPOINT',
  BID: 'BID',
  ASK: 'ASK',
  BID_ASK: 'BID_ASK',
  ADJUSTED_LAST: 'TRADES',
};

/** Words that are of the protocol, although nothing is kept for them here. */
const typesWithoutData: ReadonlySet<string> = new Set([
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
export type ParsedWhatToShow =
  | { readonly kind: 'market'; readonly priceType: PriceType }
  | { readonly kind: 'none-kept' }
  | { readonly kind: 'unknown' };

export function parseWhatToShow(text: string): ParsedWhatToShow {
  const priceType = Object.hasOwn(priceTypes, text) ? priceTypes[text] : undefined;
  if (priceType !== undefined) return { kind: 'market', priceType };
  return { kind: typesWithoutData.has(text) ? 'none-kept' : 'unknown' };
}
