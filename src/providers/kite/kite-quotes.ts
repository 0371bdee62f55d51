import { isRecord } from '../../platform/json.js';
import { toCount, toPrice } from '../missing-values.js';
import type { OptionInput, QuoteInput } from '../../core/tables/quote-rows.js';
import type { OptionContract } from '../../core/series.js';

/** Quotes by key, such as `NSE:INFY`; an instrument without data is absent, and one that is no quote is `unreadable`. */
export type KiteQuotes = ReadonlyMap<string, KiteQuote | 'unreadable'>;

export interface KiteQuote extends Omit<QuoteInput, 'delayed'> {
  /** The instrument that the quote says it is of; null if it does not say. */
  readonly token: number | null;
  readonly openInterest: number | null;
}

/** Parses a response to a call for quotes; null if it is none. Its times are ignored, because the library shifts them. */
export function parseQuotes(response: unknown): KiteQuotes | null {
  if (!isRecord(response)) return null;
  return new Map(Object.entries(response).map(([key, value]) => [key, parseQuote(value) ?? 'unreadable']));
}

function parseQuote(value: unknown): KiteQuote | null {
  if (!isRecord(value) || readNumber(value, 'last_price') === undefined) return null;
  const day = readObject(value, 'ohlc');
  const marketDepth = readObject(value, 'depth');
  const volume = readCount(value, 'volume');
  // An index has no order book, and a volume of 0 if any.
  const isIndex = !isRecord(value['depth']);
  return {
    token: readNumber(value, 'instrument_token') ?? null,
    last: readPrice(value, 'last_price'),
    bid: getBestPrice(marketDepth, 'buy'),
    ask: getBestPrice(marketDepth, 'sell'),
    open: readPrice(day, 'open'),
    high: readPrice(day, 'high'),
    low: readPrice(day, 'low'),
    close: readPrice(day, 'close'),
    volume: isIndex && volume === 0 ? null : volume,
    openInterest: readCount(value, 'oi'),
  };
}

/** The best price of one side of the order book; Kite fills empty levels with zeros. */
function getBestPrice(marketDepth: Readonly<Record<string, unknown>>, side: 'buy' | 'sell'): number | null {
  const orders = marketDepth[side];
  const first: unknown = Array.isArray(orders) ? orders[0] : null;
  return isRecord(first) ? readPrice(first, 'price') : null;
}

/** Returns whether a quote is of the instrument with a token. */
export function isQuoteOf({ token }: Pick<KiteQuote, 'token'>, expected: number): boolean {
  return token === null || token === expected;
}

export function toQuoteInput(quote: KiteQuote): QuoteInput {
  const { last, bid, ask, open, high, low, close, volume } = quote;
  return { last, bid, ask, open, high, low, close, volume, delayed: false };
}

/** Kite has no option model, so there are no implied volatility and no Greeks. */
export function toOptionInput(
  { strike, right, conId }: OptionContract,
  { bid, ask, last, volume, openInterest }: KiteQuote,
  underlyingPrice: number | null,
): OptionInput {
  const model = { iv: null, delta: null, gamma: null, theta: null, vega: null };
  return { strike, right, conId, bid, ask, last, volume, openInterest, underlyingPrice, ...model, delayed: false };
}

/** Kite sends 0 for a price that does not exist. */
function readPrice(object: Readonly<Record<string, unknown>>, name: string): number | null {
  return toPrice(readNumber(object, name)) ?? null;
}

function readCount(object: Readonly<Record<string, unknown>>, name: string): number | null {
  return toCount(readNumber(object, name)) ?? null;
}

function readNumber(object: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function readObject(object: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = object[name];
  return isRecord(value) ? value : {};
}
