import { expect, test } from 'vitest';
import {
  createHoursFilter,
  describeOutsideBars,
  mergeOutsideBars,
  toOutsideBars,
} from '../../src/core/tables/trading-hours.js';
import type { HoursRule } from '../../src/core/tables/trading-hours.js';
import { requireCalendar } from '../fixtures/require-calendar.js';

const newYork = requireCalendar('XNYS');
const minutes: HoursRule = { barSize: '1 min', hours: 'rth', kind: 'stock', isOption: false };

/** Returns whether a bar is inside the hours, by its time in UTC. */
function isInside(rule: Partial<HoursRule>, time: string): boolean {
  const ts = Date.parse(time);
  return createHoursFilter({ ...minutes, ...rule }, newYork)(ts, newYork.dateAt(ts));
}

test.each([
  ['a minute before the open', {}, '2026-11-18T14:29:00Z', false],
  ['the first minute', {}, '2026-11-18T14:30:00Z', true],
  ['the last minute', {}, '2026-11-18T20:59:00Z', true],
  ['the minute of the close', {}, '2026-11-18T21:00:00Z', false],
  ['an hour that begins before the open', { barSize: '1 hour' }, '2026-11-18T14:00:00Z', true],
  ['after an early close', {}, '2026-11-27T18:00:00Z', false],
  ['an option after the close of the stock', { isOption: true }, '2026-11-18T21:14:00Z', true],
  ['an option after its own close', { isOption: true }, '2026-11-18T21:15:00Z', false],
  ['an index after the close of stocks', { kind: 'index' }, '2026-11-18T21:10:00Z', true],
  ['all hours, in the evening', { hours: 'all' }, '2026-11-18T23:00:00Z', true],
  ['all hours, on a Saturday', { hours: 'all' }, '2026-11-21T16:00:00Z', false],
  ['a daily bar of a Saturday', { barSize: '1 day' }, '2026-11-21T14:30:00Z', false],
  ['a daily bar of Thanksgiving', { barSize: '1 day' }, '2026-11-26T14:30:00Z', false],
  ['a daily bar of a half day', { barSize: '1 day' }, '2026-11-27T14:30:00Z', true],
  ['a future on a Sunday', { kind: 'future' }, '2026-11-22T23:00:00Z', true],
  ['a weekend of a year without published holidays', { barSize: '1 day' }, '2099-11-21T14:30:00Z', true],
] as const)('%s', (_, rule, time, expected) => {
  expect(isInside(rule, time)).toBe(expected);
});

test('describes how many bars were dropped, and which', () => {
  const [first, last] = [Date.parse('2026-11-27T18:05:00Z'), Date.parse('2026-11-27T18:15:00Z')];
  const outside = mergeOutsideBars([toOutsideBars([last]), undefined, toOutsideBars([first, last])]);
  expect(outside).toEqual({ count: 3, first, last });
  if (outside === undefined) throw new Error('none');
  expect(describeOutsideBars(outside, 'rth', newYork)).toBe(
    'dropped 3 bars outside the regular hours of XNYS: 2026-11-27 13:05 to 2026-11-27 13:15 New York',
  );
  expect(describeOutsideBars({ count: 1, first, last: first }, 'all', newYork)).toBe(
    'dropped 1 bar outside the sessions of XNYS: 2026-11-27 13:05 New York',
  );
  expect(mergeOutsideBars([undefined])).toBeUndefined();
});
