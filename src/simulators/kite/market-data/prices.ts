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

/** What a screen shows of an instrument at an instant; prices in rupees, sizes in units and not in lots. */
export interface KiteQuote extends Quote {
  readonly openInterest: number;
}

/** One candle. */
export interface Candle {
  readonly at: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The market, asked about instruments as Kite lists them. */
export interface Prices {
  /** Null as long as it has not traded, and when it will not again. */
  quoteAt(instrument: KiteInstrument, at: Instant): KiteQuote | null;
  /** The candles that begin in a window, the unfinished one included. */
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

  /** The candle that is still growing, as the source gives it to whoever asks in the middle of it. */
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
  /** Up to where everything is known. */
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

/** What money costs for a year: futures cost more than what they are on, the more the longer they run. */
const costOfCarryRate = 0.065;

/** Prices of a future follow its underlying, those of everything else are as the market has them; no float dust. */
function createPriceConverter(instrument: KiteInstrument, at: Instant): (price: number) => number {
  const { type, expiry, tickSize } = instrument;
  if (type !== 'FUT' || expiry === null) return (price) => Math.round(price * 10_000) / 10_000;
  const factor = futureFactor(indianDate(at), expiry);
  return (price) => Math.round(Math.round((price * factor) / tickSize) * tickSize * 10_000) / 10_000;
}

/** How much more than its underlying a future costs on a date. */
export function futureFactor(date: LocalDate, expiry: LocalDate): number {
  return Math.exp((costOfCarryRate * Math.max(0, toDayNumber(expiry) - toDayNumber(date))) / 365);
}

/** The market counts options in contracts, Kite in what is behind them. */
function createVolumeConverter({ option, lotSize }: KiteInstrument): (volume: number) => number {
  return option === null ? (volume) => volume : (volume) => volume * lotSize;
}
