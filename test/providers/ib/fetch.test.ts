import { describe, expect, it } from 'vitest';
import { isIntraday } from '../../../src/core/tables/bars.js';
import { day, hour } from '../../../src/core/time/time.js';
import type { Instrument } from '../../../src/core/series.js';
import type { Action } from '../../../src/config/scenario/scenario.js';
import {
  afterClose,
  apple,
  barsRequest,
  requireCalendar,
  getDayWindow,
  duringSession,
  market,
  nearTheMoney,
  never,
  actOnRequest,
  openRig,
  optionBarsRequest,
  pointRequest,
  expectRows,
  snapshot,
} from './rig.js';

const dayWindow = getDayWindow('2026-11-17');
const errorAction = (code: string, message: string | null = null): Action => ({
  kind: 'error',
  code,
  message,
  status: null,
});

describe('bars from the gateway', () => {
  const australian: Instrument = { symbol: 'BHP', kind: 'stock', exchange: 'ASX', currency: 'AUD', calendar: 'XASX' };
  const indian: Instrument = { symbol: 'INFY', kind: 'stock', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' };

  // Each pair lies on both sides of a change of clocks somewhere.
  it.each([
    [apple, '2026-10-30', '2026-11-03'],
    [apple, '2026-03-06', '2026-03-10'],
    [australian, '2026-10-02', '2026-10-07'],
    [australian, '2026-04-01', '2026-04-08'],
    [indian, '2026-11-02', '2026-11-05'],
  ])('are those of the market, whatever clocks do: %o from %s to %s', async (instrument, from, to) => {
    const rig = await openRig();
    const calendar = requireCalendar(instrument.calendar);
    const window = { start: calendar.startOf(from), end: calendar.startOf(to) };
    for (const barSize of ['5 mins', '1 hour', '1 day'] as const) {
      const expected = market.bars({ instrument, barSize, priceType: 'TRADES', window, now: rig.clock.now() });
      if (!expected.found) throw new Error(expected.reason);
      const { rows, answeredWindow } = expectRows(
        await rig.provider.fetch(barsRequest(window, barSize, instrument), never),
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(answeredWindow).toEqual(window);
      if (rows.dataset !== 'equity_bars') throw new Error(rows.dataset);
      expect([...rows.columns.ts]).toEqual([...expected.value.columns.ts]);
      expect([...rows.columns.session]).toEqual([...expected.value.columns.session]);
      expect([...rows.columns.close]).toEqual([...expected.value.columns.close]);
    }
  });

  it('of quotes have no volume', async () => {
    const rig = await openRig();
    const request = barsRequest(dayWindow, '1 hour');
    if (request.series.dataset !== 'equity_bars') throw new Error('not bars');
    const asked = { ...request, series: { ...request.series, what: 'MIDPOINT' as const } };
    const { rows } = expectRows(await rig.provider.fetch(asked, never));
    if (rows.dataset !== 'equity_bars') throw new Error(rows.dataset);
    expect(rows.columns.close.every((value) => value > 0)).toBe(true);
    expect([...rows.columns.volume, ...rows.columns.wap, ...rows.columns.bar_count].every(Number.isNaN)).toBe(true);
  });

  it.each([0.02, 0.5, 0.9, 0.99])('that were cut (%d of them) are claimed no further than they reach', async (keep) => {
    let isCutting = true;
    const rig = await openRig({
      director: {
        actionsFor: () => (isCutting ? [{ kind: 'truncate', keepFraction: keep }] : []),
        timedActions: () => [],
      },
    });
    for (const barSize of ['1 min', '1 day'] as const) {
      const window = isIntraday(barSize) ? dayWindow : { start: dayWindow.start - 300 * day, end: dayWindow.end };
      isCutting = true;
      const { rows, answeredWindow } = expectRows(await rig.provider.fetch(barsRequest(window, barSize), never));
      isCutting = false;
      if (rows.dataset !== 'equity_bars' || answeredWindow === null) throw new Error(rows.dataset);
      const last = rows.columns.ts.at(-1) ?? NaN;
      expect(answeredWindow.start).toBe(window.start);
      expect(answeredWindow.end).toBeGreaterThan(last);
      expect(answeredWindow.end).toBeLessThanOrEqual(last + (isIntraday(barSize) ? 60_000 : day));
      const rest = { start: answeredWindow.end, end: window.end };
      const whole = expectRows(await rig.provider.fetch(barsRequest(rest, barSize), never));
      expect(whole.answeredWindow?.end).toBe(rest.end);
    }
  });

  it.each<[string, Action, object]>([
    ['no data', { kind: 'empty' }, { kind: 'empty' }],
    [
      'the pace',
      errorAction('162', 'x: API historical data pacing violation'),
      { failure: { kind: 'pacing', retryAfter: 15_000 } },
    ],
    ['permissions', errorAction('162', 'x: No market data permissions for NYSE STK'), { failure: { kind: 'denied' } }],
    ['a wrong request', errorAction('321', 'Error validating request'), { failure: { kind: 'invalid', code: '321' } }],
    ['the rate of messages', errorAction('100'), { failure: { kind: 'pacing', code: '100' } }],
    ['a server', errorAction('322'), { failure: { kind: 'retryable', code: '322' } }],
    ['a contract', errorAction('200'), { failure: { kind: 'invalid', code: '200' } }],
  ])('are an outcome when the gateway complains about %s', async (_, action, expected) => {
    const rig = await openRig({ director: actOnRequest('historical', action) });
    expect(await rig.provider.fetch(barsRequest(dayWindow), never)).toMatchObject(expected);
  });

  it('are left alone for longer after each violation of the pace', async () => {
    const rig = await openRig({ director: actOnRequest('historical', errorAction('162', 'pacing violation'), 5) });
    const holds: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = await rig.provider.fetch(barsRequest(dayWindow), never);
      holds.push(outcome.kind === 'failure' && 'retryAfter' in outcome.failure ? outcome.failure.retryAfter : null);
    }
    expect(holds).toEqual([15_000, 60_000, 180_000, 600_000, 600_000]);
    expect((await rig.provider.fetch(barsRequest(dayWindow), never)).kind).toBe('rows');
    expect(rig.notices.filter(({ kind }) => kind === 'pacing-violation')).toHaveLength(5);
  });

  it('that nobody waits for any more are stopped at the gateway', async () => {
    const rig = await openRig({ director: actOnRequest('historical', { kind: 'silence' }, 1) });
    const controller = new AbortController();
    const asked = rig.provider.fetch(barsRequest(dayWindow), controller.signal);
    await expect.poll(() => rig.gateway.statistics().openHistorical.now).toBe(1);
    controller.abort();
    expect(await asked).toMatchObject({ failure: { kind: 'retryable' } });
    await expect.poll(() => rig.gateway.statistics().openHistorical.now).toBe(0);
    expect((await rig.provider.fetch(barsRequest(dayWindow), never)).kind).toBe('rows');
  });

  it('too short for their age are lost', async () => {
    const rig = await openRig();
    const open = requireCalendar('XNYS').sessions('2026-01-05', '2026-01-06')[0]?.open ?? 0;
    expect(
      await rig.provider.fetch(barsRequest({ start: open, end: open + 1_800_000 }, '1 secs'), never),
    ).toMatchObject({
      failure: { kind: 'lost' },
    });
  });

  it('of today are claimed until now, and empty days that go on are not empty', async () => {
    const rig = await openRig({ director: actOnRequest('historical', { kind: 'empty' }, 1) });
    const today = getDayWindow('2026-11-18');
    const first = await rig.provider.fetch(barsRequest(today, '15 mins'), never);
    expect(first).toMatchObject({ kind: 'rows', rows: { length: 0 }, answered: { start: today.start } });
    const { rows, answeredWindow } = expectRows(await rig.provider.fetch(barsRequest(today, '15 mins'), never));
    expect(rows.length).toBe(6);
    expect(answeredWindow).toEqual({ start: today.start, end: duringSession });
  });
});

describe('options at the gateway', () => {
  const [listed = { expiry: '', strike: 0, right: 'C' as const, conId: null }] = nearTheMoney(1);
  const unknown = { ...listed, strike: listed.strike + 0.37 };

  it('that it lists and does not know are unlisted', async () => {
    const rig = await openRig();
    expect(await rig.provider.fetch(optionBarsRequest(unknown, dayWindow), never)).toEqual({
      kind: 'empty',
      unlisted: [unknown],
    });
    expect((await rig.provider.fetch(optionBarsRequest(listed, dayWindow, '1 hour'), never)).kind).toBe('rows');
  });

  it('that have expired are lost', async () => {
    const expired = { ...listed, expiry: '2026-09-18' };
    const rig = await openRig();
    expect(await rig.provider.fetch(optionBarsRequest(expired, getDayWindow('2026-09-15')), never)).toMatchObject({
      failure: { kind: 'lost' },
    });
    const soon = await openRig({ director: actOnRequest('historical', { kind: 'expired' }) });
    expect(await soon.provider.fetch(optionBarsRequest(listed, dayWindow), never)).toMatchObject({
      failure: { kind: 'lost' },
    });
  });

  it('whose description fits several are told apart, once', async () => {
    let complaints = 1;
    const rig = await openRig({
      director: {
        actionsFor: (occasion) =>
          occasion.kind === 'request' && occasion.request === 'historical' && complaints-- > 0
            ? [errorAction('200', 'The contract description specified for AAPL is ambiguous.')]
            : [],
        timedActions: () => [],
      },
    });
    expect((await rig.provider.fetch(optionBarsRequest(listed, dayWindow, '1 hour'), never)).kind).toBe('rows');
    expect((await rig.provider.fetch(optionBarsRequest(listed, dayWindow, '1 day'), never)).kind).toBe('rows');
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

  it('bring what the gateway says of each, name those it does not know, and let go of every line', async () => {
    const rig = await openRig();
    const outcome = expectRows(await rig.provider.fetch(snapshot([...contracts, missing]), never));
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

  it('leave out an option that stays silent, and say so', async () => {
    const rig = await openRig({ director: actOnRequest('market-data', { kind: 'silence' }, 1) });
    const asked = rig.provider.fetch(snapshot(contracts), never);
    await expect.poll(() => rig.gateway.statistics()).toMatchObject({ requests: { 'market-data': 12 } });
    // The others are done with: only the line of the silent one is open.
    await expect.poll(() => rig.gateway.statistics().lines.now).toBe(1);
    rig.clock.skip(hour);
    expect(expectRows(await asked).rows.length).toBe(11);
    expect(rig.notices.at(-1)).toMatchObject({ kind: 'no-answer' });
  });

  it('fail when nothing answers, and are not empty', async () => {
    const rig = await openRig({ director: actOnRequest('market-data', { kind: 'silence' }) });
    const asked = rig.provider.fetch(snapshot(contracts), never);
    await expect.poll(() => rig.gateway.statistics()).toMatchObject({ requests: { 'market-data': 12 } });
    rig.clock.skip(hour);
    expect(await asked).toMatchObject({
      failure: { kind: 'retryable', code: 'no-answer' },
    });
  });

  it.each(['354', '10168', '10186'])('without a subscription are denied (%s)', async (code) => {
    const rig = await openRig({ director: actOnRequest('market-data', errorAction(code)) });
    expect(await rig.provider.fetch(snapshot(contracts), never)).toMatchObject({ failure: { kind: 'denied', code } });
  });

  it('wait for minutes while another session takes the data, and tell', async () => {
    const rig = await openRig({ director: actOnRequest('market-data', errorAction('10197')) });
    expect(await rig.provider.fetch(snapshot(contracts), never)).toMatchObject({
      failure: { kind: 'pacing', retryAfter: 180_000 },
    });
    expect(rig.notices.at(-1)).toMatchObject({ kind: 'competing-session', code: 10197 });
  });
});

describe('quotes', () => {
  it('are those of the market, at night too', async () => {
    for (const at of [duringSession, afterClose]) {
      const rig = await openRig({ at });
      const { rows } = expectRows(await rig.provider.fetch(pointRequest('quotes'), never));
      if (rows.dataset !== 'quotes') throw new Error(rows.dataset);
      const expected = market.quote(apple, at);
      if (!expected.found || expected.value === null) throw new Error('no quote');
      expect(rows.columns.close[0]).toBeCloseTo(expected.value.previousClose ?? NaN, 6);
      expect(Math.abs((rows.columns.last[0] ?? NaN) / expected.value.last - 1)).toBeLessThan(0.01);
      expect(rows.columns.delayed[0]).toBe(0);
    }
  });

  it.each([true, false])(
    'are delayed where that is allowed and nothing else is to be had (%s)',
    async (allowDelayed) => {
      const rig = await openRig({
        director: actOnRequest('market-data', errorAction('10167')),
        settings: { allowDelayed },
      });
      const outcome = await rig.provider.fetch(pointRequest('quotes'), never);
      if (!allowDelayed) {
        expect(outcome).toMatchObject({ failure: { kind: 'denied' } });
        return;
      }
      const { rows } = expectRows(outcome);
      if (rows.dataset !== 'quotes') throw new Error(rows.dataset);
      expect(rows.columns.delayed[0]).toBe(1);
      expect(rig.notices.at(-1)).toMatchObject({ kind: 'delayed-data' });
    },
  );
});

it.each([176, 182, 186, 193])('a gateway of version %i is understood', async (serverVersion) => {
  const rig = await openRig({ simulator: { serverVersion } });
  for (const request of [
    pointRequest('contracts'),
    pointRequest('chains'),
    pointRequest('quotes'),
    barsRequest(dayWindow, '1 hour'),
    snapshot(nearTheMoney(2)),
  ]) {
    expect(expectRows(await rig.provider.fetch(request, never)).rows.length).toBeGreaterThan(0);
  }
  expect(rig.notices.filter(({ kind }) => kind !== 'connected')).toEqual([]);
});
