import { barSizes } from '../../../core/tables/bars.js';
import type { BarSize, PriceType } from '../../../core/tables/bars.js';
import { day, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';

/** A bar size of TWS: one that the market supports, or weeks and months grouped from days. */
export type WireBarSize =
  { readonly kind: 'market'; readonly size: BarSize } | { readonly kind: 'week' } | { readonly kind: 'month' };

/** The list of bar sizes in the error for an unknown one. */
export const legalBarSizes =
  '1 secs, 5 secs, 10 secs, 15 secs, 30 secs, 1 min, 2 mins, 3 mins, 5 mins, 10 mins, 15 mins, 20 mins, 30 mins, 1 hour, 2 hours, 3 hours, 4 hours, 8 hours, 1 day, 1W, 1M';

/** Parses a bar size; null for any other text: TWS refuses `1 sec`, `1 week` and `1 month` since 2023. */
export function parseBarSize(text: string): WireBarSize | null {
  if (text === '1W') return { kind: 'week' };
  if (text === '1M') return { kind: 'month' };
  const barSize = Object.keys(barSizes).find((name): name is BarSize => name === text);
  return barSize === undefined ? null : { kind: 'market', size: barSize };
}

export function getBarLength(size: WireBarSize): Duration {
  if (size.kind === 'market') return barSizes[size.size];
  return size.kind === 'week' ? 7 * day : 30 * day;
}

/** Whether TWS keeps bars of this size for half a year only. */
export function isShortBarSize(size: WireBarSize): boolean {
  return getBarLength(size) <= 30 * second;
}

/** Values of `whatToShow` that the simulator has data for. */
const priceTypes: Readonly<Record<string, PriceType>> = {
  TRADES: 'TRADES',
  MIDPOINT: 'MIDPOINT',
  BID: 'BID',
  ASK: 'ASK',
  BID_ASK: 'BID_ASK',
  ADJUSTED_LAST: 'TRADES',
};

/** Valid values of `whatToShow` that the simulator has no data for. */
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

/** Parses `whatToShow`. */
export type ParsedWhatToShow =
  | { readonly kind: 'market'; readonly priceType: PriceType }
  | { readonly kind: 'none-kept' }
  | { readonly kind: 'unknown' };

export function parseWhatToShow(text: string): ParsedWhatToShow {
  const priceType = Object.hasOwn(priceTypes, text) ? priceTypes[text] : undefined;
  if (priceType !== undefined) return { kind: 'market', priceType };
  return { kind: typesWithoutData.has(text) ? 'none-kept' : 'unknown' };
}
