import { abortReason } from '../src/core/time/clock.js';
import type { Clock } from '../src/core/time/clock.js';
import type { Duration, Instant } from '../src/core/time/time.js';

/** A clock for tests: time stands still while there is work to do, and jumps to the next sleeper otherwise. */
export interface VirtualClock extends Clock {
  /** The number of sleepers. */
  readonly sleepers: number;
  /** The instant of the next wake-up; null without sleepers. */
  readonly nextWake: Instant | null;
  /**
   * Advances to an instant and wakes all sleepers due by then in order, each after all work that the one before caused.
   * Sleepers added meanwhile that are due by then wake too.
   */
  advanceTo(instant: Instant): Promise<void>;
  advanceBy(duration: Duration): Promise<void>;
  /**
   * Stops time during work that the clock cannot see, such as another process or a database. Reading and writing files
   * is detected without this.
   */
  holdDuring<T>(work: Promise<T>): Promise<T>;
  /** Sets the time forwards or backwards, as an administrator does; sleepers wake only when the clock advances. */
  set(instant: Instant): void;
}

/** Options of a virtual clock. */
export interface VirtualClockOptions {
  /**
   * True if time advances to the next sleeper whenever no work is left; otherwise it advances only by `advanceTo` and
   * `advanceBy`.
   */
  readonly auto?: boolean;
}

interface Sleeper {
  readonly instant: Instant;
  wake(): void;
}

/** Creates a clock that shows `start`. Two runs of the same code on it are identical to the millisecond. */
export function createVirtualClock(start: Instant, { auto = true }: VirtualClockOptions = {}): VirtualClock {
  let now = start;
  let holds = 0;
  let isAdvancing = false;
  let isScheduled = false;
  /** In the order of their wake-up. */
  const sleepers: Sleeper[] = [];

  /**
   * Resolves when no promise is pending and no detected work is in progress. Takes two turns of the event loop, because
   * what arrives in one is handled in the next.
   */
  const waitUntilIdle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2;) {
      await new Promise((resolve) => (holds > 0 ? setTimeout(resolve, 1) : setImmediate(resolve)));
      quiet =
        holds > 0 || process.getActiveResourcesInfo().some((kind) => /^(FSReq|CloseReq)/.test(kind)) ? 0 : quiet + 1;
    }
  };

  const scheduleAdvance = (): void => {
    if (!auto || isScheduled || isAdvancing || sleepers.length === 0) return;
    isScheduled = true;
    void waitUntilIdle().then(() => {
      isScheduled = false;
      const next = sleepers[0];
      if (isAdvancing || next === undefined) return;
      wakeFirst(Math.max(now, next.instant));
      scheduleAdvance();
    });
  };

  /** Wakes the first sleeper and all others due at the same instant, if that is at most `instant`. */
  const wakeFirst = (instant: Instant): boolean => {
    const first = sleepers[0];
    if (first === undefined || first.instant > instant) return false;
    now = Math.max(now, first.instant);
    while (sleepers[0] !== undefined && sleepers[0].instant <= now) sleepers.shift()?.wake();
    return true;
  };

  const advanceTo = async (instant: Instant): Promise<void> => {
    isAdvancing = true;
    do await waitUntilIdle();
    while (wakeFirst(instant));
    now = Math.max(now, instant);
    isAdvancing = false;
    scheduleAdvance();
  };

  return {
    now: () => now,
    get sleepers() {
      return sleepers.length;
    },
    get nextWake() {
      return sleepers[0]?.instant ?? null;
    },
    sleepUntil: (instant, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(abortReason(signal));
          return;
        }
        if (instant <= now) {
          resolve();
          return;
        }
        const sleeper: Sleeper = {
          instant,
          wake: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        const abort = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          if (signal !== undefined) reject(abortReason(signal));
        };
        signal?.addEventListener('abort', abort, { once: true });
        insert(sleepers, sleeper);
        scheduleAdvance();
      }),
    advanceTo,
    advanceBy: (duration) => advanceTo(now + duration),
    holdDuring: async (work) => {
      holds++;
      try {
        return await work;
      } finally {
        holds--;
      }
    },
    set: (instant) => {
      now = instant;
    },
  };
}

function insert(sleepers: Sleeper[], sleeper: Sleeper): void {
  let low = 0;
  let high = sleepers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sleepers[middle];
    if (other !== undefined && other.instant <= sleeper.instant) low = middle + 1;
    else high = middle;
  }
  sleepers.splice(low, 0, sleeper);
}
