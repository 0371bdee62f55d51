import type { Failure } from '../core/failure.js';
import type { Instrument } from '../core/series.js';
import type { LookupFailure } from '../market/market.js';

/** Maps a failed lookup in the embedded market to a failure. */
export function toMarketFailure(reason: LookupFailure, instrument: Instrument): Failure {
  const { symbol, calendar } = instrument;
  switch (reason) {
    case 'no-symbol':
      return { kind: 'invalid', code: reason, message: `no security definition has been found for ${symbol}` };
    case 'no-calendar':
      return {
        kind: 'invalid',
        code: reason,
        message: `unknown calendar ${calendar} of ${symbol}`,
      };
    case 'no-contract':
      return { kind: 'invalid', code: reason, message: `no such option of ${symbol} is listed` };
    case 'no-quotes':
      return { kind: 'invalid', code: reason, message: `${symbol} is an index and has no quotes; request TRADES` };
    case 'after-expiry':
      return { kind: 'unavailable', code: reason, message: `the option of ${symbol} expired before the window` };
  }
}
