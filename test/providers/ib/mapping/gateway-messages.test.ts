import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionType, SecType } from '@stoqey/ib';
import type { ContractDetails } from '@stoqey/ib';
import { requireCalendar } from '../../../fixtures/require-calendar.js';
import { getCoverage } from '../../../../src/providers/ib/mapping/covered-part.js';
import type { ReceivedBars } from '../../../../src/providers/ib/mapping/covered-part.js';
import { parseBars } from '../../../../src/providers/ib/mapping/parse-bars.js';
import { toChainRows } from '../../../../src/providers/ib/mapping/option-chain.js';
import {
  chooseDetails,
  chooseOption,
  findMismatch,
  isOtherOption,
  toContractRows,
} from '../../../../src/providers/ib/mapping/contract-details.js';
import { createFrameValidator } from '../../../../src/providers/ib/gateway/protect-socket.js';
import { toHistorySpan, listSessions } from '../../../../src/providers/ib/mapping/history-span.js';
import type { HistoryRange } from '../../../../src/providers/ib/mapping/history-span.js';
import { formatGatewayTime, parseGatewayTime } from '../../../../src/providers/ib/mapping/gateway-time.js';
import { createTickAccumulator } from '../../../../src/providers/ib/mapping/tick-accumulator.js';
import type { OptionComputation } from '../../../../src/providers/ib/gateway/wire.js';
import type { WireBar } from '../../../../src/providers/ib/gateway/wire-bar.js';
import { resolveTimeZone } from '../../../../src/providers/ib/mapping/time-zones.js';
import { barSizes } from '../../../../src/core/tables/bars.js';
import type { BarSize } from '../../../../src/core/tables/bars.js';
import { fromDayNumber, day, minute } from '../../../../src/core/time/time.js';
import type { Instant } from '../../../../src/core/time/time.js';
import { getDayWindow } from '../rig.js';

const later = Date.parse('2027-01-01T00:00:00Z');

function bar(time: string, overrides: Partial<WireBar> = {}): WireBar {
  return { time, open: 10, high: 12, low: 9, close: 11, volume: 100, wap: 10.5, count: 7, ...overrides };
}

function toEpochText(instant: Instant): string {
  return String(instant / 1_000);
}

describe('times of the gateway', () => {
  it.each([
    ['1795017600', '2026-11-18T16:00:00Z'],
    ['20261118-16:00:00', '2026-11-18T16:00:00Z'],
    ['20261118 11:00:00 US/Eastern', '2026-11-18T16:00:00Z'],
    ['20260718  12:00:00 EST5EDT', '2026-07-18T16:00:00Z'],
    ['20261118 21:30:00 Asia/Calcutta', '2026-11-18T16:00:00Z'],
    ['20261118 11:00:00', '2026-11-18T16:00:00Z'],
  ])('%s is parsed as %s', (text, expected) => {
    expect(parseGatewayTime(text, 'America/New_York')).toBe(Date.parse(expected));
  });

  it('are null for other texts and unknown zones', () => {
    for (const text of ['', 'finished', '20261318', '20261118 11:00:00 Mars/Base', '12'])
      expect(parseGatewayTime(text, 'UTC')).toBeNull();
  });

  it('survive formatting and parsing in UTC', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseGatewayTime(formatGatewayTime(seconds * 1_000), 'Australia/Sydney')).toBe(seconds * 1_000);
      }),
    );
  });

  it('map zone names of the gateway to IANA names', () => {
    expect(['US/Eastern', 'Asia/Calcutta', 'Australia/NSW', 'Europe/Paris'].map(resolveTimeZone)).toEqual([
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Sydney',
      'Europe/Paris',
    ]);
    expect(resolveTimeZone('Middle/Earth')).toBeNull();
  });
});

describe('bars', () => {
  // The last session before and the first after a daylight saving change, and one in a zone without such changes.
  it.each([
    ['XNYS', '2026-03-06', '14:30'],
    ['XNYS', '2026-03-09', '13:30'],
    ['XNYS', '2026-10-30', '13:30'],
    ['XNYS', '2026-11-02', '14:30'],
    ['XASX', '2026-04-02', '23:00'],
    ['XASX', '2026-04-07', '00:00'],
    ['XNSE', '2026-03-09', '03:45'],
  ])('of one day at %s on %s have the open of the session as timestamp (%s in UTC)', (exchange, date, open) => {
    const calendar = requireCalendar(exchange);
    const window = getDayWindow(date, exchange);
    const parsed = parseBars([bar(date.replaceAll('-', ''))], {
      barSize: '1 day',
      hours: 'rth',
      window,
      calendar,
      priceFloor: 'positive',
      kind: 'stock',
      isOption: false,
      now: later,
    });
    expect(parsed).toMatchObject({ length: 1, unparsed: 0, unfinished: null });
    expect(new Date(parsed.columns.ts[0] ?? NaN).toISOString().slice(11, 16)).toBe(open);
    expect(fromDayNumber(parsed.columns.session[0] ?? NaN)).toBe(date);
  });

  const calendar = requireCalendar('XNYS');
  const [session] = calendar.sessions('2026-11-17', '2026-11-18');
  if (session === undefined) throw new Error('no session');
  const { open, close } = session;
  const selection = {
    barSize: '1 min',
    hours: 'rth',
    window: getDayWindow('2026-11-17'),
    calendar,
    priceFloor: 'positive',
    kind: 'stock',
    isOption: false,
    now: later,
  } as const;

  it('are sorted, without duplicates and limited to the window', () => {
    const times = [open + minute, open, open + minute, open - day, open + day];
    const parsed = parseBars(
      times.map((time) => bar(toEpochText(time))),
      selection,
    );
    expect([...parsed.columns.ts]).toEqual([open, open + minute]);
  });

  it('that have not ended are omitted and reported as unfinished', () => {
    const now = open + 90_000;
    const parsed = parseBars([bar(toEpochText(open)), bar(toEpochText(open + minute))], { ...selection, now });
    expect([...parsed.columns.ts]).toEqual([open]);
    expect(parsed.unfinished).toBe(open + minute);
  });

  it('of one hour end with the session if that is earlier', () => {
    const parsed = parseBars([bar(toEpochText(close - 30 * minute))], { ...selection, barSize: '1 hour', now: close });
    expect([...parsed.ends]).toEqual([close]);
  });

  it('without trades have no volume, no average and no count', () => {
    const withoutTrades = { volume: -1, wap: -1, count: -1 };
    const { columns } = parseBars(
      [bar(toEpochText(open), withoutTrades), bar(toEpochText(open + minute), { volume: 0, wap: 0, count: 0 })],
      selection,
    );
    expect([...columns.volume]).toEqual([NaN, 0]);
    expect([...columns.wap]).toEqual([NaN, NaN]);
    expect([...columns.bar_count]).toEqual([NaN, 0]);
    expect([...columns.open_interest]).toEqual([NaN, NaN]);
  });

  it('of futures may have prices at and below zero', () => {
    const { columns, refused } = parseBars([bar(toEpochText(open), { open: 0, low: -2 })], {
      ...selection,
      priceFloor: 'any',
    });
    expect(columns.low[0]).toBe(-2);
    expect(refused).toEqual([]);
  });

  it('with an invalid time are counted as unparsed', () => {
    const times = ['nonsense', 'NaN', '2147483647', '20261317', toEpochText(open)];
    expect(
      parseBars(
        times.map((time) => bar(time)),
        selection,
      ),
    ).toMatchObject({ length: 1, unparsed: 4 });
  });

  it.each([
    ['a high below its close', { high: 10.5 }],
    ['a low above its open', { low: 10.5 }],
    ['no close', { close: NaN }],
    ['an infinite price', { high: Infinity }],
    ['prices of zero', { open: 0, high: 0, low: 0, close: 0 }],
    ['a price of −1', { low: -1 }],
    ['the largest double as a price', { high: 1.7976931348623157e308 }],
    ['the largest integer as all prices', { open: 2147483647, high: 2147483647, low: 2147483647, close: 2147483647 }],
  ])('with %s are refused, and their time is not answered', (_, overrides) => {
    const bars = [bar(toEpochText(open)), bar(toEpochText(open + minute), overrides)];
    expect(parseBars(bars, selection)).toMatchObject({
      length: 1,
      unparsed: 0,
      refused: [{ start: open + minute, end: open + 2 * minute }],
    });
    const { start, end } = getDayWindow('2026-11-17');
    expect(parseBars([bar('20261117', overrides)], { ...selection, barSize: '1 day' })).toMatchObject({
      length: 0,
      refused: [{ start, end }],
    });
  });

  it.each([
    -1,
    Infinity,
    NaN,
    2147483647,
    -2147483648,
    9223372036854775807,
    -9223372036854775808,
    1.7976931348623157e308,
    9.22337203685478e18,
  ])('with a volume, average and count of %d have none', (unset) => {
    const { columns } = parseBars([bar(toEpochText(open), { volume: unset, wap: unset, count: unset })], selection);
    expect([columns.volume[0], columns.wap[0], columns.bar_count[0]]).toEqual([NaN, NaN, NaN]);
  });
});

describe('the span of a historical request', () => {
  const calendar = requireCalendar('XNYS');
  const getSpan = (start: string, end: string, barSize: BarSize, overrides: Partial<HistoryRange> = {}) => {
    const window = { start: Date.parse(start), end: Date.parse(end) };
    const selection: HistoryRange = { window, barSize, hours: 'rth', calendar, expiry: null, now: later, ...overrides };
    return toHistorySpan(selection, listSessions(selection));
  };

  it.each([
    // A whole day, parts of it, short bars, a week with a weekend, a year, a day without a session.
    ['2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z', '1 min', '20261117-21:00:00', '1 D'],
    ['2026-11-17T05:00:00Z', '2026-11-17T17:30:00Z', '1 min', '20261117-17:30:00', '10800 S'],
    ['2026-11-17T17:30:00Z', '2026-11-18T05:00:00Z', '1 min', '20261117-21:00:00', '12600 S'],
    ['2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z', '30 secs', '20261117-21:00:00', '23400 S'],
    ['2026-11-17T14:30:00Z', '2026-11-17T14:30:05Z', '5 secs', '20261117-14:30:05', '30 S'],
    ['2026-11-12T05:00:00Z', '2026-11-19T05:00:00Z', '5 mins', '20261118-21:00:00', '5 D'],
    ['2025-11-19T05:00:00Z', '2026-11-19T05:00:00Z', '1 day', '20261118-21:00:00', '251 D'],
    ['2026-11-15T05:00:00Z', '2026-11-16T05:00:00Z', '1 day', '20261116-05:00:00', '1 D'],
    // The session after Thanksgiving is short; daylight saving time ends on 1 November.
    ['2026-11-27T05:00:00Z', '2026-11-28T05:00:00Z', '1 min', '20261127-18:00:00', '1 D'],
    ['2026-10-30T04:00:00Z', '2026-11-03T05:00:00Z', '5 mins', '20261102-21:00:00', '2 D'],
  ] as const)('for %s to %s in bars of %s ends at %s and lasts %s', (start, end, barSize, until, duration) => {
    expect(getSpan(start, end, barSize)).toEqual({ end: until, duration });
  });

  it('ends now for a window in progress and is null for a future window', () => {
    const now = Date.parse('2026-11-18T16:00:00Z');
    expect(getSpan('2026-11-18T05:00:00Z', '2026-11-19T05:00:00Z', '1 min', { now })?.end).toBe('20261118-16:00:00');
    expect(getSpan('2026-11-19T05:00:00Z', '2026-11-20T05:00:00Z', '1 min', { now })).toBeNull();
  });

  it('does not include sessions after the expiry of an option', () => {
    expect(getSpan('2026-11-16T05:00:00Z', '2026-11-20T05:00:00Z', '1 day', { expiry: '2026-11-17' })?.duration).toBe(
      '2 D',
    );
  });
});

describe('the covered part of a response', () => {
  const calendar = requireCalendar('XNYS');
  const sessions = calendar.sessions('2026-11-09', '2026-11-19');
  const window = { start: sessions[0]?.dayStart ?? 0, end: sessions.at(-1)?.dayEnd ?? 0 };

  function coverageOf(barSize: BarSize, keep: (index: number) => boolean, overrides: Partial<ReceivedBars> = {}) {
    const size = barSizes[barSize];
    const all = sessions.flatMap(({ open, close }) =>
      barSize === '1 day'
        ? [{ ts: open, end: close }]
        : Array.from({ length: (close - open) / size }, (_, index) => ({
            ts: open + index * size,
            end: open + (index + 1) * size,
          })),
    );
    const kept = all.filter((_, index) => keep(index));
    const { answered, omitted } = getCoverage({
      barSize,
      window,
      sessions,
      times: Float64Array.from(kept, ({ ts }) => ts),
      ends: Float64Array.from(kept, ({ end }) => end),
      isOption: false,
      now: later,
      ...overrides,
    });
    return { answered, omitted, kept, count: all.length };
  }
  const asOption = { isOption: true };

  it('is the whole window when no bar is missing', () => {
    for (const size of ['1 min', '5 mins', '1 day'] as const)
      expect(coverageOf(size, () => true)).toMatchObject({ answered: window, omitted: [] });
  });

  it.each([false, true])('ends with the last bar when the response is truncated anywhere (option: %s)', (isOption) => {
    fc.assert(
      fc.property(
        fc.constantFrom<BarSize>('1 min', '15 mins', '1 day'),
        fc.double({ min: 0.01, max: 0.999 }),
        (size, part) => {
          const { count } = coverageOf(size, () => true);
          const number = Math.max(1, Math.min(count - 1, Math.floor(count * part)));
          const { answered, omitted, kept } = coverageOf(size, (index) => index < number, { isOption });
          const last = kept.at(-1)?.end ?? 0;
          const end = size === '1 day' ? sessions.find(({ close }) => close === last)?.dayEnd : last;
          expect(answered).toEqual({ start: window.start, end });
          expect(omitted).toEqual([{ start: end, end: window.end }]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends with the last session when one between others is missing too, and the newest', () => {
    const end = sessions[5]?.dayEnd ?? 0;
    const { answered } = coverageOf('1 day', (index) => index !== 2 && index < 6);
    expect(answered).toEqual({ start: window.start, end });
  });

  it('ends with the last bar when an hour between others is missing too, and the last 115 minutes', () => {
    // 390 bars a session; the last one lacks 120 to 180 and the end from 275 on.
    const lastSession = 390 * (sessions.length - 1);
    const { answered, kept } = coverageOf('1 min', (index) => {
      const minuteOfSession = index - lastSession;
      return minuteOfSession < 120 || (minuteOfSession >= 180 && minuteOfSession < 275);
    });
    expect(answered.end).toBe(kept.at(-1)?.end);
  });

  it('is that of the bars however quiet a share is, and the whole window for an option of this kind', () => {
    for (const [size, every] of [
      ['1 min', 47],
      ['1 day', 3],
    ] as const) {
      const { kept, answered } = coverageOf(size, (index) => index % every === 2);
      expect(answered.end).toBeLessThan(window.end);
      expect(answered.start).toBeGreaterThan(window.start);
      expect(answered.end).toBeGreaterThanOrEqual(kept.at(-1)?.end ?? NaN);
      expect(coverageOf(size, (index) => index % every === 2, asOption).answered).toEqual(window);
    }
  });

  it('begins with the first bar after a gap, except for options, which may be listed late', () => {
    const start = sessions[1]?.dayStart ?? 0;
    expect(coverageOf('1 day', (index) => index >= 1)).toMatchObject({
      answered: { ...window, start },
      omitted: [{ start: window.start, end: start }],
    });
    expect(coverageOf('1 day', (index) => index >= 4, asOption).answered).toEqual(window);
    const open = sessions[0]?.open ?? 0;
    expect(coverageOf('1 min', (index) => index >= 3).answered.start).toBe(open + 3 * minute);
  });

  it('begins with the window when that begins between two bars of a session', () => {
    const start = (sessions[0]?.open ?? 0) + 90_000;
    expect(coverageOf('1 min', (index) => index >= 2, { window: { ...window, start } }).omitted).toEqual([]);
    expect(coverageOf('1 min', (index) => index >= 3, { window: { ...window, start } }).omitted).toHaveLength(1);
  });

  it('excuses a late delivery of 20 minutes while the session is in progress, and no more', () => {
    const { open = 0 } = sessions.at(-1) ?? {};
    const now = open + 120 * minute;
    const inProgress = { now, window: { ...window, end: now } };
    const before = 390 * (sessions.length - 1);
    expect(coverageOf('1 min', (index) => index < before + 100, inProgress).omitted).toEqual([]);
    expect(coverageOf('1 min', (index) => index < before + 99, inProgress).omitted).toEqual([
      { start: open + 99 * minute, end: now },
    ]);
  });
});

describe('an option chain', () => {
  const list = (exchange: string, tradingClass: string, expiries: readonly string[], strikes = [110, 100]) => ({
    exchange,
    tradingClass,
    multiplier: 100,
    expiries,
    strikes,
  });

  it('has every unexpired expiry with every strike, sorted', () => {
    const rows = toChainRows('AAPL', 'SMART', '2026-11-18', [
      list('CBOE', 'AAPL', ['20261120'], [1]),
      list('SMART', 'AAPL', ['20261218', '20261113', '20261120']),
    ]);
    expect(rows.length).toBe(8);
    expect([...rows.columns.expiry].map(fromDayNumber)).toEqual([
      ...Array<string>(4).fill('2026-11-20'),
      ...Array<string>(4).fill('2026-12-18'),
    ]);
    expect([...rows.columns.strike].slice(0, 4)).toEqual([100, 100, 110, 110]);
    expect(rows.columns.right.slice(0, 4)).toEqual(['C', 'P', 'C', 'P']);
    expect([...rows.columns.con_id].every(Number.isNaN)).toBe(true);
  });

  it('has no strikes and no multiplier that stand for missing values', () => {
    const strikes = [100, 0, -1, 2147483647, 9223372036854775807, 1.7976931348623157e308];
    const rows = toChainRows('AAPL', 'SMART', '2026-11-18', [
      { ...list('SMART', 'AAPL', ['20261218'], strikes), multiplier: 2147483647 },
    ]);
    expect([...rows.columns.strike]).toEqual([100, 100]);
    expect([...rows.columns.multiplier]).toEqual([NaN, NaN]);
  });

  it('lists every class of an expiry, the one named like the symbol first', () => {
    const rows = toChainRows('SPX', 'CBOE', '2026-11-18', [
      list('SMART', 'SPXW', ['20261120', '20261218'], [6_000]),
      list('SMART', 'SPX', ['20261218'], [6_000]),
    ]);
    expect(rows.columns.trading_class).toEqual(['SPXW', 'SPXW', 'SPX', 'SPX', 'SPXW', 'SPXW']);
  });

  it('is that of the instrument’s exchange without a list of SMART, and empty without any list', () => {
    const lists = [list('OTHER', 'X', ['20261218']), list('NSE', 'X', ['20261120'])];
    expect(new Set(toChainRows('X', 'NSE', '2026-11-18', lists).columns.exchange)).toEqual(new Set(['NSE']));
    expect(toChainRows('X', 'NSE', '2026-11-18', []).length).toBe(0);
  });
});

describe('contract details', () => {
  const details = (conId: number, overrides: Partial<ContractDetails['contract']> = {}): ContractDetails => ({
    contract: {
      conId,
      symbol: 'AAPL',
      secType: SecType.STK,
      exchange: 'SMART',
      currency: 'USD',
      multiplier: 0,
      ...overrides,
    },
    minTick: 0.01,
    longName: 'APPLE INC',
    industry: '',
    timeZoneId: 'US/Eastern',
  });

  it('become a row with null and NaN for missing fields', () => {
    const { columns } = toContractRows(details(265598));
    expect(columns).toMatchObject({ long_name: ['APPLE INC'], industry: [null], time_zone: ['America/New_York'] });
    expect(columns.multiplier[0]).toBeNaN();
  });

  it.each([0, -1, 2147483647, 9223372036854775807, 1.7976931348623157e308])(
    'have no number, step or multiplier when the gateway sends %d',
    (unset) => {
      const { columns } = toContractRows({ ...details(unset, { multiplier: unset }), minTick: unset });
      expect([columns.con_id[0], columns.min_tick[0], columns.multiplier[0]]).toEqual([NaN, NaN, NaN]);
      expect(chooseOption('AAPL', [details(unset, { tradingClass: 'AAPL' })])).toBeNull();
    },
  );

  it('return one match, no match, ambiguous, or the first to expire of several futures', () => {
    expect(chooseDetails([])).toEqual({ kind: 'none' });
    expect(chooseDetails([details(1), details(1)])).toMatchObject({ kind: 'one' });
    expect(chooseDetails([details(1), details(2, { primaryExch: 'LSE', localSymbol: 'AAP' })])).toMatchObject({
      kind: 'ambiguous',
    });
    const future = (conId: number, expiry: string) =>
      details(conId, { secType: SecType.FUT, lastTradeDateOrContractMonth: expiry });
    expect(chooseDetails([future(1, '20270319'), future(2, '20261218')])).toMatchObject({
      kind: 'one',
      details: { contract: { conId: 2 } },
    });
  });

  it.each([
    [{}, null],
    [{ symbol: 'aapl' }, null],
    [{ symbol: 'MSFT', localSymbol: 'MSFT' }, 'the contract of MSFT'],
    [{ conId: 0 }, 'a contract without a number (con_id 0)'],
    [{ conId: -5 }, 'a contract without a number (con_id -5)'],
    [{ currency: 'EUR' }, 'a contract in EUR'],
    [{ secType: SecType.IND }, 'a contract of the kind IND'],
  ])('%j differ from the stock AAPL by: %s', (overrides, mismatch) => {
    const instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
    expect(findMismatch(details(1, overrides), instrument)).toBe(mismatch);
  });

  it('differ by their exchange only if one was requested', () => {
    const instrument = { symbol: 'BHP', kind: 'stock', exchange: 'ASX', currency: 'AUD', calendar: 'XASX' } as const;
    const bhp = details(1, { symbol: 'BHP', currency: 'AUD', exchange: 'LSE' });
    expect(findMismatch(bhp, instrument)).toBe('a contract at LSE');
    expect(findMismatch(bhp, { ...instrument, exchange: 'SMART' })).toBeNull();
    expect(findMismatch({ ...bhp, validExchanges: 'SMART,ASX' }, instrument)).toBeNull();
    expect(
      findMismatch(details(1, { symbol: 'BRK B' }), {
        ...instrument,
        symbol: 'BRK.B',
        currency: 'USD',
        exchange: 'SMART',
      }),
    ).toBeNull();
  });

  it('name another option by symbol, expiry, strike or right', () => {
    const option = { expiry: '2026-12-18', strike: 250, right: 'C', conId: null } as const;
    const found = { strike: 250, right: OptionType.Call, lastTradeDateOrContractMonth: '20261218' };
    const isOther = (overrides: Partial<ContractDetails['contract']>): boolean =>
      isOtherOption(details(1, { ...found, ...overrides }), 'AAPL', option);
    expect(isOther({})).toBe(false);
    expect(
      [
        { symbol: 'MSFT' },
        { strike: 255 },
        { right: OptionType.Put },
        { lastTradeDateOrContractMonth: '20261224' },
      ].map(isOther),
    ).toEqual([true, true, true, true]);
  });

  it('choose the option class named like the symbol, else the first by name', () => {
    const option = (conId: number, tradingClass: string) => details(conId, { tradingClass });
    expect(chooseOption('SPX', [option(1, 'SPXW'), option(2, 'SPX')])).toBe(2);
    expect(chooseOption('AAPL', [option(3, '2AAPL'), option(4, '1AAPL')])).toBe(4);
    expect(chooseOption('AAPL', [])).toBeNull();
  });
});

describe('ticks', () => {
  const contract = { expiry: '2026-12-18', strike: 250, right: 'C', conId: null } as const;
  const computation = (tick: number, values: Partial<OptionComputation>) =>
    ({
      kind: 'computation',
      tick,
      computation: {
        iv: undefined,
        delta: undefined,
        gamma: undefined,
        vega: undefined,
        theta: undefined,
        underlyingPrice: undefined,
        ...values,
      },
    }) as const;

  it.each([-1, 2147483647, 9223372036854775807, -9223372036854775808, 1.7976931348623157e308])(
    'of %d are missing values, whatever they count',
    (unset) => {
      const ticks = createTickAccumulator();
      for (const tick of [1, 2, 4, 6, 7, 9, 14]) ticks.apply({ kind: 'price', tick, value: unset });
      for (const tick of [8, 27, 28]) ticks.apply({ kind: 'size', tick, value: unset });
      const values = { iv: unset, delta: unset, gamma: unset, vega: unset, theta: unset, underlyingPrice: unset };
      ticks.apply({ kind: 'computation', tick: 13, computation: values });
      const { strike: _, right: _right, conId: _conId, delayed: _delayed, ...known } = ticks.toOption(contract);
      expect(new Set(Object.values(known))).toEqual(new Set([null]));
      const { delayed: _isDelayed, ...prices } = ticks.toQuote();
      expect(new Set(Object.values(prices))).toEqual(new Set([null]));
    },
  );

  it('with a volatility of −2 or a delta of 2 have neither', () => {
    const ticks = createTickAccumulator();
    ticks.apply(computation(13, { iv: -2, delta: 0.5 }));
    expect(ticks.toOption(contract)).toMatchObject({ iv: null, delta: null });
    ticks.apply(computation(13, { iv: 0.2, delta: 2 }));
    expect(ticks.toOption(contract)).toMatchObject({ iv: 0.2, delta: 0.5 });
  });

  it('ignore values that are not finite', () => {
    const ticks = createTickAccumulator();
    ticks.apply({ kind: 'price', tick: 4, value: Infinity });
    ticks.apply({ kind: 'size', tick: 8, value: NaN });
    expect(ticks.toQuote()).toMatchObject({ last: null, volume: null });
  });

  it('below zero are missing values', () => {
    const ticks = createTickAccumulator();
    ticks.apply({ kind: 'price', tick: 1, value: -1 });
    ticks.apply({ kind: 'price', tick: 2, value: 10.5 });
    ticks.apply({ kind: 'size', tick: 8, value: -1 });
    expect(ticks.toQuote()).toMatchObject({ bid: null, ask: 10.5, volume: null, delayed: false });
    expect(ticks.hasUpdates()).toBe(true);
  });

  it('of delayed types fill the same fields and mark the quote as delayed', () => {
    const ticks = createTickAccumulator();
    for (const [tick, value] of [
      [66, 1],
      [67, 2],
      [68, 1.5],
      [72, 3],
      [73, 1],
      [75, 1.2],
      [76, 1.1],
    ] as const)
      ticks.apply({ kind: 'price', tick, value });
    ticks.apply({ kind: 'size', tick: 74, value: 500 });
    expect(ticks.toQuote()).toEqual({
      bid: 1,
      ask: 2,
      last: 1.5,
      high: 3,
      low: 1,
      close: 1.2,
      open: 1.1,
      volume: 500,
      delayed: true,
    });
    expect(ticks.isCompleteQuote()).toBe(true);
  });

  it('of the model take precedence, and an empty tick erases no value', () => {
    const ticks = createTickAccumulator();
    ticks.apply(computation(10, { iv: 0.5, delta: 0.1, underlyingPrice: 251 }));
    expect(ticks.toOption(contract)).toMatchObject({ iv: 0.5, delta: 0.1, underlyingPrice: 251 });
    ticks.apply(computation(13, { iv: 0.3, delta: 0.55, gamma: 0.01, vega: 0.2, theta: -0.1, underlyingPrice: 252 }));
    ticks.apply(computation(13, {}));
    expect(ticks.toOption(contract)).toMatchObject({
      iv: 0.3,
      delta: 0.55,
      gamma: 0.01,
      theta: -0.1,
      underlyingPrice: 252,
    });
  });

  it('without a volatility return no Greeks', () => {
    const ticks = createTickAccumulator();
    ticks.apply(computation(13, { iv: 0, delta: 0, underlyingPrice: 0 }));
    expect(ticks.toOption(contract)).toMatchObject({ iv: null, delta: null, underlyingPrice: null });
  });

  it('return the open interest of the right of the option', () => {
    const ticks = createTickAccumulator();
    ticks.apply({ kind: 'size', tick: 27, value: 1_000 });
    ticks.apply({ kind: 'size', tick: 28, value: 0 });
    expect(ticks.toOption(contract).openInterest).toBe(1_000);
    expect(ticks.toOption({ ...contract, right: 'P' }).openInterest).toBe(0);
  });
});

describe('the frame validator', () => {
  it('accepts valid frames in any chunks and rejects everything after an invalid length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (bodies, cuts) => {
          const bytes = bodies.flatMap((body) => [0, 0, 0, body.length, ...body]);
          const validate = createFrameValidator();
          let position = 0;
          for (const cut of [...cuts, bytes.length]) {
            expect(validate(Uint8Array.from(bytes.slice(position, position + cut)))).toBe(true);
            position += cut;
          }
          expect(validate(Uint8Array.of(0xff, 0xff, 0xff, 0xfc))).toBe(false);
          expect(validate(Uint8Array.of(0, 0, 0, 1, 65))).toBe(false);
        },
      ),
    );
  });
});
