import { day, hour, minute, second } from '../time/time.js';
import type { Duration } from '../time/time.js';

/** Every bar size, in the notation of the pipeline file, with its length. */
export const barSizes = {
  '1 secs': second,
  '5 secs': 5 * second,
  '10 secs': 10 * second,
  '15 secs': 15 * second,
  '30 secs': 30 * second,
  '1 min': minute,
  '2 mins': 2 * minute,
  '3 mins': 3 * minute,
  '5 mins': 5 * minute,
  '10 mins': 10 * minute,
  '15 mins': 15 * minute,
  '20 mins': 20 * minute,
  '30 mins': 30 * minute,
  '1 hour': hour,
  '2 hours': 2 * hour,
  '3 hours': 3 * hour,
  '4 hours': 4 * hour,
  '8 hours': 8 * hour,
  '1 day': day,
} as const satisfies Record<string, Duration>;

export type BarSize = keyof typeof barSizes;

/** The prices that bars are built from. */
export type PriceType = 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';

/** Regular trading hours, or all trading of the exchange. */
export type TradingHours = 'rth' | 'all';

export function isIntraday(barSize: BarSize): boolean {
  return barSizes[barSize] < day;
}
