import { hour, second } from '../core/time.js';
import type { KiteSettings } from '../pipeline/pipeline.js';

/** How Kite is asked where no pipeline says anything. */
export const kiteDefaults: KiteSettings = {
  root: 'https://api.kite.trade',
  instrumentsMaxAge: 6 * hour,
  rate: { requests: 3, per: second },
};
