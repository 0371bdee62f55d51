import type { BarSize } from '../../core/bars.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { day, second } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { kiteError } from './errors.js';
import type { KiteError } from './errors.js';
import { indianDate, indianInstant, parseIndianTime } from './india-time.js';

/** Each interval with the bars it is and the days one request may span. */
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

/** The bars an interval is made of; undefined for a word that is no interval. */
export function barSizeOf(interval: string): BarSize | undefined {
  return Object.hasOwn(intervals, interval) ? intervals[interval]?.[0] : undefined;
}

/** What is asked for, understood. */
export interface HistoricalQuestion {
  readonly barSize: BarSize;
  /** Both ends that were asked for belong to the answer. */
  readonly window: Window;
  readonly continuous: boolean;
  readonly oi: boolean;
}

/** Reads the question of a historical request. */
export function readHistorical(interval: string, query: URLSearchParams): Result<HistoricalQuestion, KiteError> {
  const known = Object.hasOwn(intervals, interval) ? intervals[interval] : undefined;
  if (known === undefined) return invalid('invalid interval');
  const [barSize, days] = known;
  const from = parseIndianTime(query.get('from') ?? '', 0);
  if (from === null) return invalid('invalid from date');
  const to = parseIndianTime(query.get('to') ?? '', day - second);
  if (to === null) return invalid('invalid to date');
  if (from > to) return invalid('from date cannot be after to date');
  if (Math.floor((to - from) / day) > days) return invalid(`interval exceeds max limit: ${days} days`);
  const continuous = flag(query.get('continuous'));
  if (continuous === null) return invalid('invalid continuous flag');
  const oi = flag(query.get('oi'));
  if (oi === null) return invalid('invalid oi flag');
  if (continuous && interval !== 'day') return invalid('invalid interval for continuous data');
  return ok({
    barSize,
    window: interval === 'day' ? wholeDays(from, to) : { start: from, end: to + 1 },
    continuous,
    oi,
  });
}

/** Daily candles are asked for by their dates, whatever the time of day. */
function wholeDays(from: Instant, to: Instant): Window {
  return { start: indianInstant(indianDate(from), 0), end: indianInstant(indianDate(to), 0) + day };
}

function flag(text: string | null): boolean | null {
  if (text === null || text === '' || text === '0' || text === 'false') return false;
  return text === '1' || text === 'true' ? true : null;
}

function invalid(message: string): Result<never, KiteError> {
  return err(kiteError('InputException', message));
}
