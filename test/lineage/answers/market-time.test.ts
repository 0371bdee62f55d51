import { expect, test } from 'vitest';

import { formatMoment, formatSpan } from '../../../src/lineage/answers/market-time.js';

const at = (text: string): number => Date.parse(text);

test('a window between midnights of the exchange is a pair of dates, also over a change of clocks', () => {
  const window = { start: at('2026-10-21T04:00:00Z'), end: at('2026-11-21T05:00:00Z') };
  expect(formatSpan(window, 'America/New_York')).toBe('2026-10-21 → 2026-11-21 New York');
  expect(formatSpan(window)).toBe('2026-10-21 04:00 → 2026-11-21 05:00 UTC');
});

test('another window has times', () => {
  const window = { start: at('2026-11-20T14:30:00Z'), end: at('2026-11-20T21:00:00Z') };
  expect(formatSpan(window, 'America/New_York')).toBe('2026-11-20 09:30 → 2026-11-20 16:00 New York');
});

test('a moment has the time, or at midnight the date', () => {
  expect(formatMoment(at('2026-11-20T10:15:00Z'), 'Asia/Kolkata')).toBe('2026-11-20 15:45 Kolkata');
  expect(formatMoment(at('2026-11-20T18:30:00Z'), 'Asia/Kolkata')).toBe('2026-11-21 Kolkata');
});
