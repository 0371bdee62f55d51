import { expect, test } from 'vitest';

import { formatLocal, formatZoned } from '../../../src/cli/output/format-schedule.js';

const instant = Date.parse('2026-11-23T23:30:00Z');

test('formatLocal shows the local time and the city of the zone', () => {
  expect(formatLocal(instant, 'America/New_York')).toBe('2026-11-23 18:30 New York');
});

test('formatLocal shows UTC as ISO 8601', () => {
  expect(formatLocal(instant, 'UTC')).toBe('2026-11-23T23:30:00Z');
});

test('formatZoned adds the time in UTC', () => {
  expect(formatZoned(instant, 'America/New_York')).toBe('2026-11-23 18:30 New York = 23:30Z');
});

test('formatZoned adds the date in UTC where it differs', () => {
  expect(formatZoned(instant, 'Asia/Kolkata')).toBe('2026-11-24 05:00 Kolkata = 2026-11-23T23:30Z');
});
