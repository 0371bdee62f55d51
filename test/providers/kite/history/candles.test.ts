import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { getCalendar } from '../../../../src/calendar/calendars.js';
import type { Calendar } from '../../../../src/core/time/calendar.js';
import type { Instrument } from '../../../../src/core/series.js';
import { minute } from '../../../../src/core/time/time.js';
import { toBarColumns, parseCandles } from '../../../../src/providers/kite/history/candles.js';
import type { KiteCandle } from '../../../../src/providers/kite/history/candles.js';
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
  const plain = { date: new Date(0), open: 1, high: 2, low: 0.5, close: 1.5, volume: 7 };

  it('are parsed with a missing volume as NaN and a missing open interest as 0', () => {
    const parsed = { startsAt: 0, open: 1, high: 2, low: 0.5, close: 1.5, volume: 7 };
    expect(parseCandles([], true)).toEqual([]);
    expect(parseCandles([{ ...plain, oi: 3 }], true)).toEqual([{ ...parsed, openInterest: 3 }]);
    expect(parseCandles([{ ...plain, volume: undefined }], false)).toMatchObject([{ volume: NaN }]);
    expect(parseCandles([{ ...plain, volume: -1, oi: -1 }], true)).toMatchObject([{ volume: NaN, openInterest: 0 }]);
  });

  it('of derivatives have an open interest, 0 if the library omits the value; other candles have none', () => {
    expect(parseCandles([plain], true)).toMatchObject([{ openInterest: 0 }]);
    expect(parseCandles([plain, { ...plain, oi: 3 }], false)).toMatchObject([
      { openInterest: NaN },
      { openInterest: NaN },
    ]);
  });

  it.each([
    ['undefined', undefined],
    ['a text', 'candles'],
    ['an object', { candles: [] }],
    ['a null', [null]],
    ['no date', [{ ...plain, date: '2026-11-17' }]],
    ['a wrong date', [{ ...plain, date: new Date(NaN) }]],
    ['a price that is a text', [{ ...plain, low: '1' }]],
    ['a missing price', [{ ...plain, close: undefined }]],
    ['a high below its close', [{ ...plain, high: 1.2 }]],
    ['a low above its open', [{ ...plain, low: 1.2 }]],
    ['an infinite price', [{ ...plain, high: Infinity }]],
  ])('with %s are rejected', (_, response) => {
    expect(parseCandles(response, true)).toBeNull();
  });

  it('of one day have the open of their session as timestamp, also on Diwali and on days without a session', () => {
    const days = ['2026-11-08T00:00', '2026-11-14T00:00', '2026-11-17T00:00'].map((text) =>
      createCandle(parseIndianTime(text)),
    );
    const window = { start: parseIndianTime('2026-11-01T00:00'), end: week.end };
    const { columns } = toBarColumns(days, { calendar, barSize: '1 day', window });
    expect([...columns.ts]).toEqual(['2026-11-08T18:15', '2026-11-14T09:15', '2026-11-17T09:15'].map(parseIndianTime));
  });

  it('outside regular hours are dropped, except on days without a session', () => {
    const times = ['2026-11-14T08:00', '2026-11-17T09:00', '2026-11-17T09:15', '2026-11-17T15:29', '2026-11-17T15:30'];
    const { columns } = toBarColumns(
      times.map((text) => createCandle(parseIndianTime(text))),
      { calendar, barSize: '1 min', window: week },
    );
    expect([...columns.ts]).toEqual(['2026-11-14T08:00', '2026-11-17T09:15', '2026-11-17T15:29'].map(parseIndianTime));
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
    ['never: an option has no bar for hours', 'option_bars', '1 min', '2026-11-18T10:00', null],
    [
      'from the missing session: an option has no bar for a session',
      'option_bars',
      '1 min',
      '2026-11-17T10:00',
      '2026-11-18T00:00',
    ],
  ] as const)('%s', (_, dataset, barSize, last, from) => {
    const truncatedFrom = possiblyTruncatedFrom(parseIndianTime(last), {
      series: series(dataset, barSize),
      calendar,
      end,
    });
    expect(truncatedFrom).toBe(from === null ? null : parseIndianTime(from));
  });

  it('never: the session has not ended', () => {
    const request = { series: series('equity_bars', '1 min'), calendar, end: parseIndianTime('2026-11-18T14:00') };
    expect(possiblyTruncatedFrom(parseIndianTime('2026-11-18T10:00'), request)).toBeNull();
    expect(possiblyTruncatedFrom(parseIndianTime('2026-11-17T15:29'), request)).toBeNull();
  });
});
