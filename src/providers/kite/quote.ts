import type { OptionReading, QuoteReading } from '../../core/reading-rows.js';
import type { OptionContract } from '../../core/series.js';

/** What one call says, by `NSE:INFY`; an instrument without data is absent. */
export type KiteQuotes = ReadonlyMap<string, KiteQuote>;

/** A quote in Kite's words; every number may be missing. */
export interface KiteQuote extends Omit<QuoteReading, 'delayed'> {
  readonly openInterest: number | null;
}

/** Reads the answer to a call for quotes; null when it is not one. Its times are not read: the library bends them. */
export function readQuotes(answer: unknown): KiteQuotes | null {
  if (!isObject(answer)) return null;
  const quotes = new Map<string, KiteQuote>();
  for (const [key, value] of Object.entries(answer)) {
    const quote = readQuote(value);
    if (quote === null) return null;
    quotes.set(key, quote);
  }
  return quotes;
}

function readQuote(value: unknown): KiteQuote | null {
  if (!isObject(value)) return null;
  const last = numberIn(value, 'last_price');
  if (last === null) return null;
  const day = objectIn(value, 'ohlc');
  const depth = objectIn(value, 'depth');
  return {
    // What has not traded has a price of 0.
    last: priceOf(last),
    bid: bestOf(depth, 'buy'),
    ask: bestOf(depth, 'sell'),
    open: priceOf(numberIn(day, 'open')),
    high: priceOf(numberIn(day, 'high')),
    low: priceOf(numberIn(day, 'low')),
    close: priceOf(numberIn(day, 'close')),
    volume: countIn(value, 'volume'),
    openInterest: countIn(value, 'oi'),
  };
}

/** The first price of one side of the book; Kite fills empty places with zeros. */
function bestOf(depth: Readonly<Record<string, unknown>>, side: 'buy' | 'sell'): number | null {
  const orders = depth[side];
  const first: unknown = Array.isArray(orders) ? orders[0] : null;
  return isObject(first) ? priceOf(numberIn(first, 'price')) : null;
}

/** A quote as the house writes it. */
export function quoteReading(quote: KiteQuote): QuoteReading {
  const { last, bid, ask, open, high, low, close, volume } = quote;
  return { last, bid, ask, open, high, low, close, volume, delayed: false };
}

/** A quote of an option; Kite has no model, so that everything a model says is left out. */
export function optionReading(
  { strike, right, conId }: OptionContract,
  { bid, ask, last, volume, openInterest }: KiteQuote,
  underlyingPrice: number | null,
): OptionReading {
  const model = { iv: null, delta: null, gamma: null, theta: null, vega: null };
  return { strike, right, conId, bid, ask, last, volume, openInterest, underlyingPrice, ...model, delayed: false };
}

function priceOf(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function countIn(object: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = numberIn(object, name);
  return value !== null && value >= 0 ? value : null;
}

function numberIn(object: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = object[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function objectIn(object: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = object[name];
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
