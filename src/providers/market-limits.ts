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
 * Limits of the providers that show the embedded market. They could answer anything at once; the limits make their plans look
 * like those of a real provider, only faster.
 */
export const marketLimits: Omit<ProviderLimits, 'name'> = {
  maxWindow,
  maxSnapshotContracts: 1_000,
  budgets: [],
  maxConcurrency: 8,
  typicalLatency: 0,
  revisionWindow: 0,
};
