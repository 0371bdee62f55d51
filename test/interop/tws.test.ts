import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatCompactDate } from '../../src/simulators/tws/wire/times.js';
import { findRequirement, titled } from '../requirements.js';
import { duringSession, startGateway, market } from '../simulators/tws/tws-rig.js';

// Third-party clients must work with the simulated gateway.

const python = findRequirement('python');
const instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;

type Bar = readonly [string, number, number, number, number, number, number, number];

async function runClient<T>(script: string, serverVersion: number): Promise<T> {
  const { port } = await startGateway({ serverVersion });
  const path = join(import.meta.dirname, script);
  const { stdout } = await promisify(execFile)(python.path, [path, String(port)], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as T;
}

/** Closes, volumes and averages of bars, directly from the market. */
function getMarketBars(barSize: '1 day' | '5 mins' | '30 mins', what: 'TRADES' | 'MIDPOINT', from: string, to: string) {
  const window = { start: Date.parse(from), end: Date.parse(to) };
  const found = market.bars({ instrument, barSize, priceType: what, window, now: duringSession });
  if (!found.found) expect.fail('no bars');
  const { ts, close, volume, wap } = found.value.columns;
  return { starts: [...ts], closes: [...close], volumes: [...volume], averages: [...wap] };
}

const chain = market.chain(instrument, duringSession);
const listed = chain.found ? chain.value : [];

interface IbAsyncResult {
  readonly version: number;
  readonly account: readonly string[];
  readonly values: number;
  readonly positions: number;
  readonly conIds: readonly number[];
  readonly zone: string;
  readonly longName: string;
  readonly exchanges: readonly string[];
  readonly expiries: readonly string[];
  readonly strikes: readonly number[];
  readonly days: readonly Bar[];
  readonly minutes: readonly Bar[];
  readonly index: readonly Bar[];
  readonly head: string;
  readonly greeks: readonly number[];
  readonly quote: readonly number[];
  readonly openInterest: number;
  readonly missing: number;
  readonly time: string;
  readonly errors: readonly (readonly [number, number])[];
}

interface IbapiResult {
  readonly version: number;
  readonly conId: number;
  readonly longName: string;
  readonly zone: string;
  readonly stockType: string;
  readonly minSize: number;
  readonly options: readonly (readonly [number, number, string])[];
  readonly exchanges: readonly string[];
  readonly days: readonly Bar[];
  readonly halves: readonly Bar[];
  readonly head: string;
  readonly ticks: readonly (readonly number[])[];
  readonly unknown: readonly number[];
  readonly summary: number;
  readonly samples: readonly number[];
}

describe.skipIf(python.missing)(titled('Python clients of the TWS simulator', python), () => {
  test.each([176, 193])('ib_async works at version %i', async (serverVersion) => {
    const seen = await runClient<IbAsyncResult>('tws_ib_async.py', serverVersion);
    expect(seen).toMatchObject({
      version: Math.min(serverVersion, 178),
      account: ['DU1234567'],
      positions: 0,
      zone: 'US/Eastern',
      longName: 'Apple Inc',
      head: '1990-01-02T14:30:00+00:00',
      missing: 0,
      time: '2026-11-18T16:00:00+00:00',
    });
    expect(seen.values).toBeGreaterThan(10);
    expect(seen.conIds.slice(0, 2)).toEqual([265598, 13455763]);
    expect(seen.exchanges[0]).toBe('SMART');
    expect(seen.expiries).toEqual([...new Set(listed.map(({ expiry }) => formatCompactDate(expiry)))].sort());
    expect(seen.strikes).toEqual([...new Set(listed.map(({ strike }) => strike))].sort((a, b) => a - b));
    const days = getMarketBars('1 day', 'TRADES', '2026-11-12T05:00:00Z', '2026-11-18T05:00:00Z');
    expect(seen.days).toHaveLength(5);
    expect(seen.days.slice(0, 4).map(([, , , , close]) => close)).toEqual(days.closes);
    const minutes = getMarketBars('5 mins', 'TRADES', '2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z');
    expect(seen.minutes.map(([date]) => Date.parse(date))).toEqual(minutes.starts);
    expect(seen.minutes.map(([, , , , , volume]) => volume)).toEqual(minutes.volumes);
    expect(seen.minutes.map((bar) => bar[6])).toEqual(minutes.averages);
    expect(seen.index).toHaveLength(2);
    const found = market.optionQuote(instrument, { expiry: '2026-12-18', strike: 270, right: 'C' }, duringSession);
    const quote = (found.found ? found.value : null) ?? expect.fail('no quote');
    expect(seen.quote).toEqual([quote.bid, quote.ask, quote.last]);
    expect(seen.openInterest).toBe(quote.openInterest);
    expect(seen.greeks[0]).toBeCloseTo(quote.impliedVolatility, 7);
    expect(seen.greeks[2]).toBe(quote.underlyingPrice);
    expect(seen.errors.map(([, code]) => code)).toEqual([200]);
  });

  test.each([176, 178, 186, 193])('the ibapi package works at version %i', async (serverVersion) => {
    const seen = await runClient<IbapiResult>('tws_ibapi.py', serverVersion);
    expect(seen).toMatchObject({
      version: serverVersion,
      conId: 265598,
      longName: 'Apple Inc',
      zone: 'US/Eastern',
      stockType: 'COMMON',
      minSize: 0.0001,
      head: '19900102-14:30:00',
      unknown: [200],
      summary: 1,
      samples: [1],
    });
    const calls = listed.filter(({ expiry, right }) => expiry === '2026-12-18' && right === 'C');
    expect(seen.options.map(([, strike]) => strike)).toEqual(calls.map(({ strike }) => strike));
    expect(new Set(seen.options.map(([, , expiry]) => expiry))).toEqual(new Set(['20261218']));
    expect(seen.exchanges[0]).toBe('SMART');
    const days = getMarketBars('1 day', 'TRADES', '2026-11-12T05:00:00Z', '2026-11-18T05:00:00Z');
    expect(seen.days.map(([date]) => date)).toEqual(['20261112', '20261113', '20261116', '20261117', '20261118']);
    expect(seen.days.slice(0, 4).map(([, , , , close]) => close)).toEqual(days.closes);
    const halves = getMarketBars('30 mins', 'MIDPOINT', '2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z');
    expect(seen.halves.map(([date]) => Number(date) * 1000)).toEqual(halves.starts);
    expect(seen.halves.map(([, , , , close]) => close)).toEqual(halves.closes);
    expect(seen.ticks.map(([type]) => type)).toEqual(expect.arrayContaining([1, 2, 4, 10, 11, 12, 13]));
  });
});
