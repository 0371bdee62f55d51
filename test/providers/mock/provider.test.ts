import { describe, expect, it } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { Instrument } from '../../../src/core/series.js';
import type { Request } from '../../../src/core/request.js';
import { day } from '../../../src/core/time/time.js';
import { mockLimits, createMockProvider } from '../../../src/providers/mock/provider.js';
import type { MockProviderDeps } from '../../../src/providers/mock/provider.js';
import { complianceSuite } from '../compliance-suite.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const now = Date.parse('2026-11-18T17:00:00Z');
const apple: Instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
const settings = { seed: 1, delay: 0, volatility: null, basePrices: {} } as const;

/** A clock that does not advance; `wakeAll` ends its sleeps. */
function createFrozenClock(): Clock & { readonly waits: number[]; wakeAll(): void } {
  const waits: number[] = [];
  const sleepers: (() => void)[] = [];
  return {
    waits,
    wakeAll: () => sleepers.splice(0).forEach((wake) => wake()),
    now: () => now,
    sleepUntil: (instant, signal) =>
      new Promise((resolve, reject) => {
        waits.push(instant);
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
  };
}

function createProvider(overrides: Partial<MockProviderDeps['settings']> = {}, clock: Clock = createFrozenClock()) {
  return createMockProvider({ settings: { ...settings, ...overrides }, calendarOf: getCalendar, clock });
}

function dailyBarsRequest(instrument: Instrument, start: number, end: number): Request {
  const window = { start, end };
  const series = {
    dataset: 'equity_bars',
    provider: 'mock',
    instrument,
    barSize: '1 day',
    priceType: 'TRADES',
    hours: 'rth',
  } as const;
  return { series, window, closes: [window] };
}

complianceSuite('mock', async () => {
  const calendar = getCalendar('XNYS');
  if (calendar === undefined) throw new Error('no calendar');
  return {
    provider: createProvider(),
    limits: mockLimits,
    now,
    instrument: apple,
    calendar,
    unknownInstrument: { ...apple, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired: {
      contract: { expiry: '2026-09-18', strike: 270, right: 'C', conId: null },
      window: { start: calendar.startOf('2026-09-19'), end: calendar.startOf('2026-10-01') },
    },
    stop: async () => undefined,
  };
});

describe('the delay of the mock provider', () => {
  it('equals the setting, and zero causes no sleep', async () => {
    const clock = createFrozenClock();
    const response = createProvider({ delay: 250 }, clock).fetch(
      dailyBarsRequest(apple, now - 7 * day, now),
      createFetchContext(),
    );
    expect(clock.waits).toEqual([now + 250]);
    clock.wakeAll();
    expect((await response).kind).toBe('rows');
    expect(
      (await createProvider({}, clock).fetch(dailyBarsRequest(apple, now - 7 * day, now), createFetchContext())).kind,
    ).toBe('rows');
    expect(clock.waits).toHaveLength(1);
  });

  it('ends at once when the signal aborts', async () => {
    const controller = new AbortController();
    const response = createProvider({ delay: day }).fetch(
      dailyBarsRequest(apple, now - 7 * day, now),
      createFetchContext(controller.signal),
    );
    controller.abort(new Error('cancelled'));
    expect(await response).toMatchObject({ kind: 'failure', failure: { kind: 'retryable' } });
  });
});

describe('the mock provider', () => {
  it('returns empty for the chain of a future', async () => {
    const series = {
      dataset: 'chains',
      provider: 'mock',
      instrument: { ...apple, symbol: 'ES', kind: 'future' },
    } as const;
    expect(await createProvider().fetch({ series, window: null, closes: [] }, createFetchContext())).toEqual({
      kind: 'empty',
    });
  });

  it('fails as invalid for BID bars of an index', async () => {
    const { series, window, closes } = dailyBarsRequest({ ...apple, symbol: 'SPX', kind: 'index' }, now - 7 * day, now);
    if (series.dataset !== 'equity_bars') throw new Error('not bars');
    expect(
      await createProvider().fetch({ series: { ...series, priceType: 'BID' }, window, closes }, createFetchContext()),
    ).toMatchObject({
      kind: 'failure',
      failure: { kind: 'invalid', code: 'no-quotes' },
    });
  });

  it('names an unknown calendar in the failure', async () => {
    expect(
      await createProvider().fetch(
        dailyBarsRequest({ ...apple, calendar: 'XMOON' }, now - 7 * day, now),
        createFetchContext(),
      ),
    ).toMatchObject({
      kind: 'failure',
      failure: { kind: 'invalid', message: expect.stringContaining('XMOON') as string },
    });
  });

  it('answers no part of a future window instead of reporting the window as empty', async () => {
    expect(
      await createProvider().fetch(dailyBarsRequest(apple, now + day, now + 5 * day), createFetchContext()),
    ).toMatchObject({
      kind: 'rows',
      rows: { length: 0 },
      answeredWindow: { start: now + day, end: now + day },
    });
  });

  it('returns equal bars for equal seeds and other bars for another seed', async () => {
    const request = dailyBarsRequest(apple, now - 60 * day, now - day);
    const first = await createProvider().fetch(request, createFetchContext());
    expect(await createProvider().fetch(request, createFetchContext())).toEqual(first);
    expect(await createProvider({ seed: 2 }).fetch(request, createFetchContext())).not.toEqual(first);
  });
});
