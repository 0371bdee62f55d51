import type { Duration, Instant } from '../../../core/time/time.js';
import { nextIndianTime } from '../indian-time.js';

/** Kite's list for a day is complete at half past eight. */
const listReadyMinute = 8 * 60 + 30;

/** Whether a list is as good as a new one: not too old, and no new day's list has come out since. */
export function isFresh(fetchedAt: Instant, now: Instant, maxAge: Duration): boolean {
  return now - fetchedAt < maxAge && isFromToday(fetchedAt, now);
}

/** Whether a list has been fetched since the day's list came out. */
export function isFromToday(fetchedAt: Instant, now: Instant): boolean {
  return now >= fetchedAt && now < nextIndianTime(fetchedAt, listReadyMinute);
}
