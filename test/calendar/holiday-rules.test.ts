import { describe, expect, it } from 'vitest';
import { isWeekend, getWeekday } from '../../src/core/time/weekday.js';
import {
  easterSunday,
  lastWeekdayOnOrBefore,
  nthWeekday,
  moveWeekendToMonday,
} from '../../src/calendar/holiday-rules.js';

describe('easterSunday', () => {
  it.each([
    [1818, '1818-03-22'], // the earliest possible
    [1943, '1943-04-25'], // the latest possible
    [1954, '1954-04-18'], // the full moon moved up from the 19th
    [1981, '1981-04-19'],
    [2000, '2000-04-23'],
    [2008, '2008-03-23'],
    [2011, '2011-04-24'],
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2038, '2038-04-25'],
    [2076, '2076-04-19'],
  ])('of %i returns %s', (year, expected) => {
    expect(easterSunday(year)).toBe(expected);
  });
});

it('getWeekday returns 0 for Sunday and 6 for Saturday', () => {
  expect(getWeekday('2026-02-01')).toBe(0);
  expect(getWeekday('1969-12-31')).toBe(3);
  expect(isWeekend('2024-01-20')).toBe(true);
});

it('nthWeekday and weekdayOnOrAfter return the right dates of a month', () => {
  expect(nthWeekday(2026, 11, 4, 4)).toBe('2026-11-26');
  expect(nthWeekday(2024, 9, 1, 1)).toBe('2024-09-02');
});

it('moveWeekendToMonday and lastWeekdayOnOrBefore move dates off weekends', () => {
  expect(moveWeekendToMonday('2022-01-01')).toBe('2022-01-03');
  expect(moveWeekendToMonday('2024-01-01')).toBe('2024-01-01');
  expect(lastWeekdayOnOrBefore('2022-12-24')).toBe('2022-12-23');
  expect(lastWeekdayOnOrBefore('2023-12-24')).toBe('2023-12-22');
});
