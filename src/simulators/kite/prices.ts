import type { BarSize } from '../../core/bars.js';
import { isIntraday } from '../../core/bars.js';
import { dayNumber } from '../../core/time.js';
import type { Instant, LocalDate } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import type { AnsweredBars, Found, Market } from '../../market/market.js';
import type { Quote } from '../../market/quote.js';
import { indianDate, indianInstant } from './india-time.js';
import type { KiteInstrument } from './instruments/instrument.js';
import { openInterestOf } from './open-interest.js';

/** What a screen shows of an instrument at an instant; prices in rupees, sizes in units and not in lots. */
export interface Shown extends Quote {
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
  show(instrument: KiteInstrument, at: Instant): Shown | null;
  /** The candles that begin in a window, the unfinished one included. */
  candles(instrument: KiteInstrument, barSize: BarSize, window: Window, now: Instant): readonly Candle[];
}

export function pricesOf(market: Market): Prices {
  function quoteOf(instrument: KiteInstrument, at: Instant): (Quote & { openInterest: number }) | null {
    const { source, option, lotSize } = instrument;
    if (option !== null) {
      const quote = valueOf(market.optionQuote(source, option, at));
      return quote === null ? null : { ...quote, openInterest: quote.openInterest * lotSize };
    }
    const quote = valueOf(market.quote(source, at));
    return quote === null ? null : { ...quote, openInterest: openInterestOf(market, instrument, at) };
  }

  function barsOf({ source, option }: KiteInstrument, barSize: BarSize, window: Window, now: Instant): Candles {
    const question = { instrument: source, barSize, what: 'TRADES', window, now } as const;
    const found = option === null ? market.bars(question) : market.optionBars({ ...question, contract: option });
    return found.found ? { list: candlesOf(found.value), until: found.value.answered.end } : { list: [], until: now };
  }

  function show(instrument: KiteInstrument, at: Instant): Shown | null {
    const quote = quoteOf(instrument, at);
    if (quote === null) return null;
    const price = pricing(instrument, quote.at);
    const size = sizing(instrument);
    return {
      ...quote,
      last: price(quote.last),
      open: price(quote.open),
      high: price(quote.high),
      low: price(quote.low),
      bid: quote.bid === null ? null : price(quote.bid),
      ask: quote.ask === null ? null : price(quote.ask),
      previousClose: quote.previousClose === null ? null : price(quote.previousClose),
      average: quote.average === null ? null : price(quote.average),
      volume: size(quote.volume),
    };
  }

  return {
    show,
    candles(instrument, barSize, window, now) {
      const { list, until } = barsOf(instrument, barSize, window, now);
      const size = sizing(instrument);
      const finished = list.map((candle) => {
        const price = pricing(instrument, candle.at);
        return {
          at: isIntraday(barSize) ? candle.at : startOfDay(candle.at),
          open: price(candle.open),
          high: price(candle.high),
          low: price(candle.low),
          close: price(candle.close),
          volume: size(candle.volume),
        };
      });
      const unfinished = until < Math.min(window.end, now) ? unfinishedCandle(instrument, barSize, until, now) : null;
      return unfinished === null || unfinished.at < window.start ? finished : [...finished, unfinished];
    },
  };

  /** The candle that is still growing, as the source gives it to whoever asks in the middle of it. */
  function unfinishedCandle(instrument: KiteInstrument, barSize: BarSize, from: Instant, now: Instant): Candle | null {
    if (!isIntraday(barSize)) {
      const shown = show(instrument, now);
      if (shown === null || indianDate(shown.at) !== indianDate(now)) return null;
      const { open, high, low, last, volume } = shown;
      return { at: startOfDay(now), open, high, low, close: last, volume };
    }
    const { list } = barsOf(instrument, '1 secs', { start: from, end: now }, now);
    const [first] = list;
    const last = list.at(-1);
    if (first === undefined || last === undefined) return null;
    const price = pricing(instrument, now);
    return {
      at: from,
      open: price(first.open),
      high: price(Math.max(...list.map(({ high }) => high))),
      low: price(Math.min(...list.map(({ low }) => low))),
      close: price(last.close),
      volume: sizing(instrument)(list.reduce((sum, { volume }) => sum + volume, 0)),
    };
  }
}

function valueOf<T>(found: Found<T | null>): T | null {
  return found.found ? found.value : null;
}

interface Candles {
  readonly list: readonly Candle[];
  /** Up to where everything is known. */
  readonly until: Instant;
}

function candlesOf({ length, columns }: AnsweredBars): readonly Candle[] {
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
const carry = 0.065;

/** Prices of a future follow its underlying, those of everything else are as the market has them; no float dust. */
function pricing(instrument: KiteInstrument, at: Instant): (price: number) => number {
  const { type, expiry, tickSize } = instrument;
  if (type !== 'FUT' || expiry === null) return (price) => Math.round(price * 10_000) / 10_000;
  const factor = futureFactor(indianDate(at), expiry);
  return (price) => Math.round(Math.round((price * factor) / tickSize) * tickSize * 10_000) / 10_000;
}

/** How much more than its underlying a future costs on a date. */
export function futureFactor(date: LocalDate, expiry: LocalDate): number {
  return Math.exp((carry * Math.max(0, dayNumber(expiry) - dayNumber(date))) / 365);
}

/** The market counts options in contracts, Kite in what is behind them. */
function sizing({ option, lotSize }: KiteInstrument): (volume: number) => number {
  return option === null ? (volume) => volume : (volume) => volume * lotSize;
}
