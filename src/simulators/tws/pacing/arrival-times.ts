import type { Duration, Instant } from '../../../core/time/time.js';
import { second } from '../../../core/time/time.js';

/** A longer gap means that the clock was set, not that the process was busy. */
const maxStall: Duration = second;

/**
 * Estimates the arrival times of messages that were read together. A process that was busy since `idleSince` reads everything
 * that arrived meanwhile at once; that must not count as a burst, so the times are spread evenly over the busy period.
 */
export function spreadArrivalTimes(idleSince: Instant, now: Instant, count: number): readonly Instant[] {
  const stall = now - idleSince > maxStall ? 0 : Math.max(now - idleSince, 0);
  return Array.from({ length: count }, (_, index) => now - stall + (stall * (index + 1)) / count);
}
