import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { minute, second } from '../../../src/core/time.js';
import { virtualClock } from '../../virtual-clock.js';
import { apple, bars, microsoft, now, oneOfEach, point, ruled, words } from './asking.js';

const six = Array.from({ length: 6 }, () => bars());
const denied = { fail: 'denied' } as const;

describe('a rule of a scenario', () => {
  it.each([
    [{ times: 2 }, 'denied denied rows rows rows rows'],
    [{ skip: 2 }, 'rows rows denied denied denied denied'],
    [{ every: 3 }, 'denied rows rows denied rows rows'],
    [{ skip: 1, every: 2, times: 2 }, 'rows denied rows denied rows rows'],
  ])('acts as often as %j says', async (often, expected) => {
    const provider = ruled([{ ...often, do: denied }], virtualClock(now));
    expect((await words(provider, six)).join(' ')).toBe(expected);
  });

  it('counts only the requests that it is about', async () => {
    const provider = ruled([{ symbols: ['AAPL'], requests: ['equity_bars'], times: 1, do: denied }], virtualClock(now));
    const asked = [bars(microsoft), point('quotes'), bars(apple), bars(apple)];
    expect(await words(provider, asked)).toEqual(['rows', 'rows', 'denied', 'rows']);
  });

  it.each([
    [{ barSizes: ['1 min'] }, [bars(apple, { barSize: '1 min' })], [bars(), point('quotes')]],
    [{ what: ['BID'] }, [bars(apple, { what: 'BID' })], [bars(), point('chains')]],
    [{ strikes: [270] }, [oneOfEach.option_bars], [oneOfEach.option_snapshots, bars()]],
    [{ rights: ['C'] }, [oneOfEach.option_bars], [oneOfEach.option_snapshots, bars()]],
    [{ expiries: ['2026-12-18'] }, [oneOfEach.option_bars, oneOfEach.option_snapshots], [point('chains')]],
    [{ expiries: ['2027-01-15'] }, [], [oneOfEach.option_bars, oneOfEach.option_snapshots]],
  ] as const)('tells requests apart by %j', async (about, meant, others) => {
    const provider = ruled([{ ...about, do: denied }], virtualClock(now));
    expect(await words(provider, meant)).toEqual(meant.map(() => 'denied'));
    expect(await words(provider, others)).toEqual(others.map(() => 'rows'));
  });

  it('acts in its stretch of time and at no other', async () => {
    const clock = virtualClock(now);
    const provider = ruled([{ from: minute, until: 2 * minute, do: denied }], clock);
    const seen: string[] = [];
    for (const passed of [0, minute - 1, 1, minute - 1, 1]) {
      await clock.advanceBy(passed);
      seen.push(...(await words(provider, [bars()])));
    }
    expect(seen).toEqual(['rows', 'rows', 'denied', 'denied', 'rows']);
  });

  it('of chance strikes the same requests every time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.1, max: 0.9, noNaN: true }), async (chance) => {
        const play = (): Promise<readonly string[]> =>
          words(ruled([{ chance, do: denied }], virtualClock(now)), [...six, ...six]);
        expect(await play()).toEqual(await play());
      }),
      { numRuns: 20 },
    );
  });

  it('makes answers differ from one request to the next', async () => {
    const provider = ruled(
      [
        { times: 1, do: { fail: 'pacing', retryAfter: 10 * second } },
        { skip: 1, times: 1, do: 'empty' },
        { skip: 2, times: 1, do: { kind: 'truncate', keep: 0.5 } },
      ],
      virtualClock(now),
    );
    expect(await words(provider, six)).toEqual(['pacing', 'empty', 'rows', 'rows', 'rows', 'rows']);
  });
});
