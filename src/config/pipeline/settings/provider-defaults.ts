import { hour, second } from '../../../core/time/time.js';
import type { IbSettings, KiteSettings } from '../pipeline.js';

/** Where the gateway of Interactive Brokers is looked for when nothing is said. */
export const defaultIbSettings: IbSettings = {
  host: '127.0.0.1',
  port: 7497,
  clientId: 17,
  account: null,
  marketDataType: 'live',
  allowDelayed: false,
};

/** How Zerodha Kite is asked when nothing is said. */
export const defaultKiteSettings: KiteSettings = {
  baseUrl: 'https://api.kite.trade',
  instrumentsMaxAge: 6 * hour,
  rate: { requests: 3, window: second },
};
