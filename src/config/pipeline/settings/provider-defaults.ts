import { hour, second } from '../../../core/time/time.js';
import type { IbSettings, KiteSettings } from '../pipeline.js';

export const defaultIbSettings: IbSettings = {
  host: '127.0.0.1',
  port: 7497,
  clientId: 17,
  account: null,
  marketDataType: 'live',
  allowDelayed: false,
};

export const defaultKiteSettings: KiteSettings = {
  baseUrl: 'https://api.kite.trade',
  instrumentsMaxAge: 6 * hour,
  rate: { requests: 3, window: second },
};
