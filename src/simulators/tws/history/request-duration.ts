import { day, hour, minute, second } from '../../../core/time/time.js';
import type { Duration } from '../../../core/time/time.js';
import { getBarLength } from './bar-sizes.js';
import type { WireBarSize } from './bar-sizes.js';

/** Duration of a request: seconds or days of trading, or calendar weeks, months and years. */
export interface RequestDuration {
  readonly count: number;
  readonly unit: 'S' | 'D' | 'W' | 'M' | 'Y';
}

/** Parses `10 D`; a number without a unit is seconds; null for anything else. */
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

/** Returns TWS's error for a number too large for its unit; null if it is valid. */
export function checkMaxCount({ count, unit }: RequestDuration): string | null {
  const [limit, units, largerUnits] = maxCounts[unit];
  if (count <= limit) return null;
  return `Historical data requests for durations longer than ${limit} ${units} must be made in ${largerUnits}.`;
}

/** Whether to apply the published table of step sizes strictly. */
export type DurationRule = 'strict' | 'lenient';

/** Maximum bars of one response in `lenient` mode: 60 days of minutes, a day of seconds. */
const maxBars = 24_000;

/** Maximum duration by bar size from the published table. */
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

/** Whether a duration is too long for one request of bars of a size. */
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
  // A session is about a quarter of a day.
  const sessionTime =
    requestDuration.unit === 'S' ? length : (length / day) * 6.5 * hour * (requestDuration.unit === 'D' ? 1 : 5 / 7);
  return barLength < day && sessionTime / barLength > maxBars;
}

function toDuration({ count, unit }: RequestDuration): Duration {
  return count * { S: second, D: day, W: 7 * day, M: 31 * day, Y: 366 * day }[unit];
}
