import { expect, test } from 'vitest';

import {
  formatTime,
  formatZonedAndUtc,
  formatZonedSeconds,
  formatZonedTime,
  formatZonedWindow,
} from '../../../src/core/time/zoned-time.js';

const at = Date.parse('2026-11-20T21:00:00Z');

test('a time names its zone, and has seconds where they are not zero', () => {
  expect(formatZonedTime(at, 'America/New_York')).toBe('2026-11-20 16:00 New York');
  expect(formatZonedTime(at + 5_250, 'Asia/Kolkata')).toBe('2026-11-21 02:30:05 Kolkata');
  expect(formatZonedTime(at, 'UTC')).toBe('2026-11-20 21:00 UTC');
  expect(formatZonedTime(at, 'Europe/London')).toBe('2026-11-20 21:00 London');
  expect(formatZonedSeconds(at, 'America/New_York')).toBe('2026-11-20 16:00:00 New York');
});

test('a window names its zone once', () => {
  expect(formatZonedWindow({ start: at, end: at + 90_000 }, 'America/New_York')).toBe(
    '2026-11-20 16:00 to 2026-11-20 16:01:30 New York',
  );
});

test('a time with UTC beside it repeats the date only where it differs', () => {
  expect(formatZonedAndUtc(at, 'America/New_York')).toBe('2026-11-20 16:00 New York = 21:00Z');
  expect(formatZonedAndUtc(at, 'Asia/Kolkata')).toBe('2026-11-21 02:30 Kolkata = 2026-11-20T21:00Z');
  expect(formatZonedAndUtc(at, 'UTC')).toBe('2026-11-20 21:00 UTC');
});

test('the zone of the viewer is that of the process', () => {
  // The tests run with TZ=UTC.
  expect(formatTime(at)).toBe('2026-11-20 21:00 UTC');
});
