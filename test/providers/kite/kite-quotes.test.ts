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
  if (quote === undefined || quote === 'unreadable') throw new Error('not parsed');
  expect(quote).toEqual({
    token: 1,
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
  if (quote === undefined || quote === 'unreadable') throw new Error('not parsed');
  expect(toQuoteInput(quote)).toMatchObject({ last: 26_000, bid: null, ask: null, volume: null, delayed: false });
});

test('a response without instruments is valid', () => {
  expect(parseQuotes({})?.size).toBe(0);
});

test.each([[undefined], [null], ['text'], [[]]])('%j is no valid response', (response) => {
  expect(parseQuotes(response)).toBeNull();
});

test.each([[null], [[]], ['text'], [{ last_price: '1' }], [{ last_price: null }], [{}]])(
  'an instrument with %j is unreadable, and another one of the response is read',
  (value) => {
    const quotes = parseQuotes({ 'NSE:A': value, 'NFO:B': traded });
    expect(quotes?.get('NSE:A')).toBe('unreadable');
    expect(quotes?.get('NFO:B')).toMatchObject({ last: 100 });
  },
);

test.each([
  [-1, null],
  [2_147_483_647, null],
  [9_223_372_036_854_775_807, null],
  [1.797e308, null],
  [null, null],
  [0, 0],
  [12, 12],
])('a volume and an open interest of %j are stored as %j', (sent, stored) => {
  const quote = parseQuotes({ 'NFO:A': { ...traded, volume: sent, oi: sent } })?.get('NFO:A');
  expect(quote).toMatchObject({ volume: stored, openInterest: stored });
});

test.each([[0], [-5], [9_223_372_036_854_775_807], [1.797e308]])('a price of %j is missing', (price) => {
  const sent = { ...traded, last_price: price, ohlc: { open: price, high: price, low: price, close: price } };
  const quote = parseQuotes({ 'NFO:A': { ...sent, depth: { buy: [{ price }], sell: [{ price }] } } })?.get('NFO:A');
  expect(quote).toMatchObject({ last: null, bid: null, ask: null, open: null, high: null, low: null, close: null });
});
