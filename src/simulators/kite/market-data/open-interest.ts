import { hashKey, drawUniform } from '../../../platform/random.js';
import { toDayNumber } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Market } from '../../../market/market.js';
import { indianDate } from '../india-time.js';
import type { KiteInstrument } from '../instruments/instrument.js';

/** Returns the units in open contracts; 0 for instruments other than futures and options. */
export function getOpenInterest(market: Market, instrument: KiteInstrument, at: Instant): number {
  const { marketInstrument, option, lotSize, type, token } = instrument;
  if (option !== null) {
    const found = market.optionQuote(marketInstrument, option, at);
    return found.found && found.value !== null ? found.value.openInterest * lotSize : 0;
  }
  if (type !== 'FUT') return 0;
  // The synthetic market has no open interest of futures: generate a number of lots that varies by day.
  const day = toDayNumber(indianDate(at));
  return (
    Math.round(20_000 * (0.5 + drawUniform(token, 0)) * (0.95 + 0.1 * drawUniform(hashKey(token, 1), day))) * lotSize
  );
}
