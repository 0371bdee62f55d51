import type { Failure } from '../core/failure.js';
import type { Instrument } from '../core/series.js';
import type { LookupFailure } from '../market/market.js';

/** What the market's refusals mean to whoever asked. */
export function toMarketFailure(reason: LookupFailure, instrument: Instrument): Failure {
  const { symbol, calendar } = instrument;
  switch (reason) {
    case 'no-symbol':
      return { kind: 'invalid', code: reason, message: `no security definition has been found for ${symbol}` };
    case 'no-calendar':
      return {
        kind: 'invalid',
        code: reason,
        message: `${symbol} follows the calendar ${calendar}, which is not known`,
      };
    case 'no-contract':
      return { kind: 'invalid', code: reason, message: `no such option of ${symbol} has been listed` };
    case 'no-quotes':
      return { kind: 'invalid', code: reason, message: `${symbol} is an index: it has values (TRADES) but no quotes` };
    case 'after-expiry':
      return { kind: 'lost', code: reason, message: `the option of ${symbol} had expired before the window begins` };
  }
}
