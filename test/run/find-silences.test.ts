import { describe, expect, test } from 'vitest';

import { hour, minute } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import type { Window } from '../../src/core/time/window.js';
import { findSilences } from '../../src/run/find-silences.js';

const open = Date.parse('2026-11-16T14:30:00Z');
/** Sessions of six and a half hours, a day apart. */
const session = (day: number): Window => ({ start: open + day * 24 * hour, end: open + day * 24 * hour + 6.5 * hour });

/** A bar in every minute of a session, apart from some windows that are given in minutes after its open. */
function minutes(day: number, ...holes: readonly (readonly [from: number, to: number])[]): readonly Instant[] {
  return Array.from({ length: 390 }, (_, index) => index)
    .filter((index) => !holes.some(([from, to]) => index >= from && index < to))
    .map((index) => session(day).start + index * minute);
}

/** The silences in minutes after the open of the first session. */
function find(times: readonly Instant[], days: number, barLength = minute): readonly (readonly [number, number])[] {
  const spans = Array.from({ length: days }, (_, day) => session(day));
  return findSilences(Float64Array.from(times), barLength, spans).map(({ start, end }) => [
    (start - open) / minute,
    (end - open) / minute,
  ]);
}

describe('findSilences', () => {
  test.each([
    ['no hole', [], []],
    ['an hour inside', [[100, 160]], [[100, 160]]],
    ['an hour at the beginning', [[0, 60]], [[0, 60]]],
    ['an hour at the end', [[330, 390]], [[330, 390]]],
    ['half an hour', [[100, 130]], [[100, 130]]],
    ['five minutes', [[100, 105]], [[100, 105]]],
    ['four minutes, as of a halt', [[100, 104]], []],
    [
      'an hour inside and one at the end',
      [
        [100, 160],
        [330, 390],
      ],
      [
        [100, 160],
        [330, 390],
      ],
    ],
    [
      'three holes',
      [
        [0, 40],
        [100, 160],
        [200, 300],
      ],
      [
        [0, 40],
        [100, 160],
        [200, 300],
      ],
    ],
  ] as const)('returns the holes of a series that trades every minute: %s', (_, holes, expected) => {
    expect(find(minutes(0, ...holes), 1)).toEqual(expected);
  });

  test('returns a hole of one session among whole ones', () => {
    expect(find([...minutes(0), ...minutes(1, [120, 240]), ...minutes(2)], 3)).toEqual([[1440 + 120, 1440 + 240]]);
  });

  test('ignores sessions without any bar, which are missing as a whole', () => {
    expect(find([...minutes(0), ...minutes(2)], 3)).toEqual([]);
  });

  test('returns the last minutes of a session that are requested again on their own, beside a whole session', () => {
    const tail: Window = { start: session(0).end - 20 * minute, end: session(0).end };
    const times = Float64Array.from(minutes(1));
    expect(findSilences(times, minute, [tail, session(1)])).toEqual([tail]);
    expect(findSilences(times, minute, [{ ...tail, start: tail.end - 4 * minute }, session(1)])).toEqual([]);
    expect(findSilences(times, minute, [{ ...tail, start: tail.end - 2 * hour }, session(1)])).toEqual([]);
  });

  test('returns no silence of a series that trades a few times a day', () => {
    const rare = [0, 1, 2, 3].flatMap((day) =>
      [3, 80, 200, 310, 350].map((at) => session(day).start + (at + 7 * day) * minute),
    );
    expect(find(rare, 4)).toEqual([]);
  });

  test('returns a silence of most of a day of a series that otherwise trades every quarter of an hour', () => {
    const quarters = [0, 1, 2, 3].flatMap((day) =>
      Array.from({ length: 26 }, (_, index) => session(day).start + index * 15 * minute).slice(0, day === 2 ? 4 : 26),
    );
    expect(find(quarters, 4)).toEqual([[2 * 1440 + 46, 2 * 1440 + 390]]);
  });

  test('returns a missing bar of an hour', () => {
    const hours = [0, 1].flatMap((day) =>
      [0, 30, 90, 150, 210, 270, 330].map((at) => session(day).start + at * minute),
    );
    expect(
      find(
        hours.filter((_, index) => index !== 10),
        2,
        hour,
      ),
    ).toEqual([[1440 + 150, 1440 + 210]]);
  });

  test('leaves the minutes of a series out that is silent for some minutes now and then', () => {
    const holes = [20, 90, 150, 220, 300].map((from) => [from, from + 3] as const);
    expect(find(minutes(0, ...holes, [340, 346]), 1)).toEqual([]);
    expect(find(minutes(0, [20, 23], [340, 346]), 1)).toEqual([[340, 346]]);
  });

  test('needs three bars of five minutes in a row', () => {
    const bars = (...missing: readonly number[]): readonly Instant[] =>
      Array.from({ length: 78 }, (_, index) => index)
        .filter((index) => !missing.includes(index))
        .map((index) => open + index * 5 * minute);
    expect(find(bars(10), 1, 5 * minute)).toEqual([]);
    expect(find(bars(10, 11), 1, 5 * minute)).toEqual([]);
    expect(find(bars(10, 11, 12), 1, 5 * minute)).toEqual([[50, 65]]);
  });

  test('does not take single bars that are missing, nor a missing hour, for the like of a quarter of an hour', () => {
    const bars = (days: number, ...missing: readonly number[]): readonly Instant[] =>
      Array.from({ length: 78 * days }, (_, index) => index)
        .filter((index) => !missing.includes(index))
        .map((index) => session(Math.floor(index / 78)).start + (index % 78) * 5 * minute);
    const quarter = [10, 11, 12];
    expect(find(bars(3, ...quarter, 100, 200), 3, 5 * minute)).toEqual([[50, 65]]);
    const hours = [...Array.from({ length: 12 }, (_, index) => 30 + index), 60, 61, 62, 63, 64, 65, 66, 67];
    expect(find(bars(1, ...quarter, ...hours), 1, 5 * minute)).toEqual([
      [50, 65],
      [150, 210],
      [300, 340],
    ]);
  });

  test('returns a quarter of an hour of a series that lacks one minute in twenty, and not a few minutes', () => {
    const isKept = (_: Instant, index: number): boolean => index % 20 !== 10;
    expect(find(minutes(0, [100, 115]).filter(isKept), 1)).toEqual([[100, 115]]);
    expect(find(minutes(0, [100, 107]).filter(isKept), 1)).toEqual([]);
    expect(find(minutes(0, [100, 115], [200, 212], [300, 312]).filter(isKept), 1)).toEqual([]);
  });

  test('judges a series with every bar of more than half of a session, also if these are fewer than 60', () => {
    const bars = Array.from({ length: 78 }, (_, index) => index)
      .filter((index) => (index < 23 || index >= 39) && index < 59)
      .map((index) => open + index * 5 * minute);
    const silences = [
      { start: open + 115 * minute, end: open + 195 * minute },
      { start: open + 295 * minute, end: open + 390 * minute },
    ];
    expect(findSilences(Float64Array.from(bars), 5 * minute, [session(0)], 'option')).toEqual(silences);
    const morning = bars.filter((at) => at < open + 250 * minute);
    expect(findSilences(Float64Array.from(morning), 5 * minute, [session(0)], 'option')).toEqual([]);
  });

  test('takes hours without a bar of an option for ordinary, and three of them in a row only beside 60 bars', () => {
    const hours = (days: number, ...missing: readonly number[]): readonly Window[] => {
      const spans = Array.from({ length: days }, (_, day) => session(day));
      const times = spans
        .flatMap(({ start }) => [0, 30, 90, 150, 210, 270, 330].map((at) => start + at * minute))
        .filter((_, index) => !missing.includes(index));
      return findSilences(Float64Array.from(times), hour, spans, 'option');
    };
    expect(hours(3, 15, 16, 17, 18)).toEqual([]);
    expect(hours(10, 10)).toEqual([]);
    expect(hours(10, 9, 10, 11)).toEqual([
      { start: session(1).start + 90 * minute, end: session(1).start + 270 * minute },
    ]);
  });

  test('judges options only if they trade steadily', () => {
    const spans = [session(0)];
    const judge = (times: readonly Instant[]): number =>
      findSilences(Float64Array.from(times), minute, spans, 'option').length;
    expect(judge(minutes(0, [100, 160]))).toBe(1);
    const sparse = minutes(0, [100, 160]).filter((_, index) => index % 15 !== 0);
    expect(find(sparse, 1)).toHaveLength(1);
    expect(judge(sparse)).toBe(0);
  });
});
