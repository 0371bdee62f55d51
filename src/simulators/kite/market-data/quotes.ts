import { createDepth, roundToPaise } from './depth.js';
import { formatIndianTime } from '../india-time.js';
import { isIndex } from '../instruments/instrument.js';
import type { KiteInstrument } from '../instruments/instrument.js';
import type { KiteQuote } from './prices.js';

/** Level of detail of a quote. */
export type QuoteDetail = 'quote' | 'ohlc' | 'ltp';

/** Maximum instruments of one request. */
export const quoteLimits: Readonly<Record<QuoteDetail, number>> = { quote: 500, ohlc: 1_000, ltp: 1_000 };

/** Creates a quote in Kite's format; an index has no sizes, open interest or order book. */
export function createQuoteData(detail: QuoteDetail, instrument: KiteInstrument, quote: KiteQuote): object {
  const { token } = instrument;
  const { open, high, low, last } = quote;
  // The first session has no previous close.
  const close = quote.previousClose ?? open;
  if (detail === 'ltp') return { instrument_token: token, last_price: last };
  const ohlc = { open, high, low, close };
  if (detail === 'ohlc') return { instrument_token: token, last_price: last, ohlc };
  const timestamp = formatIndianTime(quote.at);
  const netChange = roundToPaise(last - close);
  if (isIndex(instrument)) {
    return { instrument_token: token, timestamp, last_price: last, net_change: netChange, ohlc };
  }
  const depth = createDepth(instrument, quote);
  const openInterest = openInterestRange(quote.openInterest, instrument.lotSize);
  const circuitRange = getCircuitLimits(instrument, close);
  return {
    instrument_token: token,
    timestamp,
    last_trade_time: timestamp,
    last_price: last,
    last_quantity: depth.lastQuantity,
    buy_quantity: depth.buyQuantity,
    sell_quantity: depth.sellQuantity,
    volume: quote.volume,
    average_price: roundToPaise(quote.averagePrice ?? 0),
    oi: openInterest.current,
    oi_day_high: openInterest.high,
    oi_day_low: openInterest.low,
    net_change: netChange,
    lower_circuit_limit: circuitRange.lower,
    upper_circuit_limit: circuitRange.upper,
    ohlc,
    depth: { buy: depth.buy, sell: depth.sell },
  };
}

/** Adds a day range of a few percent to the open interest; the synthetic market has none. */
export function openInterestRange(current: number, lotSize: number): { current: number; high: number; low: number } {
  const lots = current / lotSize;
  return { current, high: Math.ceil(lots * 1.01) * lotSize, low: Math.floor(lots * 0.97) * lotSize };
}

/** Returns today's circuit limits: 10% around the previous close, wider for options. */
function getCircuitLimits({ option, tickSize }: KiteInstrument, close: number): { lower: number; upper: number } {
  const step = Math.max(tickSize, 0.05);
  const lower = option === null ? close * 0.9 : Math.max(step, close * 0.05);
  const upper = option === null ? close * 1.1 : close * 5 + 20;
  return { lower: roundToPaise(Math.ceil(lower / step) * step), upper: roundToPaise(Math.floor(upper / step) * step) };
}
