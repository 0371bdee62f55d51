import { describe, expect, it } from 'vitest';
import { sharedDumps } from '../../../../src/simulators/kite/instruments/instrument-dump.js';
import { market, noon, startKiteRig } from '../kite-rig.js';
import type { KiteRig } from '../kite-rig.js';

type Row = readonly [string, number, number, number, number, number, number?];

async function candles(
  rig: KiteRig,
  token: number,
  interval: string,
  fields: Record<string, string>,
): Promise<readonly Row[]> {
  const query = new URLSearchParams(fields).toString();
  const { status, body } = await rig.json(`/instruments/historical/${token}/${interval}?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.data as { candles: readonly Row[] }).candles;
}

async function complaint(rig: KiteRig, path: string): Promise<string> {
  const { status, body } = await rig.json(`/instruments/historical/${path}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: 'error', data: null, error_type: 'InputException' });
  return body.message ?? '';
}

/** Returns the token of an NSE contract. */
function tokenOf(symbol: string): number {
  return sharedDumps(market)(noon).byKey(`NFO:${symbol}`)?.token ?? NaN;
}

const infy = 408065;
const nifty = 256265;

describe('candles', () => {
  it('have the documented format, with both ends inclusive', async () => {
    const rig = await startKiteRig();
    const rows = await candles(rig, infy, 'minute', { from: '2026-11-19 09:15:00', to: '2026-11-19 09:20:00' });
    expect(rows.map(([at]) => at)).toEqual(
      ['15', '16', '17', '18', '19', '20'].map((minute) => `2026-11-19T09:${minute}:00+0530`),
    );
    for (const row of rows) {
      expect(row.length).toBe(6);
      const [, open, high, low, close, volume] = row;
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(volume).toBeGreaterThan(0);
      for (const price of [open, high, low, close])
        expect(Math.abs(price * 20 - Math.round(price * 20))).toBeLessThan(1e-6);
    }
  });

  it('of every interval begin with the session and are consistent with minutes', async () => {
    const rig = await startKiteRig();
    const day = { from: '2026-11-19 00:00:00', to: '2026-11-19 23:59:59' };
    const [daily] = await candles(rig, infy, 'day', day);
    expect(daily?.[0]).toBe('2026-11-19T00:00:00+0530');
    for (const [interval, count] of [
      ['minute', 375],
      ['3minute', 125],
      ['5minute', 75],
      ['10minute', 38],
      ['15minute', 25],
      ['30minute', 13],
      ['60minute', 7],
    ] as const) {
      const rows = await candles(rig, infy, interval, day);
      expect(rows.length, interval).toBe(count);
      expect(rows[0]?.[0]).toBe('2026-11-19T09:15:00+0530');
      expect(rows[0]?.[1]).toBe(daily?.[1]);
      expect(Math.max(...rows.map((row) => row[2]))).toBe(daily?.[2]);
      expect(Math.min(...rows.map((row) => row[3]))).toBe(daily?.[3]);
      expect(rows.at(-1)?.[4]).toBe(daily?.[4]);
      expect(rows.reduce((sum, row) => sum + row[5], 0)).toBe(daily?.[5]);
    }
  });

  it('have no volume for an index, and volume in units and requested open interest for a contract', async () => {
    const rig = await startKiteRig();
    const week = { from: '2026-11-16', to: '2026-11-19' };
    for (const row of await candles(rig, nifty, 'day', week)) expect(row[5]).toBe(0);
    for (const row of await candles(rig, infy, 'day', { ...week, oi: '1' })) expect(row[6]).toBe(0);
    for (const symbol of ['NIFTY26DEC26000PE', 'NIFTY26DECFUT']) {
      const token = tokenOf(symbol);
      const rows = await candles(rig, token, 'day', { ...week, oi: '1' });
      expect(rows.length).toBe(4);
      for (const row of rows) {
        expect(row.length).toBe(7);
        expect(row[6]).toBeGreaterThan(0);
        expect((row[6] ?? 1) % 65).toBe(0);
        expect(row[5]).toBeGreaterThan(0);
      }
      const quote = await rig.json(`/quote?i=NFO:${symbol}`);
      const [today] = await candles(rig, token, 'day', { from: '2026-11-20', to: '2026-11-20', oi: '1' });
      expect(today?.[6]).toBe((quote.body.data as Record<string, { oi: number }>)[`NFO:${symbol}`]?.oi);
    }
  });

  it('include the unfinished candle', async () => {
    const rig = await startKiteRig([], { at: noon + 150_500, speed: 0 });
    const today = { from: '2026-11-20 11:59:00', to: '2026-11-20 23:00:00' };
    const rows = await candles(rig, infy, 'minute', today);
    expect(rows.map(([at]) => at.slice(11, 16))).toEqual(['11:59', '12:00', '12:01', '12:02']);
    const [day] = await candles(rig, infy, 'day', { from: '2026-11-20', to: '2026-11-20' });
    const quote = (await rig.json('/quote?i=NSE:INFY')).body.data as Record<
      string,
      { last_price: number; volume: number; ohlc: { open: number; high: number; low: number } }
    >;
    const { last_price: last, volume, ohlc } = quote['NSE:INFY'] ?? { last_price: 0, volume: 0, ohlc: null };
    expect(day).toEqual(['2026-11-20T00:00:00+0530', ohlc?.open, ohlc?.high, ohlc?.low, last, volume]);
    expect(rows.at(-1)?.[4]).toBe(last);
  });

  it('are empty outside trading hours', async () => {
    const rig = await startKiteRig();
    expect(await candles(rig, infy, 'minute', { from: '2026-11-21 00:00:00', to: '2026-11-22 23:00:00' })).toEqual([]);
    expect(await candles(rig, infy, 'day', { from: '2030-01-01 00:00:00', to: '2030-02-01 00:00:00' })).toEqual([]);
  });

  it('of futures support continuous daily data', async () => {
    const rig = await startKiteRig();
    const token = tokenOf('NIFTY26NOVFUT');
    const year = { from: '2025-11-20', to: '2026-11-19', continuous: '1' };
    const rows = await candles(rig, token, 'day', year);
    const spot = await candles(rig, nifty, 'day', { from: '2025-11-20', to: '2026-11-19' });
    expect(rows.length).toBe(spot.length);
    rows.forEach((row, index) => {
      const ratio = row[4] / (spot[index]?.[4] ?? NaN);
      expect(ratio).toBeGreaterThan(0.999);
      expect(ratio).toBeLessThan(1.007);
    });
    expect(await complaint(rig, `${token}/minute?from=2026-11-19&to=2026-11-19&continuous=1`)).toContain('continuous');
    expect(await complaint(rig, `${infy}/day?from=2026-11-19&to=2026-11-19&continuous=1`)).toContain('continuous');
  });

  it('are limited to the maximum days of one request', async () => {
    const rig = await startKiteRig();
    for (const [interval, days] of [
      ['minute', 60],
      ['3minute', 100],
      ['5minute', 100],
      ['10minute', 100],
      ['15minute', 200],
      ['30minute', 200],
      ['60minute', 400],
      ['day', 2000],
    ] as const) {
      const from = (more: number): string =>
        new Date(Date.UTC(2026, 10, 20) - (days + more) * 86_400_000).toISOString().slice(0, 10);
      const rows = await candles(rig, nifty, interval, { from: `${from(0)} 09:15:00`, to: '2026-11-20 09:15:00' });
      expect(rows.length).toBeGreaterThan(days / 2);
      const message = await complaint(rig, `${nifty}/${interval}?from=${from(1)}+09:15:00&to=2026-11-20+09:15:00`);
      expect(message).toBe(`interval exceeds max limit: ${days} days`);
    }
  });

  it('are rejected with the problem of an invalid request', async () => {
    const rig = await startKiteRig();
    const span = 'from=2026-11-19+09:15:00&to=2026-11-19+15:30:00';
    expect(await complaint(rig, `408065/2minute?${span}`)).toBe('invalid interval');
    expect(await complaint(rig, `408065/hour?${span}`)).toBe('invalid interval');
    expect(await complaint(rig, `7/day?${span}`)).toBe('invalid token');
    expect(await complaint(rig, `INFY/day?${span}`)).toBe('invalid token');
    for (const from of ['', 'from=', 'from=2026-13-01', 'from=2026-11-31', 'from=19-11-2026', 'from=yesterday']) {
      expect(await complaint(rig, `408065/day?${from}&to=2026-11-19`)).toBe('invalid from date');
    }
    for (const to of ['', 'to=2026-11-19T25:00:00', 'to=1700000000']) {
      expect(await complaint(rig, `408065/day?from=2026-11-19&${to}`)).toBe('invalid to date');
    }
    expect(await complaint(rig, '408065/day?from=2026-11-20&to=2026-11-19')).toContain('from date');
    expect(await complaint(rig, `408065/day?${span}&oi=2`)).toBe('invalid oi flag');
  });

  it('of an expired option are not available', async () => {
    const rig = await startKiteRig();
    const token = tokenOf('NIFTY26NOV26000CE');
    const path = `${token}/day?from=2026-11-01&to=2026-11-30`;
    expect((await rig.json(`/instruments/historical/${path}`)).status).toBe(200);
    rig.setMarketTime(Date.parse('2026-11-24T09:00:00+05:30'));
    await rig.login();
    expect(await complaint(rig, path)).toBe('invalid token');
  });
});
