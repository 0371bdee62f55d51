import type { ProviderLimits } from '../core/provider-limits.js';
import { day } from '../core/time/time.js';

const maxWindow: ProviderLimits['maxWindow'] = {
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

/**
 * What may be asked of a source that shows the market. It could answer anything at once; the limits are there so that plans
 * for it look like plans for a real source, only faster.
 */
export const marketLimits: Omit<ProviderLimits, 'name'> = {
  maxWindow,
  maxSnapshotContracts: 1_000,
  budgets: [],
  maxConcurrency: 8,
  typicalLatency: 0,
  revisionWindow: 0,
};
