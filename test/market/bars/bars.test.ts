import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { barSizes } from '../../../src/core/tables/bars.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import { day, toDayNumber, hour, minute } from '../../../src/core/time/time.js';
import {
  getAnsweredBars,
  getBars,
  windowBetween,
  farFuture,
  createTestMarket,
  nifty,
  toRows,
  getSession,
  createStock,
} from '../market-fixture.js';
import type { Row } from '../market-fixture.js';
import { expectNested, expectValidBars, nestedPairs, sizes } from '../expect-nested.js';

const anySize = fc.constantFrom(...sizes);
const anySymbol = fc.stringMatching(/^[A-TV-Z]{1,5}$/);

describe('Market.bars for a window', () => {
  it('returns the same bars as any longer window', () => {
    const sizesAndReach: readonly (readonly [BarSize, number])[] = [
      ['1 day', 400 * day],
      ['1 hour', 20 * day],
      ['1 min', 4 * day],
      ['5 secs', 8 * hour],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...sizesAndReach),
        anySymbol,
        fc.integer({ min: Date.parse('1991-01-01'), max: Date.parse('2048-01-01') }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ([size, reach], symbol, start, from, to) => {
          const inner = {
            start: Math.floor(start + from * reach),
            end: Math.floor(start + from * reach + to * (1 - from) * reach),
          };
          const whole = getBars(createStock(symbol), size, { start, end: start + reach });
          const expected = whole.filter((bar) => bar.ts >= inner.start && bar.ts < inner.end);
          expect(getBars(createStock(symbol), size, inner, 'TRADES', createTestMarket(1))).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('returns the same bars for decades at once, session by session and backwards', () => {
    const whole = getBars(createStock('BRKX'), '1 day', windowBetween('1990-01-01', '2051-01-01'));
    const sessions = requireCalendar('XNYS').sessions('1990-01-01', '2051-01-01');
    expect(whole.map((bar) => bar.ts)).toEqual(sessions.map((session) => session.open));
    expect(whole.map((bar) => bar.session)).toEqual(sessions.map((session) => toDayNumber(session.date)));
    const stranger = createTestMarket(1);
    const backwards = sessions
      .toReversed()
      .flatMap(({ open }) => getBars(createStock('BRKX'), '1 day', { start: open, end: open + 1 }, 'TRADES', stranger));
    expect(backwards.toReversed()).toEqual(whole);
  });

  it('includes its start and excludes its end', () => {
    const { open } = getSession('2025-06-04');
    const times = (start: number, end: number): number[] =>
      getBars(createStock('AAPL'), '1 min', { start, end }).map((bar) => bar.ts);
    expect(times(open, open + 2 * minute)).toEqual([open, open + minute]);
    expect(times(open + 1, open + minute)).toEqual([]);
  });

  it('returns other bars for another seed or symbol', () => {
    const window = windowBetween('2025-01-01', '2025-02-01');
    const closes = (symbol: string, seed: number): number[] =>
      getBars(createStock(symbol), '1 day', window, 'TRADES', createTestMarket(seed)).map((bar) => bar.close);
    expect(closes('AAPL', 1)).toEqual(closes('AAPL', 1));
    expect(closes('AAPL', 1)).not.toEqual(closes('AAPL', 2));
    expect(closes('AAAA', 1)).not.toEqual(closes('AAAB', 1));
  });
});

describe('bars of one size', () => {
  const cases = [
    ['a liquid stock', createStock('AAPL'), '2025-06-04', 0.01],
    ['a stock that hardly trades', createStock('QUIET121'), '2025-06-04', 0.01],
    ['a half-day', createStock('MSFT'), '2025-11-28', 0.01],
    ['the day after the clocks change', createStock('SPY'), '2025-03-10', 0.01],
    ['an index', nifty, '2025-06-04', 0.05],
    ['a Saturday session', nifty, '2024-01-20', 0.05],
  ] as const;

  it.each(cases)('add up to every larger multiple of their size: %s', (_, instrument, date, tick) => {
    const session = getSession(date, instrument.calendar);
    const bySize = new Map<BarSize, Row[]>();
    for (const size of sizes) {
      const bars = getBars(instrument, size, { start: session.dayStart, end: session.dayEnd });
      expectValidBars(bars, tick);
      bySize.set(size, bars);
    }
    expect(bySize.get('1 day')).toHaveLength(1);
    for (const [inner, outer] of nestedPairs)
      expectNested(session, bySize.get(inner) ?? [], bySize.get(outer) ?? [], outer);
  });

  it('add up for any symbol, day and size', () => {
    const sessions = requireCalendar('XNYS').sessions('1990-01-01', '2050-01-01');
    fc.assert(
      fc.property(
        anySymbol,
        fc.constantFrom(...sessions),
        fc.constantFrom(...nestedPairs),
        (symbol, session, [inner, outer]) => {
          const window = { start: session.dayStart, end: session.dayEnd };
          const bars = getBars(createStock(symbol), inner, window);
          expectValidBars(bars, 0.01);
          expectNested(session, bars, getBars(createStock(symbol), outer, window), outer);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('begin at the open and end at the close, which is early on a half-day', () => {
    for (const [date, bars] of [
      ['2025-11-26', 7],
      ['2025-11-28', 4],
    ] as const) {
      const session = getSession(date);
      const hours = getBars(createStock('AAPL'), '1 hour', windowBetween(date, '2025-11-29')).filter(
        (bar) => bar.ts < session.dayEnd,
      );
      expect(hours.map((bar) => bar.ts)).toEqual(
        Array.from({ length: bars }, (_, index) => session.open + index * hour),
      );
    }
    expect(getBars(createStock('AAPL'), '1 min', windowBetween('2025-11-28', '2025-11-29'))).toHaveLength(210);
  });

  it('do not exist on closed days', () => {
    for (const size of ['1 secs', '1 min', '1 day'] as const) {
      expect(getBars(createStock('AAPL'), size, windowBetween('2025-07-04', '2025-07-07'))).toEqual([]);
    }
  });

  it('keep exchange time when daylight saving time begins', () => {
    const opens = getBars(createStock('AAPL'), '1 day', windowBetween('2025-03-06', '2025-03-12')).map((bar) =>
      new Date(bar.ts).toISOString(),
    );
    expect(opens).toEqual([
      '2025-03-06T14:30:00.000Z',
      '2025-03-07T14:30:00.000Z',
      '2025-03-10T13:30:00.000Z',
      '2025-03-11T13:30:00.000Z',
    ]);
  });
});

describe('Market.bars before the end of a window', () => {
  const session = getSession('2025-06-04');
  const window = windowBetween('2025-06-03', '2025-06-06');

  it('leaves a daily bar open until the close', () => {
    const before = getAnsweredBars(createStock('AAPL'), '1 day', window, session.close - 1);
    expect(before.answeredWindow).toEqual({ start: window.start, end: session.dayStart });
    expect(before.length).toBe(1);
    const after = getAnsweredBars(createStock('AAPL'), '1 day', window, session.close);
    expect(after.answeredWindow).toEqual({ start: window.start, end: session.close });
    expect(after.length).toBe(2);
  });

  it('leaves an intraday bar open until it ends', () => {
    const answer = getAnsweredBars(createStock('AAPL'), '5 mins', window, session.open + 12 * minute);
    expect(answer.answeredWindow.end).toBe(session.open + 10 * minute);
    expect(toRows(answer).at(-1)?.ts).toBe(session.open + 5 * minute);
  });

  it('returns no bars and an empty answered window before the window begins', () => {
    const answer = getAnsweredBars(createStock('AAPL'), '1 day', window, window.start - day);
    expect(answer).toMatchObject({ length: 0, answeredWindow: { start: window.start, end: window.start } });
  });

  it('never changes earlier answers', () => {
    fc.assert(
      fc.property(
        anySize.filter((size) => barSizes[size] >= minute),
        fc.integer({ min: window.start - day, max: window.end + day }),
        (size, now) => {
          const answer = getAnsweredBars(createStock('AAPL'), size, window, now);
          expect(answer.answeredWindow.end).toBeLessThanOrEqual(Math.max(now, window.start));
          expect(toRows(answer)).toEqual(
            getBars(createStock('AAPL'), size, window).filter((bar) => bar.ts < answer.answeredWindow.end),
          );
          // A later request can continue without a gap or an overlap.
          const rest = toRows(
            getAnsweredBars(
              createStock('AAPL'),
              size,
              { start: answer.answeredWindow.end, end: window.end },
              farFuture,
            ),
          );
          expect([...toRows(answer), ...rest]).toEqual(getBars(createStock('AAPL'), size, window));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('BID, ASK and MIDPOINT bars', () => {
  const window = windowBetween('2025-06-02', '2025-06-14');

  it('surround the trades, have no volume, and add up', () => {
    const trades = getBars(createStock('AAPL'), '1 day', window);
    const bids = getBars(createStock('AAPL'), '1 day', window, 'BID');
    const asks = getBars(createStock('AAPL'), '1 day', window, 'ASK');
    const middles = getBars(createStock('AAPL'), '1 day', window, 'MIDPOINT');
    const both = getBars(createStock('AAPL'), '1 day', window, 'BID_ASK');
    expect(bids).toHaveLength(trades.length);
    trades.forEach((trade, index) => {
      for (const side of ['open', 'high', 'low', 'close'] as const) {
        expect(bids[index]?.[side]).toBeLessThanOrEqual(trade[side]);
        expect(asks[index]?.[side]).toBeGreaterThan(trade[side]);
        expect(middles[index]?.[side]).toBeCloseTo(
          ((bids[index]?.[side] ?? NaN) + (asks[index]?.[side] ?? NaN)) / 2,
          10,
        );
      }
      expect(bids[index]).toMatchObject({ volume: NaN, wap: NaN, bar_count: NaN });
      expect(both[index]?.low).toBe(bids[index]?.low);
      expect(both[index]?.high).toBe(asks[index]?.high);
      expect(both[index]?.open).toBeLessThan(both[index]?.close ?? NaN);
    });
    const minutes = getBars(createStock('AAPL'), '1 min', windowBetween('2025-06-04', '2025-06-05'), 'BID');
    expect(Math.max(...minutes.map((bar) => bar.high))).toBe(bids[2]?.high);
    expect(minutes[0]?.open).toBe(bids[2]?.open);
  });
});
