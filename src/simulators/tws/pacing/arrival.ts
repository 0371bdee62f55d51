import { getMonotonicTime } from '../../../core/time/clock.js';
import type { Duration, Instant } from '../../../core/time/time.js';

/**
 * The arrival of a message. A simulator that was busy reads late what arrived meanwhile, so a message may have arrived at any
 * time between `earliest` and `at`; limits count it so that the client is never blamed for the delay.
 */
export interface Arrival {
  /** When the message was read. */
  readonly at: Instant;
  readonly earliest: Instant;
}

/** Measures for how long messages that are read now may have waited for this process. */
export interface StallMeter {
  measure(): Duration;
  /** Called regularly by a timer of the event loop. */
  tick(): void;
}

/**
 * Creates a meter. A timer that is due runs before sockets are read, also after a long callback, so messages may have arrived
 * since the tick before the last one. `now` is monotonic: a change of the clock is no stall.
 */
export function createStallMeter(now: () => Duration = getMonotonicTime): StallMeter {
  let beforeLast = now();
  let last = beforeLast;
  return {
    measure: () => now() - beforeLast,
    tick() {
      beforeLast = last;
      last = now();
    },
  };
}
