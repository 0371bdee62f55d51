import type { PriceType } from '../core/tables/bars.js';
import type { Instrument } from '../core/series.js';
import { isUnset } from './missing-values.js';

interface BarPrices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The least price that a bar may have. */
export type PriceFloor = 'positive' | 'zero' | 'any';

/**
 * Returns the least price of a kind of bars: only futures trade at zero or below, and an option or a stock without buyers has
 * a bid of zero.
 */
export function getPriceFloor(kind: Instrument['kind'], isOption: boolean, priceType: PriceType): PriceFloor {
  if (kind === 'future' && !isOption) return 'any';
  return priceType === 'TRADES' ? 'positive' : 'zero';
}

/** Returns whether all prices are values, reach the floor and lie between low and high. */
export function isValidBar({ open, high, low, close }: BarPrices, floor: PriceFloor = 'any'): boolean {
  if ([open, high, low, close].some(isUnset)) return false;
  if (floor === 'positive' ? low <= 0 : floor === 'zero' && low < 0) return false;
  return low <= Math.min(open, close) && high >= Math.max(open, close);
}
