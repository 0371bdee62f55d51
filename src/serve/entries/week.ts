import { day, minute } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import type { PlainCron } from './plain-cron.js';

export const minutesOfDay = 24 * 60;
export const minutesOfWeek = 7 * minutesOfDay;

/** Unix time began on a Thursday. */
const firstWeekday = 4;

/** The minutes since the Sunday before that a clock shows, given what it shows as if it were UTC. */
export function weekMinute(shown: Instant): number {
  return (firstWeekday * minutesOfDay + (Math.floor(shown / minute) % ((7 * day) / minute))) % minutesOfWeek;
}

/** Few cron lines that name exactly these minutes of every week. */
export function linesOfWeek(weekMinutes: Iterable<number>): readonly PlainCron[] {
  const daysAt = new Map<number, number[]>();
  for (const at of [...weekMinutes].sort((a, b) => a - b))
    add(daysAt, at % minutesOfDay, Math.floor(at / minutesOfDay));

  // First the minutes of each hour that are due on the same days, then the hours with the same minutes.
  const minutesIn = new Map<string, number[]>();
  for (const [at, days] of [...daysAt].sort(([a], [b]) => a - b))
    add(minutesIn, `${days.join()} ${String(Math.floor(at / 60))}`, at % 60);
  const hoursWith = new Map<string, number[]>();
  for (const [key, minutes] of minutesIn) {
    const [days = '', hour = ''] = key.split(' ');
    add(hoursWith, `${days} ${minutes.join()}`, Number(hour));
  }
  return [...hoursWith].map(([key, hours]) => {
    const [days = [], minutes = []] = key.split(' ').map((list) => list.split(',').map(Number));
    return { minutes, hours, daysOfMonth: null, months: null, daysOfWeek: days.length === 7 ? null : days };
  });
}

function add<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
