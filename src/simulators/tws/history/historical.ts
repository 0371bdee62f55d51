import type { BarSize, What } from '../../../core/bars.js';
import type { Calendar } from '../../../core/calendar.js';
import { addDays, day } from '../../../core/time.js';
import type { Instant } from '../../../core/time.js';
import { isEmpty } from '../../../core/window.js';
import type { Window } from '../../../core/window.js';
import type { Market } from '../../../market/market.js';
import type { Contract } from '../contracts/book.js';
import type { HistoricalRequest } from '../wire/requests.js';
import { parseEndTime } from '../wire/times.js';
import { grouped, unfinishedBar, wholeBars } from './bar-rows.js';
import type { BarRow } from './bar-rows.js';
import { isTooLong, parseReach, reachProblem } from './duration.js';
import type { StepRule } from './duration.js';
import { isShort, legalSizes, parseBarSize, parseWhat } from './sizes.js';
import type { WireBarSize } from './sizes.js';
import { windowOf } from './window.js';

/** How long bars of half a minute and less are kept. */
const shortBarsKept = 183 * day;

/** A request for bars that makes sense, with what its words mean. */
export interface HistoricalQuery {
  readonly size: WireBarSize;
  readonly what: What;
  readonly window: Window;
  /** Whether the bar that is being made belongs to the answer. */
  readonly untilNow: boolean;
  /** Whether a client has to be told that its end has no zone. */
  readonly zoneMissing: boolean;
}

/** What is wrong with a request, by code; the text is TWS's. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

export type Understood =
  | { readonly kind: 'query'; readonly query: HistoricalQuery }
  | { readonly kind: 'schedule'; readonly window: Window }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const invalid = (cause: string): Understood => ({
  kind: 'refused',
  refusal: { code: 321, message: `Error validating request.-'bN' : cause - ${cause}` },
});

const serviceError = (message: string): Understood => ({
  kind: 'refused',
  refusal: { code: 162, message: `Historical Market Data Service error message:${message}` },
});

const badTime =
  'End Date/Time: The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 US/Eastern  Note that there is a space between the date and time, and between the time and time-zone.  If no date is specified, current date is assumed. If no time-zone is specified, local time-zone is assumed(deprecated).  You can also provide yyyymmddd-hh:mm:ss time is in UTC. Note that there is a dash between the date and time in UTC notation.';

/** What a request for bars means for one contract at an instant. */
export function understand(request: HistoricalRequest, contract: Contract, now: Instant, steps: StepRule): Understood {
  const calendar = calendarOf(contract);
  const size = parseBarSize(request.barSize);
  const schedule = request.what === 'SCHEDULE';
  if (size === null) return invalid(`Historical data bar size setting is invalid. Legal ones are: ${legalSizes}`);
  const reach = parseReach(request.duration);
  if (reach === null)
    return invalid("Historical data query duration is invalid. Use an integer and one of S, D, W, M, Y, as in '10 D'");
  const problem = reachProblem(reach);
  if (problem !== null) return invalid(problem);
  if (request.formatDate !== 1 && request.formatDate !== 2)
    return invalid('Historical data format date is invalid: use 1 or 2');
  const end = parseEndTime(request.end, calendar.timeZone, now);
  if (end.kind === 'invalid') return { kind: 'refused', refusal: { code: 10314, message: badTime } };
  if (request.keepUpToDate && end.kind === 'at') {
    return invalid('End date is not supported with keep up to date');
  }
  const wanted = parseWhat(request.what);
  if (wanted.kind === 'unknown' && !schedule) return invalid(`Incorrect what to show '${request.what}'`);
  if (request.what === 'ADJUSTED_LAST' && end.kind === 'at') {
    return invalid('End date not supported with adjusted last');
  }
  if (!schedule && isTooLong(reach, size, steps)) return serviceError('Time length exceed max.');
  const until = end.kind === 'at' ? Math.min(end.instant, now) : now;
  const window = windowOf(reach, until, calendar);
  if (schedule) return { kind: 'schedule', window };
  if (wanted.kind !== 'market' || (isIndex(contract) && wanted.what !== 'TRADES'))
    return serviceError(noSuchData(request, contract));
  return {
    kind: 'query',
    query: {
      size,
      what: wanted.what,
      window: isShort(size) ? { ...window, start: Math.max(window.start, now - shortBarsKept) } : window,
      untilNow: end.kind === 'now' || end.instant >= now,
      zoneMissing: end.kind === 'at' && !end.zoneGiven,
    },
  };
}

/** The bars of an answer, the one that is being made last. */
export function barsFor(market: Market, contract: Contract, query: HistoricalQuery, now: Instant): readonly BarRow[] {
  const { size, what, untilNow } = query;
  if (isEmpty(query.window)) return [];
  const marketSize: BarSize = size.kind === 'market' ? size.size : '1 day';
  const window = size.kind === 'market' ? query.window : widened(calendarOf(contract), query.window, size.kind);
  const asked = { contract, barSize: marketSize, what, window, now };
  const rows = [...wholeBars(market, asked)];
  const current = untilNow ? unfinishedBar(market, asked) : null;
  if (current !== null && current.start >= window.start) rows.push(current);
  return size.kind === 'market' ? rows : grouped(rows, size.kind, what);
}

/** The week or month that the first session of a window lies in is given whole. */
function widened(calendar: Calendar, window: Window, by: 'week' | 'month'): Window {
  const from = calendar.dateAt(window.start);
  const session = calendar.sessions(from, addDays(from, 30)).find(({ open }) => open >= window.start);
  const date = session?.date ?? from;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const first = by === 'month' ? `${date.slice(0, 7)}-01` : addDays(date, -((weekday + 6) % 7));
  return { ...window, start: Math.min(window.start, calendar.startOf(first)) };
}

/** The calendar whose sessions a contract trades in. */
export function calendarOf(contract: Contract): Calendar {
  return contract.kind === 'spot' ? contract.calendar : contract.underlying.calendar;
}

export function isIndex(contract: Contract): boolean {
  return contract.kind === 'spot' && contract.secType === 'IND';
}

const typeNames = { STK: 'Stock', IND: 'Index', OPT: 'Option' } as const;

function noSuchData(request: HistoricalRequest, contract: Contract): string {
  const exchange = contract.kind === 'spot' ? contract.instrument.exchange : contract.exchange;
  const type = typeNames[contract.kind === 'spot' ? contract.secType : 'OPT'];
  return `No data of type EODChart is available for the exchange '${exchange}' and the security type '${type}' and '${request.duration}' and '${request.barSize}'`;
}
