import { day, hour, minute, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { getBarLength } from './bar-sizes.js';
import type { WireBarSize } from './bar-sizes.js';

/** How far back a request reaches: seconds of trading, days of trading, or weeks, months and years of the calendar. */
export interface RequestDuration {
  readonly count: number;
  readonly unit: 'S' | 'D' | 'W' | 'M' | 'Y';
}

/** `10 D`; seconds when there is no unit; null for anything else. */
export function parseRequestDuration(text: string): RequestDuration | null {
  const match = /^(\d{1,9}) *([SDWMY]?)$/i.exec(text);
  if (match === null) return null;
  const [, digits = '', letter = ''] = match;
  const count = Number(digits);
  const unit = letter.toUpperCase();
  if (count === 0) return null;
  if (unit === '' || unit === 'S') return { count, unit: 'S' };
  if (unit === 'D' || unit === 'W') return { count, unit };
  return { count, unit: unit === 'M' ? 'M' : 'Y' };
}

const maxCounts = {
  S: [86_400, 'seconds', 'days'],
  D: [365, 'days', 'years'],
  W: [52, 'weeks', 'years'],
  M: [12, 'months', 'years'],
  Y: [100, 'years', 'centuries'],
} as const;

/** What TWS says about a number too large for its unit; null when it is not. */
export function checkMaxCount({ count, unit }: RequestDuration): string | null {
  const [limit, units, largerUnits] = maxCounts[unit];
  if (count <= limit) return null;
  return `Historical data requests for durations longer than ${limit} ${units} must be made in ${largerUnits}.`;
}

/** How strictly the table of step sizes is taken. */
export type DurationRule = 'strict' | 'lenient';

/** In `lenient`, about so many bars fit into one answer: 60 days of minutes, a day of seconds. */
const maxBars = 24_000;

/** The longest reach for each length of bars by the published table: up to this length of bar, so long. */
const maxDurations: readonly (readonly [Duration, Duration])[] = [
  [second, 30 * minute],
  [5 * second, hour],
  [15 * second, 4 * hour],
  [30 * second, 8 * hour],
  [minute, day],
  [2 * minute, 2 * day],
  [20 * minute, 7 * day],
  [8 * hour, 31 * day],
];

/** Whether so much may be asked for in bars of a size. */
export function exceedsMaxDuration(
  requestDuration: RequestDuration,
  size: WireBarSize,
  durationRule: DurationRule,
): boolean {
  const barLength = getBarLength(size);
  const length = toDuration(requestDuration);
  if (durationRule === 'strict') {
    const [, maxDuration] = maxDurations.find(([maxBarLength]) => barLength <= maxBarLength) ?? [0, 366 * day];
    return length > maxDuration;
  }
  // Of a day about a quarter is session.
  const sessionTime =
    requestDuration.unit === 'S' ? length : (length / day) * 6.5 * hour * (requestDuration.unit === 'D' ? 1 : 5 / 7);
  return barLength < day && sessionTime / barLength > maxBars;
}

function toDuration({ count, unit }: RequestDuration): Duration {
  return count * { S: second, D: day, W: 7 * day, M: 31 * day, Y: 366 * day }[unit];
}
