import { describe, expect, it } from 'vitest';
import { noon, startKiteRig } from '../kite-rig.js';
import type { KiteRig } from '../kite-rig.js';

interface Level {
  readonly price: number;
  readonly quantity: number;
  readonly orders: number;
}

interface Quote {
  readonly instrument_token: number;
  readonly timestamp: string;
  readonly last_price: number;
  readonly volume: number;
  readonly average_price: number;
  readonly buy_quantity: number;
  readonly oi: number;
  readonly oi_day_high: number;
  readonly oi_day_low: number;
  readonly net_change: number;
  readonly lower_circuit_limit: number;
  readonly upper_circuit_limit: number;
  readonly ohlc: { readonly open: number; readonly high: number; readonly low: number; readonly close: number };
  readonly depth: { readonly buy: readonly Level[]; readonly sell: readonly Level[] };
}

async function quotes(rig: KiteRig, kind: string, keys: readonly string[]): Promise<Record<string, Quote>> {
  const query = new URLSearchParams(keys.map((key): [string, string] => ['i', key]));
  const { status, body } = await rig.json(`${kind}?${query.toString()}`);
  expect(status).toBe(200);
  return body.data;
}

const fields = [
  'instrument_token',
  'timestamp',
  'last_trade_time',
  'last_price',
  'last_quantity',
  'buy_quantity',
  'sell_quantity',
  'volume',
  'average_price',
  'oi',
  'oi_day_high',
  'oi_day_low',
  'net_change',
  'lower_circuit_limit',
  'upper_circuit_limit',
  'ohlc',
  'depth',
];

describe('quotes', () => {
  it('of a share have every documented field', async () => {
    const rig = await startKiteRig();
    const found = await quotes(rig, '/quote', ['NSE:INFY', 'NFO:NIFTY26NOVFUT', 'NFO:NIFTY26DEC26000CE', '738561']);
    expect(Object.keys(found).toSorted()).toEqual(['738561', 'NFO:NIFTY26DEC26000CE', 'NFO:NIFTY26NOVFUT', 'NSE:INFY']);
    for (const [key, quote] of Object.entries(found)) {
      expect(Object.keys(quote), key).toEqual(fields);
      const { ohlc, last_price: last, depth } = quote;
      expect(ohlc.low).toBeLessThanOrEqual(Math.min(ohlc.open, last));
      expect(ohlc.high).toBeGreaterThanOrEqual(Math.max(ohlc.open, last));
      expect(quote.average_price).toBeGreaterThanOrEqual(ohlc.low);
      expect(quote.average_price).toBeLessThanOrEqual(ohlc.high);
      expect(quote.net_change).toBeCloseTo(last - ohlc.close, 2);
      expect(quote.timestamp).toMatch(/^2026-11-20 12:00:\d\d$/);
      expect(quote.lower_circuit_limit).toBeLessThan(ohlc.low);
      expect(quote.upper_circuit_limit).toBeGreaterThan(ohlc.high);
      expect(depth.buy.length).toBe(5);
      expect(depth.sell.length).toBe(5);
      const prices = [...depth.buy.toReversed(), ...depth.sell].map(({ price }) => price);
      expect(prices).toEqual(prices.toSorted((a, b) => a - b));
      for (const { quantity, orders } of [...depth.buy, ...depth.sell]) {
        expect(quantity % (key.startsWith('NFO') ? 65 : 1)).toBe(0);
        expect(orders).toBeGreaterThan(0);
        expect(orders).toBeLessThanOrEqual(quantity);
      }
      expect(quote.oi > 0).toBe(key.startsWith('NFO'));
      expect(quote.oi_day_low).toBeLessThanOrEqual(quote.oi);
      expect(quote.oi_day_high).toBeGreaterThanOrEqual(quote.oi);
    }
    expect(found['NFO:NIFTY26DEC26000CE']?.volume).toBeGreaterThan(0);
    expect((found['NFO:NIFTY26DEC26000CE']?.volume ?? 1) % 65).toBe(0);
  });

  it('of an index have no sizes and no depth', async () => {
    const rig = await startKiteRig();
    const found = await quotes(rig, '/quote', ['NSE:NIFTY 50', 'BSE:SENSEX', 'NSE:INDIA VIX']);
    for (const quote of Object.values(found)) {
      expect(Object.keys(quote)).toEqual(['instrument_token', 'timestamp', 'last_price', 'net_change', 'ohlc']);
    }
    expect(found['NSE:NIFTY 50']?.instrument_token).toBe(256265);
  });

  it('have the same values in ohlc and ltp requests', async () => {
    const rig = await startKiteRig([], { speed: 0 });
    const keys = ['NSE:INFY', 'NSE:NIFTY BANK', 'NFO:BANKNIFTY26NOVFUT'];
    const full = await quotes(rig, '/quote', keys);
    const ohlc = await quotes(rig, '/quote/ohlc', keys);
    const ltp = await quotes(rig, '/quote/ltp', keys);
    for (const key of keys) {
      const { instrument_token: token, last_price: last, ohlc: prices } = full[key] ?? {};
      expect(ohlc[key]).toEqual({ instrument_token: token, last_price: last, ohlc: prices });
      expect(ltp[key]).toEqual({ instrument_token: token, last_price: last });
    }
  });

  it('omit instruments that do not exist', async () => {
    const rig = await startKiteRig();
    const found = await quotes(rig, '/quote/ltp', [
      'NSE:INFY',
      'NSE:NOSUCH',
      'nse:infy',
      '99',
      'NFO:NIFTY20JAN26000CE',
      'INFY',
    ]);
    expect(Object.keys(found)).toEqual(['NSE:INFY']);
    expect(await quotes(rig, '/quote', ['NSE:NOSUCH'])).toEqual({});
  });

  it('are limited to the maximum instruments of one request', async () => {
    const rig = await startKiteRig();
    const tokens = (count: number): string => Array.from({ length: count }, (_, index) => `i=${1 + index}`).join('&');
    for (const [path, limit] of [
      ['/quote', 500],
      ['/quote/ohlc', 1_000],
      ['/quote/ltp', 1_000],
    ] as const) {
      expect((await rig.json(`${path}?${tokens(limit)}`)).status).toBe(200);
      expect(await rig.json(`${path}?${tokens(limit + 1)}`)).toEqual({
        status: 400,
        body: {
          status: 'error',
          message: `Too many tokens requested. Max permitted is ${limit}.`,
          data: null,
          error_type: 'InputException',
        },
      });
      expect((await rig.json(path)).body.error_type).toBe('InputException');
    }
  });

  it('follow the market time and do not change after the close', async () => {
    const rig = await startKiteRig();
    const at = async (time: string): Promise<Quote | undefined> => {
      rig.setMarketTime(Date.parse(time));
      await rig.login();
      return (await quotes(rig, '/quote', ['NSE:INFY']))['NSE:INFY'];
    };
    const evening = await at('2026-11-20T18:00:00+05:30');
    expect(evening?.timestamp).toBe('2026-11-20 15:30:00');
    expect(await at('2026-11-22T10:00:00+05:30')).toEqual(evening);
    const monday = await at('2026-11-23T09:16:00+05:30');
    expect(monday?.ohlc.close).toBe(evening?.last_price);
    expect(monday?.volume).toBeLessThan((evening?.volume ?? 0) / 10);
  });

  it('price a future above its underlying, converging towards expiry', async () => {
    const rig = await startKiteRig([], { at: noon, speed: 0 });
    const keys = ['NSE:NIFTY 50', 'NFO:NIFTY26NOVFUT', 'NFO:NIFTY26DECFUT', 'NFO:NIFTY27JANFUT'];
    const found = await quotes(rig, '/quote/ltp', keys);
    const prices = keys.map((key) => found[key]?.last_price ?? NaN);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    expect((prices[3] ?? NaN) / (prices[0] ?? NaN)).toBeLessThan(1.02);
  });
});
