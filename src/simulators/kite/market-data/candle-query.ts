import type { BarSize } from '../../../core/tables/bars.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day, second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import { kiteError } from '../errors.js';
import type { KiteError } from '../errors.js';
import { indianDate, indianInstant, parseIndianTime } from '../india-time.js';

/** Intervals with their bar size and the maximum days of one request. */
const intervals: Readonly<Record<string, readonly [BarSize, number]>> = {
  minute: ['1 min', 60],
  '3minute': ['3 mins', 100],
  '5minute': ['5 mins', 100],
  '10minute': ['10 mins', 100],
  '15minute': ['15 mins', 200],
  '30minute': ['30 mins', 200],
  '60minute': ['1 hour', 400],
  day: ['1 day', 2_000],
};

/** Returns the bar size of an interval; undefined for an unknown interval. */
export function toBarSize(interval: string): BarSize | undefined {
  return Object.hasOwn(intervals, interval) ? intervals[interval]?.[0] : undefined;
}

/** A validated historical request. */
export interface CandleQuery {
  readonly barSize: BarSize;
  /** Both ends of the requested range are inclusive. */
  readonly window: Window;
  readonly continuous: boolean;
  readonly oi: boolean;
}

/** Parses a historical request. */
export function parseCandleQuery(interval: string, query: URLSearchParams): Result<CandleQuery, KiteError> {
  const limits = Object.hasOwn(intervals, interval) ? intervals[interval] : undefined;
  if (limits === undefined) return invalidInput('invalid interval');
  const [barSize, maxDays] = limits;
  const from = parseIndianTime(query.get('from') ?? '', 0);
  if (from === null) return invalidInput('invalid from date');
  const to = parseIndianTime(query.get('to') ?? '', day - second);
  if (to === null) return invalidInput('invalid to date');
  if (from > to) return invalidInput('from date cannot be after to date');
  if (Math.floor((to - from) / day) > maxDays) return invalidInput(`interval exceeds max limit: ${maxDays} days`);
  const continuous = parseFlag(query.get('continuous'));
  if (continuous === null) return invalidInput('invalid continuous flag');
  const oi = parseFlag(query.get('oi'));
  if (oi === null) return invalidInput('invalid oi flag');
  if (continuous && interval !== 'day') return invalidInput('invalid interval for continuous data');
  return ok({
    barSize,
    window: interval === 'day' ? wholeDays(from, to) : { start: from, end: to + 1 },
    continuous,
    oi,
  });
}

/** The time of day does not matter for daily candles. */
function wholeDays(from: Instant, to: Instant): Window {
  return { start: indianInstant(indianDate(from), 0), end: indianInstant(indianDate(to), 0) + day };
}

function parseFlag(text: string | null): boolean | null {
  if (text === null || text === '' || text === '0' || text === 'false') return false;
  return text === '1' || text === 'true' ? true : null;
}

function invalidInput(message: string): Result<never, KiteError> {
  return err(kiteError('InputException', message));
}
