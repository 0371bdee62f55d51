import type { Clock } from '../core/clock.js';
import type { Duration } from '../core/time.js';

/** A clock that runs as another does, earlier or later by a fixed amount: what `--now` sets. */
export function shiftedClock(base: Clock, by: Duration): Clock {
  return {
    now: () => base.now() + by,
    sleepUntil: (instant, signal) => base.sleepUntil(instant - by, signal),
  };
}
