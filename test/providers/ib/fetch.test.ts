import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { isIntraday } from '../../../src/core/tables/bars.js';
import { day, hour } from '../../../src/core/time/time.js';
import type { CallParameters } from '../../../src/core/request.js';
import type { Instrument } from '../../../src/core/series.js';
import type { Action } from '../../../src/config/scenario/scenario.js';
import {
  afterClose,
  apple,
  barsRequest,
  getDayWindow,
  duringSession,
  market,
  nearTheMoney,
  actOnRequest,
  openRig,
  optionBarsRequest,
  pointRequest,
  expectRows,
  snapshotRequest,
} from './rig.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const dayWindow = getDayWindow('2026-11-17');
const errorAction = (code: string, message: string | null = null): Action => ({
  kind: 'error',
  code,
  message,
  status: null,
});

describe('bars', () => {
  const australian: Instrument = { symbol: 'BHP', kind: 'stock', exchange: 'ASX', currency: 'AUD', calendar: 'XASX' };
  const indian: Instrument = { symbol: 'INFY', kind: 'stock', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' };

  // Each pair of dates spans a daylight saving change somewhere.
  it.each([
    [apple, '2026-10-30', '2026-11-03'],
    [apple, '2026-03-06', '2026-03-10'],
    [australian, '2026-10-02', '2026-10-07'],
    [australian, '2026-04-01', '2026-04-08'],
    [indian, '2026-11-02', '2026-11-05'],
  ])('equal those of the market across a daylight saving change: %o from %s to %s', async (instrument, from, to) => {
    const rig = await openRig();
    const calendar = requireCalendar(instrument.calendar);
    const window = { start: calendar.startOf(from), end: calendar.startOf(to) };
    for (const barSize of ['5 mins', '1 hour', '1 day'] as const) {
      const expected = market.bars({ instrument, barSize, priceType: 'TRADES', window, now: rig.clock.now() });
      if (!expected.found) throw new Error(expected.reason);
      const { rows, answeredWindow } = expectRows(
        await rig.provider.fetch(barsRequest(window, barSize, instrument), createFetchContext()),
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(answeredWindow).toEqual(window);
      if (rows.dataset !== 'equity_bars') throw new Error(rows.dataset);
      expect([...rows.columns.ts]).toEqual([...expected.value.columns.ts]);
      expect([...rows.columns.session]).toEqual([...expected.value.columns.session]);
      expect([...rows.columns.close]).toEqual([...expected.value.columns.close]);
    }
  });

  it('describe each call with the terms that the gateway gets', async () => {
    const rig = await openRig();
    const asked: CallParameters[] = [];
    const context = createFetchContext();
    const calls = { ...context.calls, describe: (call: CallParameters) => void asked.push(call) };
    await rig.provider.fetch(barsRequest(dayWindow, '1 hour'), { ...context, calls });
    await rig.provider.fetch(pointRequest('quotes'), { ...context, calls });
    const contract = { symbol: 'AAPL', sec_type: 'STK', exchange: 'SMART', currency: 'USD' };
    expect(asked).toEqual([
      {
        ...contract,
        ...{
          end: expect.stringContaining('20261117') as unknown,
          duration: expect.stringMatching(/^\d+ [SD]$/) as unknown,
        },
        ...{ bar_size: '1 hour', what: 'TRADES', use_rth: true },
      },
      { ...contract, market_data_type: 'live' },
    ]);
  });

  it('of MIDPOINT have prices but no volume, average or count', async () => {
    const rig = await openRig();
    const request = barsRequest(dayWindow, '1 hour');
    if (request.series.dataset !== 'equity_bars') throw new Error('not bars');
    const midpointRequest = { ...request, series: { ...request.series, priceType: 'MIDPOINT' as const } };
    const { rows } = expectRows(await rig.provider.fetch(midpointRequest, createFetchContext()));
    if (rows.dataset !== 'equity_bars') throw new Error(rows.dataset);
    expect(rows.columns.close.every((value) => value > 0)).toBe(true);
    expect([...rows.columns.volume, ...rows.columns.wap, ...rows.columns.bar_count].every(Number.isNaN)).toBe(true);
  });

  it.each([0.02, 0.5, 0.9, 0.99])(
    'truncated once to %d of the response are completed by a second request',
    async (keep) => {
      for (const barSize of ['1 min', '1 day'] as const) {
        const rig = await openRig({ engine: actOnRequest('historical', { kind: 'truncate', keepFraction: keep }, 1) });
        const window = isIntraday(barSize) ? dayWindow : { start: dayWindow.start - 300 * day, end: dayWindow.end };
        const { rows, answeredWindow } = expectRows(
          await rig.provider.fetch(barsRequest(window, barSize), createFetchContext()),
        );
        const sessions = requireCalendar('XNYS').sessions('2026-01-21', '2026-11-18');
        expect(rows.length).toBe(isIntraday(barSize) ? 390 : sessions.length);
        expect(answeredWindow).toEqual(window);
        expect(rig.gateway.statistics().requests).toMatchObject({ historical: 2 });
      }
    },
  );

  it.each([0.02, 0.5])(
    'truncated every time to %d of the response are answered only up to their last bar',
    async (keep) => {
      let isTruncating = true;
      const rig = await openRig({
        engine: {
          actionsFor: () => (isTruncating ? [{ kind: 'truncate', keepFraction: keep }] : []),
          timedActions: () => [],
        },
      });
      for (const barSize of ['1 min', '1 day'] as const) {
        const window = isIntraday(barSize) ? dayWindow : { start: dayWindow.start - 300 * day, end: dayWindow.end };
        isTruncating = true;
        const { rows, answeredWindow } = expectRows(
          await rig.provider.fetch(barsRequest(window, barSize), createFetchContext()),
        );
        isTruncating = false;
        if (rows.dataset !== 'equity_bars' || answeredWindow === null) throw new Error(rows.dataset);
        const last = rows.columns.ts.at(-1) ?? NaN;
        expect(answeredWindow.start).toBe(window.start);
        expect(answeredWindow.end).toBeGreaterThan(last);
        expect(answeredWindow.end).toBeLessThanOrEqual(last + (isIntraday(barSize) ? 60_000 : day));
        const rest = { start: answeredWindow.end, end: window.end };
        const whole = expectRows(await rig.provider.fetch(barsRequest(rest, barSize), createFetchContext()));
        expect(whole.answeredWindow?.end).toBe(rest.end);
      }
    },
  );

  it.each<[string, Action, object]>([
    ['no data', { kind: 'empty' }, { kind: 'empty' }],
    [
      'a pacing violation',
      errorAction('162', 'x: API historical data pacing violation'),
      { failure: { kind: 'pacing', retryAfter: 15_000 } },
    ],
    [
      'missing permissions',
      errorAction('162', 'x: No market data permissions for NYSE STK'),
      { failure: { kind: 'denied' } },
    ],
    [
      'an invalid request',
      errorAction('321', 'Error validating request'),
      { failure: { kind: 'invalid', code: '321' } },
    ],
    ['too many messages', errorAction('100'), { failure: { kind: 'pacing', code: '100' } }],
    ['a server error', errorAction('322'), { failure: { kind: 'retryable', code: '322' } }],
    ['an unknown contract', errorAction('200'), { failure: { kind: 'invalid', code: '200' } }],
  ])('return the matching outcome when the gateway reports %s', async (_, action, expected) => {
    const rig = await openRig({ engine: actOnRequest('historical', action) });
    expect(await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).toMatchObject(expected);
  });

  it('are delayed longer after each consecutive pacing violation', async () => {
    const rig = await openRig({ engine: actOnRequest('historical', errorAction('162', 'pacing violation'), 5) });
    const delays: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = await rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
      delays.push(outcome.kind === 'failure' && 'retryAfter' in outcome.failure ? outcome.failure.retryAfter : null);
    }
    expect(delays).toEqual([15_000, 60_000, 180_000, 600_000, 600_000]);
    expect((await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).kind).toBe('rows');
    expect(rig.notices.filter(({ kind }) => kind === 'pacing-violation')).toHaveLength(5);
  });

  it('are cancelled at the gateway when the signal aborts', async () => {
    const rig = await openRig({ engine: actOnRequest('historical', { kind: 'no-response' }, 1) });
    const controller = new AbortController();
    const pending = rig.provider.fetch(barsRequest(dayWindow), createFetchContext(controller.signal));
    await expect.poll(() => rig.gateway.statistics().openHistorical.now).toBe(1);
    controller.abort();
    expect(await pending).toMatchObject({ failure: { kind: 'retryable' } });
    await expect.poll(() => rig.gateway.statistics().openHistorical.now).toBe(0);
    expect((await rig.provider.fetch(barsRequest(dayWindow), createFetchContext())).kind).toBe('rows');
  });

  it('of one second that are ten months old are unavailable', async () => {
    const rig = await openRig();
    const open = requireCalendar('XNYS').sessions('2026-01-05', '2026-01-06')[0]?.open ?? 0;
    expect(
      await rig.provider.fetch(barsRequest({ start: open, end: open + 1_800_000 }, '1 secs'), createFetchContext()),
    ).toMatchObject({
      failure: { kind: 'unavailable' },
    });
  });

  it('of a session in progress are answered until now, also when the gateway reports no data', async () => {
    const rig = await openRig({ engine: actOnRequest('historical', { kind: 'empty' }, 1) });
    const today = getDayWindow('2026-11-18');
    const first = await rig.provider.fetch(barsRequest(today, '15 mins'), createFetchContext());
    expect(first).toMatchObject({ kind: 'rows', rows: { length: 0 }, answeredWindow: { start: today.start } });
    const { rows, answeredWindow } = expectRows(
      await rig.provider.fetch(barsRequest(today, '15 mins'), createFetchContext()),
    );
    expect(rows.length).toBe(6);
    expect(answeredWindow).toEqual({ start: today.start, end: duringSession });
  });
});

describe('bars of options', () => {
  const [listed = { expiry: '', strike: 0, right: 'C' as const, conId: null }] = nearTheMoney(1);
  const unknown = { ...listed, strike: listed.strike + 0.37 };

  it('of a strike that is not listed report the option as unlisted', async () => {
    const rig = await openRig();
    expect(await rig.provider.fetch(optionBarsRequest(unknown, dayWindow), createFetchContext())).toEqual({
      kind: 'empty',
      unlisted: [unknown],
    });
    expect((await rig.provider.fetch(optionBarsRequest(listed, dayWindow, '1 hour'), createFetchContext())).kind).toBe(
      'rows',
    );
  });

  it('of an expired option are unavailable', async () => {
    const expired = { ...listed, expiry: '2026-09-18' };
    const rig = await openRig();
    expect(
      await rig.provider.fetch(optionBarsRequest(expired, getDayWindow('2026-09-15')), createFetchContext()),
    ).toMatchObject({
      failure: { kind: 'unavailable' },
    });
    const soon = await openRig({ engine: actOnRequest('historical', { kind: 'expired' }) });
    expect(await soon.provider.fetch(optionBarsRequest(listed, dayWindow), createFetchContext())).toMatchObject({
      failure: { kind: 'unavailable' },
    });
  });

  it('of an ambiguous option look up its number once', async () => {
    let errors = 1;
    const rig = await openRig({
      engine: {
        actionsFor: (event) =>
          event.kind === 'request' && event.request === 'historical' && errors-- > 0
            ? [errorAction('200', 'The contract description specified for AAPL is ambiguous.')]
            : [],
        timedActions: () => [],
      },
    });
    expect((await rig.provider.fetch(optionBarsRequest(listed, dayWindow, '1 hour'), createFetchContext())).kind).toBe(
      'rows',
    );
    expect((await rig.provider.fetch(optionBarsRequest(listed, dayWindow, '1 day'), createFetchContext())).kind).toBe(
      'rows',
    );
    expect(rig.gateway.statistics().requests).toMatchObject({ 'contract-details': 1, historical: 3 });
  });
});

describe('snapshots of options', () => {
  const contracts = nearTheMoney(12);
  const missing = {
    ...contracts[0],
    expiry: contracts[0]?.expiry ?? '',
    strike: 1.37,
    right: 'C' as const,
    conId: null,
  };

  it('return a row per listed option, report the others as unlisted and release every line', async () => {
    const rig = await openRig();
    const outcome = expectRows(
      await rig.provider.fetch(snapshotRequest([...contracts, missing]), createFetchContext()),
    );
    expect(outcome.unlisted).toEqual([missing]);
    const { rows } = outcome;
    if (rows.dataset !== 'option_snapshots') throw new Error(rows.dataset);
    expect(rows.length).toBe(12);
    expect(rows.columns.open_interest.every((value) => value >= 0)).toBe(true);
    expect(rows.columns.provider_iv.every((value) => value > 0 && value < 5)).toBe(true);
    expect(rows.columns.underlying_price.every((value) => value > 0)).toBe(true);
    expect(rows.columns.delayed.every((value) => value === 0)).toBe(true);
    await expect.poll(() => rig.gateway.statistics().lines.now).toBe(0);
  });

  it('omit an option without a response and emit a notice', async () => {
    const rig = await openRig({ engine: actOnRequest('market-data', { kind: 'no-response' }, 1) });
    const pending = rig.provider.fetch(snapshotRequest(contracts), createFetchContext());
    await expect.poll(() => rig.gateway.statistics()).toMatchObject({ requests: { 'market-data': 12 } });
    // Only the line of the option without a response is still open.
    await expect.poll(() => rig.gateway.statistics().lines.now).toBe(1);
    rig.clock.skip(hour);
    const outcome = expectRows(await pending);
    expect(outcome.rows.length).toBe(11);
    expect(outcome.note).toMatch(/^no market data for 1 of 12 options of AAPL: no market data within/);
    expect(rig.notices.at(-1)).toMatchObject({ kind: 'no-answer' });
  });

  it('fail as retryable when no option gets a response', async () => {
    const rig = await openRig({ engine: actOnRequest('market-data', { kind: 'no-response' }) });
    const pending = rig.provider.fetch(snapshotRequest(contracts), createFetchContext());
    await expect.poll(() => rig.gateway.statistics()).toMatchObject({ requests: { 'market-data': 12 } });
    rig.clock.skip(hour);
    expect(await pending).toMatchObject({
      failure: { kind: 'retryable', code: 'no-answer' },
    });
  });

  it.each(['354', '10168', '10186'])('are denied when the gateway reports error %s', async (code) => {
    const rig = await openRig({ engine: actOnRequest('market-data', errorAction(code)) });
    expect(await rig.provider.fetch(snapshotRequest(contracts), createFetchContext())).toMatchObject({
      failure: { kind: 'denied', code },
    });
  });

  it('fail as pacing for three minutes and emit a notice while another session receives the data', async () => {
    const rig = await openRig({ engine: actOnRequest('market-data', errorAction('10197')) });
    expect(await rig.provider.fetch(snapshotRequest(contracts), createFetchContext())).toMatchObject({
      failure: { kind: 'pacing', retryAfter: 180_000 },
    });
    expect(rig.notices.at(-1)).toMatchObject({
      kind: 'competing-session',
      message: expect.stringMatching(/IB error 10197: .*; log out of the other TWS/) as string,
    });
  });
});

describe('quotes', () => {
  it('equal those of the market during and after the session', async () => {
    for (const at of [duringSession, afterClose]) {
      const rig = await openRig({ at });
      const { rows } = expectRows(await rig.provider.fetch(pointRequest('quotes'), createFetchContext()));
      if (rows.dataset !== 'quotes') throw new Error(rows.dataset);
      const expected = market.quote(apple, at);
      if (!expected.found || expected.value === null) throw new Error('no quote');
      expect(rows.columns.close[0]).toBeCloseTo(expected.value.previousClose ?? NaN, 6);
      expect(Math.abs((rows.columns.last[0] ?? NaN) / expected.value.last - 1)).toBeLessThan(0.01);
      expect(rows.columns.delayed[0]).toBe(0);
    }
  });

  it.each([true, false])('without a subscription are delayed or denied (allowDelayed: %s)', async (allowDelayed) => {
    const rig = await openRig({
      engine: actOnRequest('market-data', errorAction('10167')),
      settings: { allowDelayed },
    });
    const outcome = await rig.provider.fetch(pointRequest('quotes'), createFetchContext());
    if (!allowDelayed) {
      expect(outcome).toMatchObject({ failure: { kind: 'denied' } });
      return;
    }
    const { rows } = expectRows(outcome);
    if (rows.dataset !== 'quotes') throw new Error(rows.dataset);
    expect(rows.columns.delayed[0]).toBe(1);
    expect(rig.notices.at(-1)).toMatchObject({ kind: 'delayed-data' });
  });
});

it.each([176, 182, 186, 193])(
  'answers every kind of request through a gateway of server version %i',
  async (serverVersion) => {
    const rig = await openRig({ simulator: { serverVersion } });
    for (const request of [
      pointRequest('contracts'),
      pointRequest('chains'),
      pointRequest('quotes'),
      barsRequest(dayWindow, '1 hour'),
      snapshotRequest(nearTheMoney(2)),
    ]) {
      expect(expectRows(await rig.provider.fetch(request, createFetchContext())).rows.length).toBeGreaterThan(0);
    }
    expect(rig.notices.filter(({ kind }) => kind !== 'connected')).toEqual([]);
  },
);
