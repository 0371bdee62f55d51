import type { BarSize, PriceType } from '../../../core/tables/bars.js';
import type { Calendar } from '../../../core/time/calendar.js';
import { addDays, day } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { isEmpty } from '../../../core/time/window.js';
import type { Window } from '../../../core/time/window.js';
import type { Market } from '../../../market/market.js';
import type { Contract } from '../contracts/contract-catalog.js';
import type { HistoricalRequest } from '../wire/requests.js';
import { parseEndTime } from '../wire/times.js';
import { groupByPeriod, getPartialBar, getCompletedBars } from './bar-rows.js';
import type { BarRow } from './bar-rows.js';
import { exceedsMaxDuration, parseRequestDuration, checkMaxCount } from './request-duration.js';
import type { DurationRule } from './request-duration.js';
import { isShortBarSize, legalBarSizes, parseBarSize, parseWhatToShow } from './bar-sizes.js';
import type { WireBarSize } from './bar-sizes.js';
import { toNamedWindow, toRequestWindow } from './request-window.js';

/** Retention of bars of 30 seconds and less. */
const shortBarRetention = 183 * day;

/** A validated request for bars. */
export interface HistoricalQuery {
  readonly size: WireBarSize;
  readonly priceType: PriceType;
  readonly window: Window;
  /** The window that the response names: the end and the duration before it by the clock, sessions or not. */
  readonly namedWindow: Window;
  /** Whether the response includes the bar in progress. */
  readonly includesPartialBar: boolean;
  /** Whether to warn the client that its end time has no zone. */
  readonly zoneMissing: boolean;
}

/** An error with TWS's code and message. */
export interface TwsError {
  readonly code: number;
  readonly message: string;
}

export type InterpretedRequest =
  | { readonly kind: 'query'; readonly query: HistoricalQuery }
  | { readonly kind: 'schedule'; readonly window: Window }
  | { readonly kind: 'rejected'; readonly error: TwsError };

const rejectInvalid = (cause: string): InterpretedRequest => ({
  kind: 'rejected',
  error: { code: 321, message: `Error validating request.-'bN' : cause - ${cause}` },
});

const rejectByHistoricalService = (message: string): InterpretedRequest => ({
  kind: 'rejected',
  error: { code: 162, message: `Historical Market Data Service error message:${message}` },
});

const invalidTimeMessage =
  'End Date/Time: The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 US/Eastern  Note that there is a space between the date and time, and between the time and time-zone.  If no date is specified, current date is assumed. If no time-zone is specified, local time-zone is assumed(deprecated).  You can also provide yyyymmddd-hh:mm:ss time is in UTC. Note that there is a dash between the date and time in UTC notation.';

/** Validates a request for bars of one contract at an instant. */
export function interpretRequest(
  request: HistoricalRequest,
  contract: Contract,
  now: Instant,
  durationRule: DurationRule,
): InterpretedRequest {
  const calendar = getContractCalendar(contract);
  const size = parseBarSize(request.barSize);
  const isSchedule = request.whatToShow === 'SCHEDULE';
  if (size === null)
    return rejectInvalid(`Historical data bar size setting is invalid. Legal ones are: ${legalBarSizes}`);
  const duration = parseRequestDuration(request.duration);
  if (duration === null)
    return rejectInvalid(
      "Historical data query duration is invalid. Use an integer and one of S, D, W, M, Y, as in '10 D'",
    );
  const problem = checkMaxCount(duration);
  if (problem !== null) return rejectInvalid(problem);
  if (![1, 2, 3].includes(request.formatDate))
    return rejectInvalid('Historical data format date is invalid: use 1, 2 or 3');
  const end = parseEndTime(request.end, calendar.timeZone, now);
  if (end.kind === 'invalid') return { kind: 'rejected', error: { code: 10314, message: invalidTimeMessage } };
  if (request.keepUpToDate && end.kind === 'at') {
    return rejectInvalid('End date is not supported with keep up to date');
  }
  const whatToShow = parseWhatToShow(request.whatToShow);
  if (whatToShow.kind === 'unknown' && !isSchedule)
    return rejectInvalid(`Incorrect what to show '${request.whatToShow}'`);
  if (request.whatToShow === 'ADJUSTED_LAST' && end.kind === 'at') {
    return rejectInvalid('End date not supported with adjusted last');
  }
  if (!isSchedule && exceedsMaxDuration(duration, size, durationRule))
    return rejectByHistoricalService('Time length exceed max.');
  const until = end.kind === 'at' ? Math.min(end.instant, now) : now;
  const window = toRequestWindow(duration, until, calendar);
  if (isSchedule) return { kind: 'schedule', window };
  if (whatToShow.kind !== 'market' || (isIndex(contract) && whatToShow.priceType !== 'TRADES'))
    return rejectByHistoricalService(noDataMessage(request, contract));
  return {
    kind: 'query',
    query: {
      size,
      priceType: whatToShow.priceType,
      window: isShortBarSize(size) ? { ...window, start: Math.max(window.start, now - shortBarRetention) } : window,
      namedWindow: toNamedWindow(duration, until, calendar),
      includesPartialBar: end.kind === 'now' || end.instant >= now,
      zoneMissing: end.kind === 'at' && !end.hasZone,
    },
  };
}

/** Returns the bars of a response; the one in progress is last. */
export function getBars(market: Market, contract: Contract, query: HistoricalQuery, now: Instant): readonly BarRow[] {
  const { size, priceType, includesPartialBar } = query;
  if (isEmpty(query.window)) return [];
  const marketSize: BarSize = size.kind === 'market' ? size.size : '1 day';
  const window =
    size.kind === 'market' ? query.window : extendToPeriodStart(getContractCalendar(contract), query.window, size.kind);
  const barQuery = { contract, barSize: marketSize, priceType, window, now };
  const rows = [...getCompletedBars(market, barQuery)];
  const partialBar = includesPartialBar ? getPartialBar(market, barQuery) : null;
  if (partialBar !== null && partialBar.start >= window.start) rows.push(partialBar);
  return size.kind === 'market' ? rows : groupByPeriod(rows, size.kind, priceType);
}

/** Extends a window to the start of the week or month of its first session. */
function extendToPeriodStart(calendar: Calendar, window: Window, period: 'week' | 'month'): Window {
  const from = calendar.dateAt(window.start);
  const session = calendar.sessions(from, addDays(from, 30)).find(({ open }) => open >= window.start);
  const date = session?.date ?? from;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const first = period === 'month' ? `${date.slice(0, 7)}-01` : addDays(date, -((weekday + 6) % 7));
  return { ...window, start: Math.min(window.start, calendar.startOf(first)) };
}

export function getContractCalendar(contract: Contract): Calendar {
  return contract.kind === 'spot' ? contract.calendar : contract.underlying.calendar;
}

export function isIndex(contract: Contract): boolean {
  return contract.kind === 'spot' && contract.secType === 'IND';
}

const securityTypeNames = { STK: 'Stock', IND: 'Index', OPT: 'Option' } as const;

function noDataMessage(request: HistoricalRequest, contract: Contract): string {
  const exchange = contract.kind === 'spot' ? contract.instrument.exchange : contract.exchange;
  const type = securityTypeNames[contract.kind === 'spot' ? contract.secType : 'OPT'];
  return `No data of type EODChart is available for the exchange '${exchange}' and the security type '${type}' and '${request.duration}' and '${request.barSize}'`;
}
