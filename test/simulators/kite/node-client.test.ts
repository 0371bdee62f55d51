import { KiteConnect, KiteTicker } from 'kiteconnect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { second } from '../../../src/core/time/time.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { accessToken, apiKey, apiSecret, noon, onRequest, startKiteRig } from './kite-rig.js';
import type { KiteRig } from './kite-rig.js';

type Row = Readonly<Record<string, unknown>>;

/** The used part of the package; its own types are incomplete. */
interface Client {
  generateSession(requestToken: string, secret: string): Promise<Row>;
  getProfile(): Promise<Row>;
  getMargins(): Promise<Row>;
  getHoldings(): Promise<readonly Row[]>;
  getOrders(): Promise<readonly Row[]>;
  getTrades(): Promise<readonly Row[]>;
  invalidateAccessToken(): Promise<boolean>;
  setSessionExpiryHook(hook: () => void): void;
  getInstruments(exchange?: string): Promise<readonly Row[]>;
  getQuote(keys: readonly string[]): Promise<Row>;
  getOHLC(keys: readonly string[]): Promise<Row>;
  getLTP(keys: readonly string[]): Promise<Row>;
  getHistoricalData(
    token: number,
    interval: string,
    from: string,
    to: string,
  ): Promise<readonly { readonly date: Date; readonly volume: number }[]>;
  placeOrder(variety: string, order: Row): Promise<Row>;
}

type Tick = Row & { readonly instrument_token: number; readonly mode: string };

interface Ticker {
  readonly modeFull: string;
  on(event: 'error', listener: (problem: unknown) => void): void;
  on(event: 'connect', listener: () => void): void;
  on(event: 'ticks', listener: (ticks: readonly Tick[]) => void): void;
  subscribe(tokens: readonly number[]): void;
  setMode(mode: string, tokens: readonly number[]): void;
  connect(): void;
  disconnect(): void;
}

const Kite = KiteConnect as unknown as new (parameters: Row) => Client;
const Stream = KiteTicker as unknown as new (parameters: Row) => Ticker;

function createClient({ baseUrl }: KiteRig): Client {
  return new Kite({ timeout: 300_000, api_key: apiKey, access_token: accessToken, root: baseUrl });
}

describe('the kiteconnect client for Node', () => {
  it('logs in, reads the account and logs out', async () => {
    const rig = await startKiteRig();
    const kite = new Kite({ timeout: 300_000, api_key: apiKey, root: rig.baseUrl });
    const page = await (await fetch(`${rig.baseUrl}/connect/login?v=3&api_key=${apiKey}`, { method: 'POST' })).text();
    const session = await kite.generateSession(/<code>(\w+)<\/code>/.exec(page)?.[1] ?? '', apiSecret);
    expect(session).toMatchObject({ user_id: 'SIM001', api_key: apiKey });
    expect(await kite.getProfile()).toMatchObject({ user_id: 'SIM001' });
    expect(await kite.getMargins()).toHaveProperty('equity.net', 1_000_000);
    expect(await kite.getHoldings()).toEqual([]);
    expect(await kite.getOrders()).toEqual([]);
    expect(await kite.getTrades()).toEqual([]);
    expect(await kite.invalidateAccessToken()).toBe(true);
    let expired = 0;
    kite.setSessionExpiryHook(() => expired++);
    await expect(kite.getProfile()).rejects.toMatchObject({ error_type: 'TokenException' });
    expect(expired).toBe(1);
  });

  it('reads instruments', async () => {
    const kite = createClient(await startKiteRig());
    const instruments = await kite.getInstruments();
    expect(instruments.length).toBeGreaterThan(105_000);
    const nifty = instruments.find((row) => row['tradingsymbol'] === 'NIFTY 50');
    expect(nifty).toMatchObject({ instrument_token: '256265', segment: 'INDICES', exchange: 'NSE', lot_size: 0 });
    const option = instruments.find((row) => row['name'] === 'BANKNIFTY' && row['instrument_type'] === 'PE');
    expect(option).toMatchObject({
      lot_size: 30,
      tick_size: 0.05,
      segment: 'NFO-OPT',
      expiry: expect.any(Date) as Date,
    });
    expect((await kite.getInstruments('MCX')).length).toBeGreaterThan(1_000);
  });

  it('reads quotes and candles', async () => {
    const kite = createClient(await startKiteRig());
    const keys = ['NSE:INFY', 'NSE:NIFTY 50'];
    expect(Object.keys(await kite.getQuote(keys)).toSorted()).toEqual(keys.toSorted());
    expect(Object.keys(await kite.getOHLC(keys)).toSorted()).toEqual(keys.toSorted());
    expect(await kite.getLTP(keys)).toMatchObject({ 'NSE:INFY': { instrument_token: 408065 } });
    const candles = await kite.getHistoricalData(408065, 'minute', '2026-11-19 09:15:00', '2026-11-19 09:17:00');
    expect(candles.length).toBe(3);
    expect(candles[0]?.date.toISOString()).toBe('2026-11-19T03:45:00.000Z');
    expect(candles[0]?.volume).toBeGreaterThan(0);
    await expect(kite.getHistoricalData(408065, 'minute', '2026-01-01', '2026-11-19')).rejects.toMatchObject({
      error_type: 'InputException',
      message: 'interval exceeds max limit: 60 days',
    });
  });

  it('gets an error for orders', async () => {
    const kite = createClient(await startKiteRig());
    const order = { exchange: 'NSE', tradingsymbol: 'INFY', transaction_type: 'BUY', quantity: 1, product: 'CNC' };
    await expect(kite.placeOrder('regular', { ...order, order_type: 'MARKET' })).rejects.toMatchObject({
      error_type: 'OrderException',
    });
  });

  it('gets the errors of a scenario', async () => {
    const rig = await startKiteRig([
      onRequest('ltp', { kind: 'garbage' }),
      onRequest('ohlc', { kind: 'error', code: '429', message: null, status: null }),
    ]);
    const kite = createClient(rig);
    await expect(kite.getLTP(['NSE:INFY'])).rejects.toMatchObject({
      error_type: 'NetworkException',
      message: 'Bad Gateway',
    });
    await expect(kite.getOHLC(['NSE:INFY'])).rejects.toMatchObject({
      error_type: 'NetworkException',
      message: 'Too many requests',
    });
  });

  it('streams ticks', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const rig = await startKiteRig([], { at: noon, speed: 30, clock });
    // With reconnection on, the client would end the process when it gives up.
    const ticker = new Stream({
      api_key: apiKey,
      access_token: accessToken,
      root: rig.tickerUrl,
      reconnect: false,
    });
    onTestFinished(() => ticker.disconnect());
    const ticks: Tick[] = [];
    await new Promise<void>((resolve, reject) => {
      const seconds = setInterval(() => void clock.advanceBy(second), 5);
      onTestFinished(() => clearInterval(seconds));
      ticker.on('error', reject);
      ticker.on('connect', () => {
        ticker.subscribe([408065, 256265]);
        ticker.setMode(ticker.modeFull, [408065, 256265]);
      });
      ticker.on('ticks', (some) => {
        ticks.push(...some);
        if (ticks.filter(({ instrument_token: token }) => token === 408065).length >= 3) resolve();
      });
      ticker.connect();
    });
    expect(ticks.find(({ instrument_token: token, mode }) => token === 256265 && mode === 'full')).toMatchObject({
      tradable: false,
      exchange_timestamp: expect.any(Date) as Date,
    });
    const infy = ticks.findLast(({ instrument_token: token }) => token === 408065);
    expect(infy).toMatchObject({
      tradable: true,
      mode: 'full',
      oi: 0,
      depth: { buy: { length: 5 }, sell: { length: 5 } },
    });
    const { body } = await rig.json('/quote/ohlc?i=NSE:INFY');
    expect(infy).toMatchObject({
      ohlc: { open: (body.data as Record<string, { ohlc: { open: number } }>)['NSE:INFY']?.ohlc.open },
    });
  });
});

describe('times of the kiteconnect client', () => {
  it.each([
    ['America/New_York', 300],
    ['Asia/Kolkata', -330],
    ['Pacific/Auckland', -780],
  ])('are Indian times on a host in %s', async (zone, offset) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    onTestFinished(() => {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    });
    expect(new Date(noon).getTimezoneOffset()).toBe(offset);
    const rig = await startKiteRig([], { speed: 0 });
    const { body } = await rig.json('/quote?i=NSE:INFY');
    expect(body.data).toMatchObject({ 'NSE:INFY': { timestamp: '2026-11-20 12:00:00' } });
    const path = '/instruments/historical/408065/60minute?from=2026-11-19+00:00:00&to=2026-11-19+10:15:00';
    const { candles } = (await rig.json(path)).body.data as { candles: [string][] };
    expect(candles.map(([at]) => at)).toEqual(['2026-11-19T09:15:00+0530', '2026-11-19T10:15:00+0530']);
  });
});
