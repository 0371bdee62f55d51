import { day, minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { CronFields } from './cron-fields.js';

export const minutesPerDay = 24 * 60;
export const minutesPerWeek = 7 * minutesPerDay;

/** Unix time began on a Thursday. */
const firstWeekday = 4;

/** The minutes since the Sunday before that a clock shows, given what it shows as if it were UTC. */
export function minuteOfWeek(shown: Instant): number {
  return (firstWeekday * minutesPerDay + (Math.floor(shown / minute) % ((7 * day) / minute))) % minutesPerWeek;
}

/** Few cron lines that name exactly these minutes of every week. */
export function toCronLines(weekMinutes: Iterable<number>): readonly CronFields[] {
  const daysByTime = new Map<number, number[]>();
  for (const at of [...weekMinutes].sort((a, b) => a - b))
    append(daysByTime, at % minutesPerDay, Math.floor(at / minutesPerDay));

  // First the minutes of each hour that are due on the same days, then the hours with the same minutes.
  const minutesByHour = new Map<string, number[]>();
  for (const [at, days] of [...daysByTime].sort(([a], [b]) => a - b))
    append(minutesByHour, `${days.join()} ${String(Math.floor(at / 60))}`, at % 60);
  const hoursByMinutes = new Map<string, number[]>();
  for (const [key, minutes] of minutesByHour) {
    const [days = '', hour = ''] = key.split(' ');
    append(hoursByMinutes, `${days} ${minutes.join()}`, Number(hour));
  }
  return [...hoursByMinutes].map(([key, hours]) => {
    const [days = [], minutes = []] = key.split(' ').map((list) => list.split(',').map(Number));
    return { minutes, hours, daysOfMonth: null, months: null, daysOfWeek: days.length === 7 ? null : days };
  });
}

function append<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
