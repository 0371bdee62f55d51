import type { Clock } from '../src/core/time/clock.js';
import type { Duration, Instant } from '../src/core/time/time.js';

/** A clock for tests: time stands still while there is something to do, and jumps to the next sleeper when there is not. */
export interface VirtualClock extends Clock {
  /** How many sleep. */
  readonly sleepers: number;
  /** When the next one wakes; null when nobody sleeps. */
  readonly nextWake: Instant | null;
  /**
   * Moves on to an instant and wakes, in order, everybody due until then, each after all that the one before caused is
   * done. Those who come to sleep meanwhile and are due by then wake too.
   */
  advanceTo(instant: Instant): Promise<void>;
  advanceBy(duration: Duration): Promise<void>;
  /**
   * Keeps time still while work goes on that the clock cannot see, such as another process or a database. Reading and
   * writing files is seen without this.
   */
  holdDuring<T>(work: Promise<T>): Promise<T>;
  /** Sets the hands, forwards or backwards, as an administrator would: nobody wakes before the clock moves on. */
  set(instant: Instant): void;
}

/** How a virtual clock behaves. */
export interface VirtualClockOptions {
  /**
   * Whether time moves on by itself, to the next sleeper, whenever nothing else is left to do. With `false` it moves only
   * by `advanceTo` and `advanceBy`.
   */
  readonly auto?: boolean;
}

interface Sleeper {
  readonly instant: Instant;
  wake(): void;
}

/** Makes a clock that shows `start`. Two runs of the same code on it are the same, to the millisecond. */
export function createVirtualClock(start: Instant, { auto = true }: VirtualClockOptions = {}): VirtualClock {
  let now = start;
  let holds = 0;
  let isAdvancing = false;
  let isScheduled = false;
  /** Kept in the order in which they wake. */
  const sleepers: Sleeper[] = [];

  /**
   * Resolves when no promise is left to settle and nothing known is under way. Two turns of the event loop, because what
   * arrives in one is answered in the next.
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

  /** Wakes the first sleeper and everybody due at the same instant, if that has come by `instant`. */
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

function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
