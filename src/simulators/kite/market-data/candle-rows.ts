import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { Market } from '../../../market/market.js';
import type { CandleRow } from '../http/response-content.js';
import type { CandleQuery } from './candle-query.js';
import { indianDate, indianInstant, formatIndianTimestamp } from '../india-time.js';
import type { KiteInstrument } from '../instruments/instrument.js';
import { getOpenInterest } from './open-interest.js';
import { futureFactor } from './prices.js';
import type { Prices } from './prices.js';
import { day } from '../../../core/time/time.js';

/** Creates the rows of a historical response. */
export function createCandleRows(
  market: Market,
  prices: Prices,
  instrument: KiteInstrument,
  { barSize, window, continuous, oi }: CandleQuery,
  now: Instant,
): readonly CandleRow[] {
  const pricedInstrument = continuous ? { ...instrument, type: 'EQ' as const, expiry: null } : instrument;
  const openInterestByDate = new Map<LocalDate, number>();
  const openInterestOn = (at: Instant): number => {
    const date = indianDate(at);
    const cached = openInterestByDate.get(date);
    if (cached !== undefined) return cached;
    const openInterest = getOpenInterest(market, instrument, Math.min(indianInstant(date, 0) + day - 1, now));
    openInterestByDate.set(date, openInterest);
    return openInterest;
  };
  return prices.candles(pricedInstrument, barSize, window, now).map((candle) => {
    const convertPrice = continuous ? nearestFutureConverter(candle.at) : (value: number): number => value;
    const { at, open, high, low, close, volume } = candle;
    const row = [
      formatIndianTimestamp(at),
      convertPrice(open),
      convertPrice(high),
      convertPrice(low),
      convertPrice(close),
      volume,
    ];
    return oi ? [...row, openInterestOn(at)] : row;
  });
}

/** Returns the price of the future that expires this month, rounded to its tick size. */
function nearestFutureConverter(at: Instant): (price: number) => number {
  const date = indianDate(at);
  const monthEnd = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).toISOString().slice(0, 10);
  const factor = futureFactor(date, monthEnd);
  return (price) => Math.round(price * factor * 20) / 20;
}
