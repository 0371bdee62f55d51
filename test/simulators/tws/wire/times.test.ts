import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getCalendar } from '../../../../src/calendar/calendars.js';
import { formatTradingHours } from '../../../../src/simulators/tws/contracts/trading-hours.js';
import {
  exceedsMaxDuration,
  parseRequestDuration,
  checkMaxCount,
} from '../../../../src/simulators/tws/history/request-duration.js';
import { legalBarSizes, parseBarSize } from '../../../../src/simulators/tws/history/bar-sizes.js';
import { toRequestWindow } from '../../../../src/simulators/tws/history/request-window.js';
import { createLocalTimeFormatter, parseEndTime } from '../../../../src/simulators/tws/wire/times.js';

const at = (text: string): number => Date.parse(text);
const newYork = getCalendar('XNYS') ?? expect.fail('no calendar');
const now = at('2026-11-18T16:00:00Z');

test.each([
  ['20261117-21:00:00', '2026-11-17T21:00:00Z', true],
  ['20261117 16:00:00 US/Eastern', '2026-11-17T21:00:00Z', true],
  ['20261117  16:00:00 America/New_York', '2026-11-17T21:00:00Z', true],
  ['20260708 16:00:00 US/Eastern', '2026-07-08T20:00:00Z', true],
  ['20261117 16:00:00', '2026-11-17T21:00:00Z', false],
  ['20261117 15:30:00 Asia/Calcutta', '2026-11-17T10:00:00Z', true],
  ['20261117 23:59:59 UTC', '2026-11-17T23:59:59Z', true],
  ['15:59:00 US/Eastern', '2026-11-18T20:59:00Z', true],
  // Clocks in New York change from 02:00 to 03:00 on 8 March 2026 and from 02:00 back to 01:00 on 1 November.
  ['20260308 03:00:00 US/Eastern', '2026-03-08T07:00:00Z', true],
  ['20261101 00:30:00 US/Eastern', '2026-11-01T04:30:00Z', true],
  ['20261101 02:30:00 US/Eastern', '2026-11-01T07:30:00Z', true],
])('parses %j as an end time', (text, instant, hasZone) => {
  expect(parseEndTime(text, 'America/New_York', now)).toEqual({ kind: 'at', instant: at(instant), hasZone });
});

test.each([
  '2026-11-17 16:00:00',
  '20261117',
  '20261317 16:00:00 UTC',
  '20261117 25:00:00 UTC',
  '20261117 16:00:00 Nowhere/Land',
  '20261117-16:00:00 US/Eastern',
  'yesterday',
])('rejects %j as an end time', (text) => {
  expect(parseEndTime(text, 'America/New_York', now)).toEqual({ kind: 'invalid' });
});

test('parses formatted local times to the same instants', () => {
  const zones = ['America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'UTC'];
  fc.assert(
    fc.property(
      fc.integer({ min: at('2000-01-01T00:00:00Z') / 1000, max: at('2040-01-01T00:00:00Z') / 1000 }),
      fc.constantFrom(...zones),
      (seconds, zone) => {
        const text = createLocalTimeFormatter(zone)(seconds * 1000);
        const read = parseEndTime(`${text} ${zone}`, 'UTC', now);
        expect(read.kind).toBe('at');
        // An hour that occurs twice means the first of the two.
        if (read.kind === 'at') expect([0, 3_600_000]).toContain(seconds * 1000 - read.instant);
      },
    ),
  );
});

test.each([
  ['1 D', { count: 1, unit: 'D' }],
  ['10 d', { count: 10, unit: 'D' }],
  ['3600 S', { count: 3600, unit: 'S' }],
  ['3600', { count: 3600, unit: 'S' }],
  ['2 W', { count: 2, unit: 'W' }],
  ['6 M', { count: 6, unit: 'M' }],
  ['1 Y', { count: 1, unit: 'Y' }],
  ['0 D', null],
  ['1 X', null],
  ['-1 D', null],
  ['', null],
  ['1 day', null],
])('parses %j as a duration of %j', (text, reach) => {
  expect(parseRequestDuration(text)).toEqual(reach);
});

test('rejects numbers too large for their unit', () => {
  expect(checkMaxCount({ count: 365, unit: 'D' })).toBeNull();
  expect(checkMaxCount({ count: 366, unit: 'D' })).toBe(
    'Historical data requests for durations longer than 365 days must be made in years.',
  );
  expect(checkMaxCount({ count: 86_401, unit: 'S' })).toContain('must be made in days');
});

test.each([
  // Wednesday 16:00 in New York, and the sessions before it.
  [{ count: 1, unit: 'D' }, '2026-11-18T21:00:00Z', '2026-11-18T05:00:00Z'],
  [{ count: 1, unit: 'D' }, '2026-11-18T14:00:00Z', '2026-11-17T05:00:00Z'],
  [{ count: 4, unit: 'D' }, '2026-11-18T21:00:00Z', '2026-11-13T05:00:00Z'],
  // Across the daylight saving change on 1 November and Thanksgiving.
  [{ count: 1, unit: 'W' }, '2026-11-04T21:00:00Z', '2026-10-28T20:00:00Z'],
  [{ count: 1, unit: 'M' }, '2026-11-18T21:00:00Z', '2026-10-18T20:00:00Z'],
  [{ count: 1, unit: 'M' }, '2026-03-31T20:00:00Z', '2026-02-28T21:00:00Z'],
  [{ count: 1, unit: 'Y' }, '2026-11-18T21:00:00Z', '2025-11-18T21:00:00Z'],
  // Seconds are seconds of trading: weekends do not count.
  [{ count: 60, unit: 'S' }, '2026-11-18T16:00:00Z', '2026-11-18T15:59:00Z'],
  [{ count: 3600, unit: 'S' }, '2026-11-22T12:00:00Z', '2026-11-20T20:00:00Z'],
  [{ count: 3600, unit: 'S' }, '2026-11-16T15:00:00Z', '2026-11-13T20:30:00Z'],
] as const)('%j before %s begins at %s', (reach, end, start) => {
  const window = toRequestWindow(reach, at(end), newYork);
  expect(new Date(window.start).toISOString()).toBe(new Date(start).toISOString());
  expect(window.end).toBe(at(end));
});

test('formats the trading hours of a week with a holiday and an early close', () => {
  const hours = formatTradingHours(newYork, at('2026-11-25T15:00:00Z'), null);
  expect(hours).toBe(
    '20261125:0930-20261125:1600;20261126:CLOSED;20261127:0930-20261127:1300;20261128:CLOSED;20261129:CLOSED;20261130:0930-20261130:1600',
  );
  expect(formatTradingHours(newYork, at('2026-11-25T15:00:00Z'), [240, 1200])).toContain('20261127:0400-20261127:1700');
});

test('limits durations by the published table and by size', () => {
  const minute = parseBarSize('1 min') ?? expect.fail('no size');
  const seconds = parseBarSize('1 secs') ?? expect.fail('no size');
  expect(exceedsMaxDuration({ count: 1, unit: 'D' }, minute, 'strict')).toBe(false);
  expect(exceedsMaxDuration({ count: 2, unit: 'D' }, minute, 'strict')).toBe(true);
  expect(exceedsMaxDuration({ count: 20, unit: 'D' }, minute, 'lenient')).toBe(false);
  expect(exceedsMaxDuration({ count: 365, unit: 'D' }, minute, 'lenient')).toBe(true);
  expect(exceedsMaxDuration({ count: 1800, unit: 'S' }, seconds, 'strict')).toBe(false);
  expect(exceedsMaxDuration({ count: 1801, unit: 'S' }, seconds, 'strict')).toBe(true);
});

test.each(legalBarSizes.split(', '))('%j is a size', (text) => {
  expect(parseBarSize(text)).not.toBeNull();
});

test.each(['2 days', '7 mins', '', 'constructor', '1 minute', '1 sec', '1 week', '1 month', '1m', '1 Min'])(
  'rejects the bar size %j',
  (text) => {
    expect(parseBarSize(text)).toBeNull();
  },
);
