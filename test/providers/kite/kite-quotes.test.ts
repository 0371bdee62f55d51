import { expect, test } from 'vitest';
import { toOptionInput, toQuoteInput, parseQuotes } from '../../../src/providers/kite/kite-quotes.js';

const depth = {
  buy: [
    { price: 99.5, quantity: 65, orders: 1 },
    { price: 99, quantity: 65, orders: 1 },
  ],
  sell: [{ price: 0, quantity: 0, orders: 0 }],
};
const traded = {
  instrument_token: 1,
  last_price: 100,
  volume: 0,
  oi: 0,
  ohlc: { open: 0, high: 101, low: 98, close: 97 },
  depth,
};
const index = { instrument_token: 256265, last_price: 26_000, ohlc: { open: 1, high: 2, low: 1, close: 2 } };

test('a price of zero is missing, a volume and an open interest of zero are kept', () => {
  const quote = parseQuotes({ 'NFO:A': traded })?.get('NFO:A');
  if (quote === undefined) throw new Error('not parsed');
  expect(quote).toEqual({
    last: 100,
    bid: 99.5,
    ask: null,
    open: null,
    high: 101,
    low: 98,
    close: 97,
    volume: 0,
    openInterest: 0,
  });
  const contract = { expiry: '2026-11-24', strike: 26_000, right: 'C', conId: 9 } as const;
  expect(toOptionInput(contract, quote, 26_010)).toEqual({
    strike: 26_000,
    right: 'C',
    conId: 9,
    bid: 99.5,
    ask: null,
    last: 100,
    volume: 0,
    openInterest: 0,
    underlyingPrice: 26_010,
    iv: null,
    delta: null,
    gamma: null,
    theta: null,
    vega: null,
    delayed: false,
  });
});

test('an index has no bid, ask or volume', () => {
  const quote = parseQuotes({ 'NSE:NIFTY 50': index })?.get('NSE:NIFTY 50');
  if (quote === undefined) throw new Error('not parsed');
  expect(toQuoteInput(quote)).toMatchObject({ last: 26_000, bid: null, ask: null, volume: null, delayed: false });
});

test('a response without instruments is valid', () => {
  expect(parseQuotes({})?.size).toBe(0);
});

test.each([[undefined], [null], ['text'], [[]], [{ 'NSE:A': null }], [{ 'NSE:A': { last_price: '1' } }]])(
  '%j is no valid response',
  (response) => {
    expect(parseQuotes(response)).toBeNull();
  },
);
