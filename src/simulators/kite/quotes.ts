import { depthOf } from './depth.js';
import { indianTime } from './india-time.js';
import { isIndex } from './instruments/instrument.js';
import type { KiteInstrument } from './instruments/instrument.js';
import type { Shown } from './prices.js';

/** How much a quote says. */
export type QuoteDetail = 'quote' | 'ohlc' | 'ltp';

/** At most so many instruments in one request. */
export const quoteLimits: Readonly<Record<QuoteDetail, number>> = { quote: 500, ohlc: 1_000, ltp: 1_000 };

/** A quote as Kite writes it; an index has no sizes, no interest and no order book. */
export function quoteObject(detail: QuoteDetail, instrument: KiteInstrument, shown: Shown): object {
  const { token } = instrument;
  const { open, high, low, last } = shown;
  // Before the second session there is no close to speak of.
  const close = shown.previousClose ?? open;
  if (detail === 'ltp') return { instrument_token: token, last_price: last };
  const ohlc = { open, high, low, close };
  if (detail === 'ohlc') return { instrument_token: token, last_price: last, ohlc };
  const timestamp = indianTime(shown.at);
  const netChange = rounded(last - close);
  if (isIndex(instrument)) {
    return { instrument_token: token, timestamp, last_price: last, net_change: netChange, ohlc };
  }
  const depth = depthOf(instrument, shown);
  const interest = interestOf(shown.openInterest, instrument.lotSize);
  const circuit = circuitLimits(instrument, close);
  return {
    instrument_token: token,
    timestamp,
    last_trade_time: timestamp,
    last_price: last,
    last_quantity: depth.lastQuantity,
    buy_quantity: depth.buyQuantity,
    sell_quantity: depth.sellQuantity,
    volume: shown.volume,
    average_price: rounded(shown.average ?? 0),
    oi: interest.now,
    oi_day_high: interest.high,
    oi_day_low: interest.low,
    net_change: netChange,
    lower_circuit_limit: circuit.lower,
    upper_circuit_limit: circuit.upper,
    ohlc,
    depth: { buy: depth.buy, sell: depth.sell },
  };
}

/** The open interest with its range of the day, which the market does not know: a few hundredths around it. */
export function interestOf(now: number, lot: number): { now: number; high: number; low: number } {
  const lots = now / lot;
  return { now, high: Math.ceil(lots * 1.01) * lot, low: Math.floor(lots * 0.97) * lot };
}

/** Between which prices an order is accepted today: a tenth around the close, far more around that of an option. */
function circuitLimits({ option, tickSize }: KiteInstrument, close: number): { lower: number; upper: number } {
  const step = Math.max(tickSize, 0.05);
  const lower = option === null ? close * 0.9 : Math.max(step, close * 0.05);
  const upper = option === null ? close * 1.1 : close * 5 + 20;
  return { lower: rounded(Math.ceil(lower / step) * step), upper: rounded(Math.floor(upper / step) * step) };
}

function rounded(price: number): number {
  return Math.round(price * 100) / 100;
}
