import type { PriceType, TradingHours } from './bars.js';

/** The prices and hours of daily bars; closes of different kinds do not compare. */
export interface CloseKind {
  readonly priceType: PriceType;
  readonly hours: TradingHours;
}

/**
 * The kinds of daily closes that readings are computed from, in order of preference: trades in regular hours first.
 * Bid and ask are each one side of the market, so their closes never count.
 */
export const closeKinds: readonly CloseKind[] = [
  { priceType: 'TRADES', hours: 'rth' },
  { priceType: 'MIDPOINT', hours: 'rth' },
  { priceType: 'TRADES', hours: 'all' },
  { priceType: 'MIDPOINT', hours: 'all' },
];

/** Returns the place of a kind in the order of preference; null for one that never counts. */
export function rankCloseKind({ priceType, hours }: CloseKind): number | null {
  const rank = closeKinds.findIndex((kind) => kind.priceType === priceType && kind.hours === hours);
  return rank === -1 ? null : rank;
}
