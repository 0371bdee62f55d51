import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findRequirement, titled } from '../requirements.js';
import { apiKey, apiSecret, startKiteRig } from '../simulators/kite/kite-rig.js';

const python = findRequirement('python');

test.skipIf(python.missing)(titled("Python's kiteconnect works with the Kite simulator", python), async () => {
  const rig = await startKiteRig([], { speed: 20 });
  const page = await (await fetch(`${rig.baseUrl}/connect/login?v=3&api_key=${apiKey}`, { method: 'POST' })).text();
  const requestToken = /<code>(\w+)<\/code>/.exec(page)?.[1] ?? '';
  const script = join(import.meta.dirname, 'kite_client.py');
  // Times are Indian whatever the zone of the host.
  const env = { ...process.env, TZ: 'America/New_York' };
  const parts = [script, rig.baseUrl, rig.tickerUrl, apiKey, apiSecret, requestToken];
  const { stdout } = await promisify(execFile)(python.path, parts, { maxBuffer: 1 << 26, env });
  const found: unknown = JSON.parse(stdout);
  expect(found).toMatchObject({
    user: 'SIM001',
    login_time: expect.stringMatching(/^2026-11-20 12:\d\d:\d\d$/) as string,
    profile: 'SIM001',
    margins: 1_000_000,
    holdings: [],
    positions: { net: [], day: [] },
    orders: [],
    trades: [],
    nifty: 256265,
    expiry: '2026-11-23',
    lots: [65],
    ltp: { 'NSE:INFY': { instrument_token: 408065 }, '256265': { instrument_token: 256265 } },
    ohlc: ['BSE:SENSEX', 'NSE:INFY'],
    timestamp: expect.stringMatching(/^2026-11-20 12:\d\d:\d\d$/) as string,
    depth: 5,
    index: ['instrument_token', 'last_price', 'net_change', 'ohlc', 'timestamp'],
    candles: 25,
    first: '2026-11-19T09:15:00+05:30',
    candle_oi: 0,
    errors: {
      span: ['InputException', 400, 'interval exceeds max limit: 60 days'],
      order: ['OrderException', 400, 'This is a simulator of market data: it takes no orders.'],
      many: ['InputException', 400, 'Too many tokens requested. Max permitted is 1000.'],
    },
    ticked: true,
    full: [256265, 408065],
    share: { levels: 5, oi: 0, ordered: true },
    logged_out: [403, 'Incorrect `api_key` or `access_token`.'],
  });
  expect(Object.keys((found as { ltp: object }).ltp)).not.toContain('NSE:NOSUCH');
  expect((found as { instruments: number }).instruments).toBeGreaterThan(105_000);
});
