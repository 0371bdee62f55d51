import { describe, expect, it } from 'vitest';

import { getTradingSpans } from '../../src/core/time/calendar.js';
import { formatZonedWindow } from '../../src/core/time/zoned-time.js';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { countSessionsPerYear, findSession } from './session-hours.js';

function describeSpans(exchange: string, date: string): readonly string[] {
  const session = findSession(exchange, date);
  const { timeZone } = requireCalendar(exchange);
  return session === undefined ? [] : getTradingSpans(session).map((span) => formatZonedWindow(span, timeZone));
}

describe('exchanges with a lunch break', () => {
  it.each([
    ['XTKS', [245, 245, 248, 245, 244, 244, 245, 247, 245, 241, 242, 245, 244, 246, 245, 243, 242]],
    ['XHKG', [249, 246, 247, 244, 247, 247, 245, 246, 246, 246, 248, 247, 246, 243, 246, 246, 247]],
  ] as const)('%s has as many sessions each year from 2010 to 2026 as published calendars', (exchange, counts) => {
    expect(countSessionsPerYear(exchange, 2010, 2026)).toEqual(counts);
  });

  it.each([
    ['XTKS', '2011-11-18', ['09:00 to 11:00', '12:30 to 15:00']],
    ['XTKS', '2011-11-21', ['09:00 to 11:30', '12:30 to 15:00']],
    ['XTKS', '2024-11-04', []],
    ['XTKS', '2024-11-05', ['09:00 to 11:30', '12:30 to 15:30']],
    ['XTKS', '2020-10-01', []], // an outage of the whole day
    ['XHKG', '2011-03-04', ['10:00 to 12:30', '14:30 to 16:00']],
    ['XHKG', '2011-03-07', ['09:30 to 12:00', '13:30 to 16:00']],
    ['XHKG', '2012-03-05', ['09:30 to 12:00', '13:00 to 16:00']],
    ['XHKG', '2026-02-16', ['09:30 to 12:00']], // the eve of the lunar year
    ['XHKG', '2023-09-01', []], // a typhoon
  ] as const)('%s on %s: %j', (exchange, date, spans) => {
    const times = describeSpans(exchange, date).map((text) =>
      text.replaceAll(`${date} `, '').replace(/ [A-Z]\w+( \w+)?$/, ''),
    );
    expect(times).toEqual(spans);
  });
});
