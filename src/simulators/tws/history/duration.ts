import { day, hour, minute, second } from '../../../core/time.js';
import type { Duration } from '../../../core/time.js';
import { lengthOf } from './sizes.js';
import type { WireBarSize } from './sizes.js';

/** How far back a request reaches: seconds of trading, days of trading, or weeks, months and years of the calendar. */
export interface Reach {
  readonly count: number;
  readonly unit: 'S' | 'D' | 'W' | 'M' | 'Y';
}

/** `10 D`; seconds when there is no unit; null for anything else. */
export function parseReach(text: string): Reach | null {
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

const limits = {
  S: [86_400, 'seconds', 'days'],
  D: [365, 'days', 'years'],
  W: [52, 'weeks', 'years'],
  M: [12, 'months', 'years'],
  Y: [100, 'years', 'centuries'],
} as const;

/** What TWS says about a number too large for its unit; null when it is not. */
export function reachProblem({ count, unit }: Reach): string | null {
  const [limit, units, larger] = limits[unit];
  if (count <= limit) return null;
  return `Historical data requests for durations longer than ${limit} ${units} must be made in ${larger}.`;
}

/** How strictly the table of step sizes is taken. */
export type StepRule = 'strict' | 'lenient';

/** In `lenient`, about so many bars fit into one answer: 60 days of minutes, a day of seconds. */
const mostBars = 24_000;

/** The longest reach for each length of bars by the published table: up to this length of bar, so long. */
const table: readonly (readonly [Duration, Duration])[] = [
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
export function isTooLong(reach: Reach, size: WireBarSize, rule: StepRule): boolean {
  const bar = lengthOf(size);
  const length = lengthOfReach(reach);
  if (rule === 'strict') {
    const [, longest] = table.find(([upTo]) => bar <= upTo) ?? [0, 366 * day];
    return length > longest;
  }
  // Of a day about a quarter is session.
  const sessions = reach.unit === 'S' ? length : (length / day) * 6.5 * hour * (reach.unit === 'D' ? 1 : 5 / 7);
  return bar < day && sessions / bar > mostBars;
}

function lengthOfReach({ count, unit }: Reach): Duration {
  return count * { S: second, D: day, W: 7 * day, M: 31 * day, Y: 366 * day }[unit];
}
