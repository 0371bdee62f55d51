import type { Failure } from '../core/failure.js';
import type { Instrument } from '../core/series.js';
import type { Unknown } from '../market/market.js';

/** What the market's refusals mean to whoever asked. */
export function failureFor(why: Unknown, instrument: Instrument): Failure {
  const { symbol, calendar } = instrument;
  switch (why) {
    case 'no-symbol':
      return { kind: 'invalid', code: why, message: `no security definition has been found for ${symbol}` };
    case 'no-calendar':
      return { kind: 'invalid', code: why, message: `${symbol} follows the calendar ${calendar}, which is not known` };
    case 'no-contract':
      return { kind: 'invalid', code: why, message: `no such option of ${symbol} has been listed` };
    case 'no-quotes':
      return { kind: 'invalid', code: why, message: `${symbol} is an index: it has values (TRADES) but no quotes` };
    case 'after-expiry':
      return { kind: 'lost', code: why, message: `the option of ${symbol} had expired before the window begins` };
  }
}
