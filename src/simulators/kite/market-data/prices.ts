import type { BarSize } from '../../../core/tables/bars.js';
import { isIntraday } from '../../../core/tables/bars.js';
import { toDayNumber } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import type { AnsweredBars, LookupResult, Market } from '../../../market/market.js';
import type { Quote } from '../../../market/quote.js';
import { indianDate, indianInstant } from '../india-time.js';
import type { KiteInstrument } from '../instruments/instrument.js';
import { getOpenInterest } from './open-interest.js';

/** Quote of an instrument at an instant; prices in rupees, sizes in units (not lots). */
export interface KiteQuote extends Quote {
  readonly openInterest: number;
}

export interface Candle {
  readonly at: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Prices of Kite instruments, from the synthetic market. */
export interface Prices {
  /** Null before the first trade and after expiry. */
  quoteAt(instrument: KiteInstrument, at: Instant): KiteQuote | null;
  /** Candles that begin in a window, including the unfinished one. */
  candles(instrument: KiteInstrument, barSize: BarSize, window: Window, now: Instant): readonly Candle[];
}

export function createPrices(market: Market): Prices {
  function queryQuote(instrument: KiteInstrument, at: Instant): (Quote & { openInterest: number }) | null {
    const { marketInstrument, option, lotSize } = instrument;
    if (option !== null) {
      const quote = foundValue(market.optionQuote(marketInstrument, option, at));
      return quote === null ? null : { ...quote, openInterest: quote.openInterest * lotSize };
    }
    const quote = foundValue(market.quote(marketInstrument, at));
    return quote === null ? null : { ...quote, openInterest: getOpenInterest(market, instrument, at) };
  }

  function queryBars(
    { marketInstrument, option }: KiteInstrument,
    barSize: BarSize,
    window: Window,
    now: Instant,
  ): CandleRange {
    const query = { instrument: marketInstrument, barSize, priceType: 'TRADES', window, now } as const;
    const found = option === null ? market.bars(query) : market.optionBars({ ...query, contract: option });
    return found.found
      ? { list: toCandles(found.value), completeUntil: found.value.answeredWindow.end }
      : { list: [], completeUntil: now };
  }

  function quoteAt(instrument: KiteInstrument, at: Instant): KiteQuote | null {
    const quote = queryQuote(instrument, at);
    if (quote === null) return null;
    const convertPrice = createPriceConverter(instrument, quote.at);
    const convertVolume = createVolumeConverter(instrument);
    return {
      ...quote,
      last: convertPrice(quote.last),
      open: convertPrice(quote.open),
      high: convertPrice(quote.high),
      low: convertPrice(quote.low),
      bid: quote.bid === null ? null : convertPrice(quote.bid),
      ask: quote.ask === null ? null : convertPrice(quote.ask),
      previousClose: quote.previousClose === null ? null : convertPrice(quote.previousClose),
      averagePrice: quote.averagePrice === null ? null : convertPrice(quote.averagePrice),
      volume: convertVolume(quote.volume),
    };
  }

  return {
    quoteAt,
    candles(instrument, barSize, window, now) {
      const { list, completeUntil } = queryBars(instrument, barSize, window, now);
      const convertVolume = createVolumeConverter(instrument);
      const completed = list.map((candle) => {
        const convertPrice = createPriceConverter(instrument, candle.at);
        return {
          at: isIntraday(barSize) ? candle.at : startOfDay(candle.at),
          open: convertPrice(candle.open),
          high: convertPrice(candle.high),
          low: convertPrice(candle.low),
          close: convertPrice(candle.close),
          volume: convertVolume(candle.volume),
        };
      });
      const partial =
        completeUntil < Math.min(window.end, now) ? createPartialCandle(instrument, barSize, completeUntil, now) : null;
      return partial === null || partial.at < window.start ? completed : [...completed, partial];
    },
  };

  /** Returns the unfinished candle, as the source does while an interval is in progress. */
  function createPartialCandle(
    instrument: KiteInstrument,
    barSize: BarSize,
    from: Instant,
    now: Instant,
  ): Candle | null {
    if (!isIntraday(barSize)) {
      const quote = quoteAt(instrument, now);
      if (quote === null || indianDate(quote.at) !== indianDate(now)) return null;
      const { open, high, low, last, volume } = quote;
      return { at: startOfDay(now), open, high, low, close: last, volume };
    }
    const { list } = queryBars(instrument, '1 secs', { start: from, end: now }, now);
    const [first] = list;
    const last = list.at(-1);
    if (first === undefined || last === undefined) return null;
    const convertPrice = createPriceConverter(instrument, now);
    return {
      at: from,
      open: convertPrice(first.open),
      high: convertPrice(Math.max(...list.map(({ high }) => high))),
      low: convertPrice(Math.min(...list.map(({ low }) => low))),
      close: convertPrice(last.close),
      volume: createVolumeConverter(instrument)(list.reduce((sum, { volume }) => sum + volume, 0)),
    };
  }
}

function foundValue<T>(found: LookupResult<T | null>): T | null {
  return found.found ? found.value : null;
}

interface CandleRange {
  readonly list: readonly Candle[];
  /** End of the completed candles. */
  readonly completeUntil: Instant;
}

function toCandles({ length, columns }: AnsweredBars): readonly Candle[] {
  return Array.from({ length }, (_, index) => ({
    at: columns.ts[index] ?? 0,
    open: columns.open[index] ?? 0,
    high: columns.high[index] ?? 0,
    low: columns.low[index] ?? 0,
    close: columns.close[index] ?? 0,
    volume: columns.volume[index] ?? 0,
  }));
}

function startOfDay(at: Instant): Instant {
  return indianInstant(indianDate(at), 0);
}

/** Annual interest rate that futures are priced with. */
const costOfCarryRate = 0.065;

/**
 * Scales a price by the future's premium over its underlying (1 for other instruments) and removes floating-point
 * noise.
 */
function createPriceConverter(instrument: KiteInstrument, at: Instant): (price: number) => number {
  const { type, expiry, tickSize } = instrument;
  if (type !== 'FUT' || expiry === null) return (price) => Math.round(price * 10_000) / 10_000;
  const factor = futureFactor(indianDate(at), expiry);
  return (price) => Math.round(Math.round((price * factor) / tickSize) * tickSize * 10_000) / 10_000;
}

/** Returns the ratio of a future's price to its underlying on a date. */
export function futureFactor(date: LocalDate, expiry: LocalDate): number {
  return Math.exp((costOfCarryRate * Math.max(0, toDayNumber(expiry) - toDayNumber(date))) / 365);
}

/** The synthetic market counts option sizes in contracts, Kite in units of the underlying. */
function createVolumeConverter({ option, lotSize }: KiteInstrument): (volume: number) => number {
  return option === null ? (volume) => volume : (volume) => volume * lotSize;
}
