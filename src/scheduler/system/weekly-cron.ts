import { day, minute } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { CronFields } from './cron-fields.js';

export const minutesPerDay = 24 * 60;
export const minutesPerWeek = 7 * minutesPerDay;

/** Unix time began on a Thursday. */
const firstWeekday = 4;

/** Minutes since Sunday 00:00 of a local time, which is given as if it were UTC. */
export function minuteOfWeek(localTime: Instant): number {
  return (firstWeekday * minutesPerDay + (Math.floor(localTime / minute) % ((7 * day) / minute))) % minutesPerWeek;
}

/** Compresses minutes of the week into as few cron lines as possible. */
export function toCronLines(weekMinutes: Iterable<number>): readonly CronFields[] {
  const daysByTime = new Map<number, number[]>();
  for (const at of [...weekMinutes].sort((a, b) => a - b))
    append(daysByTime, at % minutesPerDay, Math.floor(at / minutesPerDay));

  // Group the minutes of each hour by their days, then the hours by their minutes.
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
