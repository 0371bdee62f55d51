import type { Instant, LocalDate } from '../../core/time.js';
import type { Market } from '../../market/market.js';
import type { CandleRow } from './content.js';
import type { HistoricalQuestion } from './historical.js';
import { indianDate, indianInstant, indianStamp } from './india-time.js';
import type { KiteInstrument } from './instruments/instrument.js';
import { openInterestOf } from './open-interest.js';
import { futureFactor } from './prices.js';
import type { Prices } from './prices.js';
import { day } from '../../core/time.js';

/** The rows of a historical answer. */
export function historicalCandles(
  market: Market,
  prices: Prices,
  instrument: KiteInstrument,
  { barSize, window, continuous, oi }: HistoricalQuestion,
  now: Instant,
): readonly CandleRow[] {
  const asked = continuous ? { ...instrument, type: 'EQ' as const, expiry: null } : instrument;
  const interest = new Map<LocalDate, number>();
  const interestOn = (at: Instant): number => {
    const date = indianDate(at);
    const known = interest.get(date);
    if (known !== undefined) return known;
    const found = openInterestOf(market, instrument, Math.min(indianInstant(date, 0) + day - 1, now));
    interest.set(date, found);
    return found;
  };
  return prices.candles(asked, barSize, window, now).map((candle) => {
    const price = continuous ? nearestFuture(candle.at) : (value: number): number => value;
    const { at, open, high, low, close, volume } = candle;
    const row = [indianStamp(at), price(open), price(high), price(low), price(close), volume];
    return oi ? [...row, interestOn(at)] : row;
  });
}

/** What the future that ends with the month cost, in the steps of futures. */
function nearestFuture(at: Instant): (price: number) => number {
  const date = indianDate(at);
  const monthEnd = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).toISOString().slice(0, 10);
  const factor = futureFactor(date, monthEnd);
  return (price) => Math.round(price * factor * 20) / 20;
}
