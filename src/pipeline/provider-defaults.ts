import { hour, second } from '../core/time.js';
import type { IbSettings, KiteSettings } from './pipeline.js';

/** Where the gateway of Interactive Brokers is looked for when nothing is said. */
export const ibDefaults: IbSettings = {
  host: '127.0.0.1',
  port: 7497,
  clientId: 17,
  account: null,
  dataType: 'live',
  allowDelayed: false,
};

/** How Zerodha Kite is asked when nothing is said. */
export const kiteDefaults: KiteSettings = {
  root: 'https://api.kite.trade',
  instrumentsMaxAge: 6 * hour,
  rate: { requests: 3, per: second },
};
