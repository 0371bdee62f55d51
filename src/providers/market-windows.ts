import type { ProviderLimits } from '../core/provider-limits.js';
import { day } from '../core/time.js';

/**
 * The longest windows that a source which shows the market answers. It could answer any; the limits are there so that plans
 * for it look like plans for a real source.
 */
export const longestMarketWindows: ProviderLimits['longestWindow'] = {
  '1 secs': day,
  '5 secs': 7 * day,
  '10 secs': 7 * day,
  '15 secs': 7 * day,
  '30 secs': 14 * day,
  '1 min': 30 * day,
  '2 mins': 60 * day,
  '3 mins': 60 * day,
  '5 mins': 90 * day,
  '10 mins': 180 * day,
  '15 mins': 180 * day,
  '20 mins': 180 * day,
  '30 mins': 366 * day,
  '1 hour': 366 * day,
  '2 hours': 731 * day,
  '3 hours': 731 * day,
  '4 hours': 731 * day,
  '8 hours': 731 * day,
  '1 day': 3_653 * day,
};
