import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecType } from '@stoqey/ib';
import type { ContractDetails } from '@stoqey/ib';
import { getCoveredPart } from '../../../../src/providers/ib/mapping/coverage-of-answer.js';
import { parseBars } from '../../../../src/providers/ib/mapping/parse-bars.js';
import { toChainRows } from '../../../../src/providers/ib/mapping/option-chain.js';
import { chooseDetails, chooseOption, toContractRows } from '../../../../src/providers/ib/mapping/contract-details.js';
import { createFrameValidator } from '../../../../src/providers/ib/gateway/protect-socket.js';
import { toHistorySpan, listSessions } from '../../../../src/providers/ib/mapping/history-span.js';
import type { HistoryRange } from '../../../../src/providers/ib/mapping/history-span.js';
import { formatGatewayTime, parseGatewayTime } from '../../../../src/providers/ib/mapping/gateway-time.js';
import { createTickAccumulator } from '../../../../src/providers/ib/mapping/tick-accumulator.js';
import type { WireBar, OptionComputation } from '../../../../src/providers/ib/gateway/wire.js';
import { resolveTimeZone } from '../../../../src/providers/ib/mapping/time-zones.js';
import { barSizes } from '../../../../src/core/tables/bars.js';
import type { BarSize } from '../../../../src/core/tables/bars.js';
import { fromDayNumber, day, minute } from '../../../../src/core/time/time.js';
import type { Instant } from '../../../../src/core/time/time.js';
import { requireCalendar, getDayWindow } from '../rig.js';

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
  ])('%s is %s', (text, expected) => {
    expect(parseGatewayTime(text, 'America/New_York')).toBe(Date.parse(expected));
  });

  it('are told apart from what is none', () => {
    for (const text of ['', 'finished', '20261318', '20261118 11:00:00 Mars/Base', '12'])
      expect(parseGatewayTime(text, 'UTC')).toBeNull();
  });

  it('go there and back in UTC', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseGatewayTime(formatGatewayTime(seconds * 1_000), 'Australia/Sydney')).toBe(seconds * 1_000);
      }),
    );
  });

  it('have zones by other names', () => {
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
  // The last day before and the first day after clocks were changed, and one of neither.
  it.each([
    ['XNYS', '2026-03-06', '14:30'],
    ['XNYS', '2026-03-09', '13:30'],
    ['XNYS', '2026-10-30', '13:30'],
    ['XNYS', '2026-11-02', '14:30'],
    ['XASX', '2026-04-02', '23:00'],
    ['XASX', '2026-04-07', '00:00'],
    ['XNSE', '2026-03-09', '03:45'],
  ])('of a day at %s on %s begin when its session opens (%s in UTC)', (exchange, date, open) => {
    const calendar = requireCalendar(exchange);
    const window = getDayWindow(date, exchange);
    const read = parseBars([bar(date.replaceAll('-', ''))], {
      barSize: '1 day',
      hours: 'rth',
      window,
      calendar,
      now: later,
    });
    expect(read).toMatchObject({ length: 1, unread: 0, unfinished: null });
    expect(new Date(read.columns.ts[0] ?? NaN).toISOString().slice(11, 16)).toBe(open);
    expect(fromDayNumber(read.columns.session[0] ?? NaN)).toBe(date);
  });

  const calendar = requireCalendar('XNYS');
  const [session] = calendar.sessions('2026-11-17', '2026-11-18');
  if (session === undefined) throw new Error('no session');
  const { open, close } = session;
  const wanted = { barSize: '1 min', hours: 'rth', window: getDayWindow('2026-11-17'), calendar, now: later } as const;

  it('come in order, each once, and only those of the window', () => {
    const times = [open + minute, open, open + minute, open - day, open + day];
    const read = parseBars(
      times.map((time) => bar(toEpochText(time))),
      wanted,
    );
    expect([...read.columns.ts]).toEqual([open, open + minute]);
  });

  it('that have not ended are left out and told', () => {
    const now = open + 90_000;
    const read = parseBars([bar(toEpochText(open)), bar(toEpochText(open + minute))], { ...wanted, now });
    expect([...read.columns.ts]).toEqual([open]);
    expect(read.unfinished).toBe(open + minute);
  });

  it('end with their session at the latest', () => {
    const read = parseBars([bar(toEpochText(close - 30 * minute))], { ...wanted, barSize: '1 hour', now: close });
    expect([...read.ends]).toEqual([close]);
  });

  it('that are not made of trades have no volume, no average and no count', () => {
    const quiet = { volume: -1, wap: -1, count: -1 };
    const { columns } = parseBars(
      [bar(toEpochText(open), quiet), bar(toEpochText(open + minute), { volume: 0, wap: 0, count: 0 })],
      wanted,
    );
    expect([...columns.volume]).toEqual([NaN, 0]);
    expect([...columns.wap]).toEqual([NaN, NaN]);
    expect([...columns.bar_count]).toEqual([NaN, 0]);
    expect([...columns.open_interest]).toEqual([NaN, NaN]);
  });

  it('keep a price that really is −1', () => {
    const { columns } = parseBars([bar(toEpochText(open), { open: -1, low: -2 })], wanted);
    expect(columns.open[0]).toBe(-1);
  });

  it('that cannot be read are counted', () => {
    expect(parseBars([bar('nonsense'), bar(toEpochText(open))], wanted)).toMatchObject({ length: 1, unread: 1 });
  });

  it.each([
    ['a high below its close', { high: 10.5 }],
    ['a low above its open', { low: 10.5 }],
    ['no close', { close: NaN }],
    ['a price without an end', { high: Infinity }],
  ])('cannot have %s', (_, overrides) => {
    expect(parseBars([bar(toEpochText(open), overrides)], wanted)).toMatchObject({ length: 0, unread: 1 });
  });

  it('leave out what is counted and is no number', () => {
    const { columns } = parseBars([bar(toEpochText(open), { volume: Infinity, wap: NaN, count: Infinity })], wanted);
    expect([columns.volume[0], columns.wap[0], columns.bar_count[0]]).toEqual([NaN, NaN, NaN]);
  });
});

describe('what is asked for', () => {
  const calendar = requireCalendar('XNYS');
  const ask = (start: string, end: string, barSize: BarSize, overrides: Partial<HistoryRange> = {}) => {
    const window = { start: Date.parse(start), end: Date.parse(end) };
    const wanted: HistoryRange = { window, barSize, hours: 'rth', calendar, expiry: null, now: later, ...overrides };
    return toHistorySpan(wanted, listSessions(wanted));
  };

  it.each([
    // A whole day, a part of it, a short bar, a week with a weekend, a year, a closed day.
    ['2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z', '1 min', '20261117-21:00:00', '1 D'],
    ['2026-11-17T05:00:00Z', '2026-11-17T17:30:00Z', '1 min', '20261117-17:30:00', '10800 S'],
    ['2026-11-17T17:30:00Z', '2026-11-18T05:00:00Z', '1 min', '20261117-21:00:00', '12600 S'],
    ['2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z', '30 secs', '20261117-21:00:00', '23400 S'],
    ['2026-11-17T14:30:00Z', '2026-11-17T14:30:05Z', '5 secs', '20261117-14:30:05', '30 S'],
    ['2026-11-12T05:00:00Z', '2026-11-19T05:00:00Z', '5 mins', '20261118-21:00:00', '5 D'],
    ['2025-11-19T05:00:00Z', '2026-11-19T05:00:00Z', '1 day', '20261118-21:00:00', '251 D'],
    ['2026-11-15T05:00:00Z', '2026-11-16T05:00:00Z', '1 day', '20261116-05:00:00', '1 D'],
    // The day after Thanksgiving closes early; clocks change in the night to the 2nd.
    ['2026-11-27T05:00:00Z', '2026-11-28T05:00:00Z', '1 min', '20261127-18:00:00', '1 D'],
    ['2026-10-30T04:00:00Z', '2026-11-03T05:00:00Z', '5 mins', '20261102-21:00:00', '2 D'],
  ] as const)('for %s to %s in %s: until %s, %s', (start, end, barSize, until, duration) => {
    expect(ask(start, end, barSize)).toEqual({ end: until, duration });
  });

  it('ends with now, and is nothing when all of it lies ahead', () => {
    const now = Date.parse('2026-11-18T16:00:00Z');
    expect(ask('2026-11-18T05:00:00Z', '2026-11-19T05:00:00Z', '1 min', { now })?.end).toBe('20261118-16:00:00');
    expect(ask('2026-11-19T05:00:00Z', '2026-11-20T05:00:00Z', '1 min', { now })).toBeNull();
  });

  it('does not count days after the expiry of an option', () => {
    expect(ask('2026-11-16T05:00:00Z', '2026-11-20T05:00:00Z', '1 day', { expiry: '2026-11-17' })?.duration).toBe(
      '2 D',
    );
  });
});

describe('how far an answer reaches', () => {
  const calendar = requireCalendar('XNYS');
  const sessions = calendar.sessions('2026-11-09', '2026-11-19');
  const window = { start: sessions[0]?.dayStart ?? 0, end: sessions.at(-1)?.dayEnd ?? 0 };

  /** The answer with the bars that pass. */
  function getCoverage(barSize: BarSize, keep: (index: number) => boolean, beginsLate = false) {
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
    const answered = getCoveredPart({
      barSize,
      window,
      sessions,
      times: Float64Array.from(kept, ({ ts }) => ts),
      ends: Float64Array.from(kept, ({ end }) => end),
      mayStartLate: beginsLate,
    });
    return { answered, kept, count: all.length };
  }

  it('is the window when nothing is missing', () => {
    for (const size of ['1 min', '5 mins', '1 day'] as const)
      expect(getCoverage(size, () => true).answered).toEqual(window);
  });

  it('ends with the last bar when the answer was cut, wherever', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<BarSize>('1 min', '15 mins', '1 day'),
        fc.double({ min: 0.01, max: 0.999 }),
        (size, part) => {
          const { count } = getCoverage(size, () => true);
          const number = Math.max(1, Math.min(count - 1, Math.floor(count * part)));
          const { answered, kept } = getCoverage(size, (index) => index < number);
          const last = kept.at(-1)?.end ?? 0;
          const end = size === '1 day' ? sessions.find(({ close }) => close === last)?.dayEnd : last;
          expect(answered).toEqual({ start: window.start, end });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the window when the end is as quiet as the rest', () => {
    expect(getCoverage('1 min', (index) => index % 45 === 0).answered).toEqual(window);
    expect(getCoverage('1 day', (index) => index % 2 === 0).answered).toEqual(window);
  });

  it('begins with the first bar where there was nothing before; not with an option, which begins when it is listed', () => {
    const start = sessions[4]?.dayStart ?? 0;
    expect(getCoverage('1 day', (index) => index >= 4).answered).toEqual({ ...window, start });
    expect(getCoverage('1 day', (index) => index >= 4, true).answered).toEqual(window);
  });
});

describe('a chain', () => {
  const list = (exchange: string, tradingClass: string, expiries: readonly string[], strikes = [110, 100]) => ({
    exchange,
    tradingClass,
    multiplier: 100,
    expiries,
    strikes,
  });

  it('is every expiry with every strike, without what has expired, in order', () => {
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

  it('takes the class named like the symbol where two share an expiry', () => {
    const rows = toChainRows('SPX', 'CBOE', '2026-11-18', [
      list('SMART', 'SPXW', ['20261120', '20261218'], [6_000]),
      list('SMART', 'SPX', ['20261218'], [6_000]),
    ]);
    expect(rows.columns.trading_class).toEqual(['SPXW', 'SPXW', 'SPX', 'SPX']);
  });

  it('is that of the own exchange where there is no SMART, and empty where there is nothing', () => {
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

  it('become a row in which nothing stands for what is not said', () => {
    const { columns } = toContractRows(details(265598));
    expect(columns).toMatchObject({ long_name: ['APPLE INC'], industry: [null], time_zone: ['America/New_York'] });
    expect(columns.multiplier[0]).toBeNaN();
  });

  it('are one, none, several, or several futures of which the first to expire is meant', () => {
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

  it('tell options of several classes apart as the chain does', () => {
    const option = (conId: number, tradingClass: string) => details(conId, { tradingClass });
    expect(chooseOption('SPX', [option(1, 'SPXW'), option(2, 'SPX')])).toBe(2);
    expect(chooseOption('AAPL', [option(3, '2AAPL'), option(4, '1AAPL')])).toBe(4);
    expect(chooseOption('AAPL', [])).toBeNull();
  });
});

describe('ticks', () => {
  const contract = { expiry: '2026-12-18', strike: 250, right: 'C', conId: null } as const;
  const computation = (tick: number, computed: Partial<OptionComputation>) =>
    ({
      kind: 'computation',
      tick,
      computed: {
        iv: undefined,
        delta: undefined,
        gamma: undefined,
        vega: undefined,
        theta: undefined,
        underlyingPrice: undefined,
        ...computed,
      },
    }) as const;

  it('do not take what is no number', () => {
    const book = createTickAccumulator();
    book.apply({ kind: 'price', tick: 4, value: Infinity });
    book.apply({ kind: 'size', tick: 8, value: NaN });
    expect(book.toQuote()).toMatchObject({ last: null, volume: null });
  });

  it('below zero say that there is none', () => {
    const book = createTickAccumulator();
    book.apply({ kind: 'price', tick: 1, value: -1 });
    book.apply({ kind: 'price', tick: 2, value: 10.5 });
    book.apply({ kind: 'size', tick: 8, value: -1 });
    expect(book.toQuote()).toMatchObject({ bid: null, ask: 10.5, volume: null, delayed: false });
    expect(book.hasUpdates()).toBe(true);
  });

  it('of the delayed kind are the same values, marked', () => {
    const book = createTickAccumulator();
    for (const [tick, value] of [
      [66, 1],
      [67, 2],
      [68, 1.5],
      [72, 3],
      [73, 1],
      [75, 1.2],
      [76, 1.1],
    ] as const)
      book.apply({ kind: 'price', tick, value });
    book.apply({ kind: 'size', tick: 74, value: 500 });
    expect(book.toQuote()).toEqual({
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
    expect(book.isCompleteQuote()).toBe(true);
  });

  it('of the model are believed first, and not taken back by silence', () => {
    const book = createTickAccumulator();
    book.apply(computation(10, { iv: 0.5, delta: 0.1, underlyingPrice: 251 }));
    expect(book.toOption(contract)).toMatchObject({ iv: 0.5, delta: 0.1, underlyingPrice: 251 });
    book.apply(computation(13, { iv: 0.3, delta: 0.55, gamma: 0.01, vega: 0.2, theta: -0.1, underlyingPrice: 252 }));
    book.apply(computation(13, {}));
    expect(book.toOption(contract)).toMatchObject({
      iv: 0.3,
      delta: 0.55,
      gamma: 0.01,
      theta: -0.1,
      underlyingPrice: 252,
    });
  });

  it('without a volatility are no Greeks', () => {
    const book = createTickAccumulator();
    book.apply(computation(13, { iv: 0, delta: 0, underlyingPrice: 0 }));
    expect(book.toOption(contract)).toMatchObject({ iv: null, delta: null, underlyingPrice: null });
  });

  it('tell open interest of the right that is meant', () => {
    const book = createTickAccumulator();
    book.apply({ kind: 'size', tick: 27, value: 1_000 });
    book.apply({ kind: 'size', tick: 28, value: 0 });
    expect(book.toOption(contract).openInterest).toBe(1_000);
    expect(book.toOption({ ...contract, right: 'P' }).openInterest).toBe(0);
  });
});

describe('frames', () => {
  it('are followed however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (bodies, cuts) => {
          const bytes = bodies.flatMap((body) => [0, 0, 0, body.length, ...body]);
          const follow = createFrameValidator();
          let position = 0;
          for (const cut of [...cuts, bytes.length]) {
            expect(follow(Uint8Array.from(bytes.slice(position, position + cut)))).toBe(true);
            position += cut;
          }
          expect(follow(Uint8Array.of(0xff, 0xff, 0xff, 0xfc))).toBe(false);
          expect(follow(Uint8Array.of(0, 0, 0, 1, 65))).toBe(false);
        },
      ),
    );
  });
});
