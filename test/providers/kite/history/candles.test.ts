import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { getCalendar } from '../../../../src/calendar/calendars.js';
import type { Calendar } from '../../../../src/core/time/calendar.js';
import type { Instrument } from '../../../../src/core/series.js';
import { minute } from '../../../../src/core/time/time.js';
import { toBarColumns, toRefusedWindows, parseCandles } from '../../../../src/providers/kite/history/candles.js';
import type { CandleRules, KiteCandle } from '../../../../src/providers/kite/history/candles.js';
import { possiblyTruncatedFrom } from '../../../../src/providers/kite/history/truncation.js';
import { infosys } from '../simulated-kite.js';

function requireIndianCalendar(): Calendar {
  const found = getCalendar('XNSE');
  if (found === undefined) throw new Error('no calendar');
  return found;
}

const calendar = requireIndianCalendar();
const parseIndianTime = (text: string): number => Date.parse(`${text}:00+05:30`);
const createCandle = (at: number, price = 1): KiteCandle => ({
  startsAt: at,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
  openInterest: NaN,
});
const week = { start: parseIndianTime('2026-11-14T00:00'), end: parseIndianTime('2026-11-22T00:00') };

describe('candles', () => {
  const time = '2026-11-17T09:15:00+0530';
  const share: CandleRules = { hasOpenInterest: false, isIndex: false, priceFloor: 'positive' };
  const option: CandleRules = { ...share, hasOpenInterest: true };
  const parse = (rows: unknown, rules: CandleRules = share) => parseCandles({ candles: rows }, rules);

  it('are parsed from rows of time, prices, volume and open interest', () => {
    const prices = { startsAt: parseIndianTime('2026-11-17T09:15'), open: 1, high: 2, low: 0.5, close: 1.5 };
    expect(parse([])).toEqual({ candles: [], refused: [] });
    expect(parse([[time, 1, 2, 0.5, 1.5, 7, 3]], option)).toEqual({
      candles: [{ ...prices, volume: 7, openInterest: 3 }],
      refused: [],
    });
    expect(parse([[time, 1, 2, 0.5, 1.5, 7, 3]])?.candles).toMatchObject([{ volume: 7, openInterest: NaN }]);
  });

  it.each([
    [0, 0],
    [null, NaN],
    [undefined, NaN],
    [-1, NaN],
    ['7', NaN],
    [2_147_483_647, NaN],
    [9_223_372_036_854_775_807, NaN],
  ])('with a volume and an open interest of %j have %j', (sent, stored) => {
    expect(parse([[time, 1, 2, 0.5, 1.5, sent, sent]], option)?.candles).toMatchObject([
      { volume: stored, openInterest: stored },
    ]);
  });

  it('of an index have no volume if Kite sends 0', () => {
    expect(parse([[time, 1, 2, 0.5, 1.5, 0]], { ...share, isIndex: true })?.candles).toMatchObject([{ volume: NaN }]);
  });

  it.each([
    ['zero prices', [0, 0, 0, 0]],
    ['a negative price', [1, 2, -1, 1]],
    ['a high below its close', [1, 1.2, 0.5, 1.5]],
    ['a low above its open', [1, 2, 1.2, 1.5]],
    ['a largest integer as high', [1, 9_223_372_036_854_775_807, 0.5, 1]],
  ])('with %s are refused, and the others are kept', (_, prices) => {
    const parsed = parse([
      [time, ...prices, 7],
      ['2026-11-17T09:16:00+0530', 1, 2, 0.5, 1.5, 7],
    ]);
    expect(parsed?.candles).toHaveLength(1);
    expect(parsed?.refused).toEqual([parseIndianTime('2026-11-17T09:15')]);
  });

  it.each([
    ['no list', { candles: {} }],
    ['undefined', undefined],
    ['a text', 'candles'],
    ['a null', { candles: [null] }],
    ['no time', { candles: [[null, 1, 2, 0.5, 1.5, 7]] }],
    ['a wrong time', { candles: [['yesterday', 1, 2, 0.5, 1.5, 7]] }],
    ['a price that is a text', { candles: [[time, 1, 2, '0.5', 1.5, 7]] }],
    ['a missing price', { candles: [[time, 1, 2]] }],
  ])('with %s make the whole response unreadable', (_, response) => {
    expect(parseCandles(response, share)).toBeNull();
  });

  it('that are refused leave their session or their interval open, in regular hours only', () => {
    const refused = ['2026-11-17T00:00', '2026-11-15T00:00'].map(parseIndianTime);
    expect(toRefusedWindows(refused, { calendar, barSize: '1 day', window: week })).toEqual([
      { start: parseIndianTime('2026-11-17T00:00'), end: parseIndianTime('2026-11-18T00:00') },
    ]);
    const minutes = ['2026-11-17T09:14', '2026-11-17T09:15', '2026-11-17T09:16', '2026-11-17T11:00'];
    expect(toRefusedWindows(minutes.map(parseIndianTime), { calendar, barSize: '1 min', window: week })).toEqual([
      { start: parseIndianTime('2026-11-17T09:15'), end: parseIndianTime('2026-11-17T09:17') },
      { start: parseIndianTime('2026-11-17T11:00'), end: parseIndianTime('2026-11-17T11:01') },
    ]);
  });

  it('of one day have the open of their session as timestamp, also on Diwali; on days without a session they are dropped', () => {
    const days = ['2026-11-08T00:00', '2026-11-14T00:00', '2026-11-17T00:00'].map((text) =>
      createCandle(parseIndianTime(text)),
    );
    const window = { start: parseIndianTime('2026-11-01T00:00'), end: week.end };
    const { columns, outside } = toBarColumns(days, { calendar, barSize: '1 day', window });
    expect([...columns.ts]).toEqual(['2026-11-08T18:15', '2026-11-17T09:15'].map(parseIndianTime));
    const saturday = parseIndianTime('2026-11-14T09:15');
    expect(outside).toEqual({ count: 1, first: saturday, last: saturday });
  });

  it('outside regular hours are dropped and counted', () => {
    const times = ['2026-11-14T08:00', '2026-11-17T09:00', '2026-11-17T09:15', '2026-11-17T15:29', '2026-11-17T15:30'];
    const { columns, outside } = toBarColumns(
      times.map((text) => createCandle(parseIndianTime(text))),
      { calendar, barSize: '1 min', window: week },
    );
    expect([...columns.ts]).toEqual(['2026-11-17T09:15', '2026-11-17T15:29'].map(parseIndianTime));
    const [first, , , , last] = times.map(parseIndianTime);
    expect(outside).toEqual({ count: 3, first, last });
  });

  it('are sorted and limited to the window, and the later of two candles with the same time counts', () => {
    const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 374 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(
        minutes,
        fc.integer({ min: 0, max: 374 }),
        fc.integer({ min: 1, max: 375 }),
        (given, from, length) => {
          const open = parseIndianTime('2026-11-17T09:15');
          const window = { start: open + from * minute, end: open + (from + length) * minute };
          const candles = given.map(([at, price]) => createCandle(open + at * minute, price));
          const { columns } = toBarColumns(candles, { calendar, barSize: '1 min', window });
          const latest = new Map(given.filter(([at]) => at >= from && at < from + length));
          const expected = [...latest].sort(([a], [b]) => a - b);
          expect([...columns.ts].map((ts) => (ts - open) / minute)).toEqual(expected.map(([at]) => at));
          expect([...columns.close]).toEqual(expected.map(([, price]) => price));
        },
      ),
    );
  });
});

describe('a response is possibly truncated', () => {
  const series = (
    dataset: 'equity_bars' | 'option_bars',
    barSize: '1 day' | '1 min',
    instrument: Instrument = infosys,
  ) => {
    const parameters = { provider: 'kite', instrument, barSize, priceType: 'TRADES', hours: 'rth' } as const;
    const contract = { expiry: '2026-11-23', strike: 1_600, right: 'C', conId: null } as const;
    return dataset === 'equity_bars' ? { dataset, ...parameters } : { dataset, contract, ...parameters };
  };
  const end = parseIndianTime('2026-11-19T00:00');

  test.each([
    ['never: the last bar is of the last session', 'equity_bars', '1 day', '2026-11-18T09:15', null],
    [
      'from the missing session: daily bars end a session early',
      'equity_bars',
      '1 day',
      '2026-11-16T09:15',
      '2026-11-17T00:00',
    ],
    ['never: the last bar ends at the close', 'equity_bars', '1 min', '2026-11-18T15:29', null],
    ['never: the last quarter of an hour has no bar', 'equity_bars', '1 min', '2026-11-18T15:15', null],
    ['from the last bar: the last hours have no bar', 'equity_bars', '1 min', '2026-11-18T13:00', '2026-11-18T13:01'],
    [
      'from the last bar: an option had none for less time before than after',
      'option_bars',
      '1 min',
      '2026-11-18T10:00',
      '2026-11-18T10:01',
    ],
    ['never: an option had no bar for longer before', 'option_bars', '1 min', '2026-11-18T13:00', null],
    [
      'from the missing session: an option has no bar for a session',
      'option_bars',
      '1 min',
      '2026-11-17T13:00',
      '2026-11-18T00:00',
    ],
  ] as const)('%s', (_, dataset, barSize, last, from) => {
    const truncatedFrom = possiblyTruncatedFrom(Float64Array.of(parseIndianTime(last)), {
      series: series(dataset, barSize),
      calendar,
      end,
    });
    expect(truncatedFrom).toBe(from === null ? null : parseIndianTime(from));
  });

  it('never: the session has not ended', () => {
    const request = { series: series('equity_bars', '1 min'), calendar, end: parseIndianTime('2026-11-18T14:00') };
    expect(possiblyTruncatedFrom(Float64Array.of(parseIndianTime('2026-11-18T10:00')), request)).toBeNull();
    expect(possiblyTruncatedFrom(Float64Array.of(parseIndianTime('2026-11-17T15:29')), request)).toBeNull();
  });
});
