import type { Clock } from '../core/time/clock.js';
import type { Duration } from '../core/time/time.js';

/** A clock that runs as another does, earlier or later by a fixed amount: what `--now` sets. */
export function createOffsetClock(base: Clock, offset: Duration): Clock {
  return {
    now: () => base.now() + offset,
    sleepUntil: (instant, signal) => base.sleepUntil(instant - offset, signal),
  };
}
