import type { Duration, Instant } from '../../../core/time/time.js';
import { second } from '../../../core/time/time.js';

/** Longer than this nobody was busy: the clock was set. */
const maxStall: Duration = second;

/**
 * When messages that were found together may have come in. Whoever was busy since `idle` finds all that has arrived
 * meanwhile at once, which must not look like a burst: they are spread evenly over that time.
 */
export function spreadArrivalTimes(idleSince: Instant, now: Instant, count: number): readonly Instant[] {
  const stall = now - idleSince > maxStall ? 0 : Math.max(now - idleSince, 0);
  return Array.from({ length: count }, (_, index) => now - stall + (stall * (index + 1)) / count);
}
