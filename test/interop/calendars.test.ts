import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { supportedExchanges } from '../../src/calendar/calendars.js';
import { getTradingSpans } from '../../src/core/time/calendar.js';
import { addDays } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { findRequirement, titled } from '../requirements.js';

const python = findRequirement('python');

const first = '2010-01-04';
const last = '2026-12-31';

/** India's sessions on weekends and on Diwali are wrong in the library; `india.test.ts` has them from the circulars. */
const exchanges = supportedExchanges.filter((exchange) => exchange !== 'XNSE' && exchange !== 'XBOM');

/** Before this date the library has the lunch breaks of today. */
const breaksKnownFrom = '2012-03-05';

/** Where the library differs: Sydney ended early on these days until 2021; a typhoon or a rainstorm closed Hong Kong. */
const differences: readonly string[] = [
  'XASX 2023-12-22: 10:00-16:00, there 10:00-14:10',
  'XASX 2023-12-29: 10:00-16:00, there 10:00-14:10',
  'XHKG 2012-07-24: 13:00-16:00, there 09:30-12:00 13:00-16:00',
  'XHKG 2014-09-16: 13:00-16:00, there 09:30-12:00 13:00-16:00',
  'XHKG 2021-06-28: 13:30-16:00, there 09:30-12:00 13:00-16:00',
  'XHKG 2023-09-01: closed, there 09:30-12:00 13:00-16:00',
  'XHKG 2023-09-08: closed, there 09:30-12:00 13:00-16:00',
];

/** `09:00-15:30` for `09:00-11:30 12:30-15:30` of years whose breaks the library does not know. */
function omitEarlyBreak(date: string, hours: string): string {
  return date < breaksKnownFrom ? hours.replace(/-\d\d:\d\d \d\d:\d\d-/, '-') : hours;
}

function formatSessions(exchange: string): ReadonlyMap<string, string> {
  const calendar = requireCalendar(exchange);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: calendar.timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const clock = (instant: Instant): string => format.format(instant);
  return new Map(
    calendar.sessions(first, addDays(last, 1)).map((session) => [
      session.date,
      getTradingSpans(session)
        .map(({ start, end }) => `${clock(start)}-${clock(end)}`)
        .join(' '),
    ]),
  );
}

test.skipIf(python.missing)(
  titled('the sessions since 2010 are those of exchange_calendars but for the listed ones', python),
  async () => {
    const names = exchanges.map((exchange) => (exchange === 'XNAS' ? 'XNYS' : exchange));
    const script = join(import.meta.dirname, 'read_calendars.py');
    const { stdout } = await promisify(execFile)(python.path, [script, first, last, ...names], { maxBuffer: 1 << 26 });
    const published = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const found: string[] = [];
    for (const [index, exchange] of exchanges.entries()) {
      const theirs = published[names[index] ?? exchange] ?? {};
      const ours = formatSessions(exchange);
      for (const date of new Set([...ours.keys(), ...Object.keys(theirs)])) {
        const [here = '', there = ''] = [ours.get(date) ?? 'closed', theirs[date] ?? 'closed'].map((hours) =>
          omitEarlyBreak(date, hours),
        );
        if (here !== there) found.push(`${exchange} ${date}: ${here}, there ${there}`);
      }
    }
    expect(found.sort()).toEqual([...differences].sort());
  },
);
