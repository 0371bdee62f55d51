import type { Clock } from '../core/time/clock.js';
import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time/time.js';
import { startTimer, symbolTimeoutFailure } from './task-timer.js';

/** How many symbols are worked on at once and for how long; null for no limit. */
export interface SymbolLimits {
  readonly maxConcurrent: number | null;
  readonly timeout: Duration | null;
}

/**
 * Lets only so many symbols be worked on at once, each for so long, so that one that hangs holds up neither the others nor
 * the run. Symbols come in the order in which their first tasks do.
 */
export interface SymbolLimiter {
  /** Calls `begin` when the symbol's turn has come: at once when it is being worked on already. */
  acquire(symbol: string, start: () => void): void;
  /** All tasks of the symbol have ended: the next may come in. */
  release(symbol: string): void;
  /** Lets everybody in, because nothing will be asked any more. */
  admitAll(): void;
  /** Why no more of the symbol is to be asked; null while it has time. */
  timeoutFailure(symbol: string): Failure | null;
}

interface ActiveSymbol {
  timeoutFailure: Failure | null;
  readonly stopTimer: () => void;
}

export function createSymbolLimiter(
  { maxConcurrent, timeout }: SymbolLimits,
  clock: Clock,
  onTimeout: (symbol: string, failure: Failure) => void,
): SymbolLimiter {
  const waiting = new Map<string, (() => void)[]>();
  const active = new Map<string, ActiveSymbol>();
  let isUnlimited = maxConcurrent === null;

  const admit = (symbol: string): void => {
    const stopTimer = startTimer(timeout, clock, (timeLimit) => {
      entry.timeoutFailure = symbolTimeoutFailure(symbol, timeLimit);
      onTimeout(symbol, entry.timeoutFailure);
    });
    const entry: ActiveSymbol = { timeoutFailure: null, stopTimer };
    active.set(symbol, entry);
  };

  const admitNext = (): void => {
    for (const [symbol, callbacks] of waiting) {
      if (!isUnlimited && active.size >= (maxConcurrent ?? Infinity)) return;
      waiting.delete(symbol);
      admit(symbol);
      for (const start of callbacks) start();
    }
  };

  return {
    acquire(symbol, start) {
      if (active.has(symbol)) {
        start();
        return;
      }
      const callbacks = waiting.get(symbol);
      if (callbacks === undefined) waiting.set(symbol, [start]);
      else callbacks.push(start);
      admitNext();
    },
    release(symbol) {
      active.get(symbol)?.stopTimer();
      active.delete(symbol);
      admitNext();
    },
    admitAll() {
      isUnlimited = true;
      admitNext();
    },
    timeoutFailure: (symbol) => active.get(symbol)?.timeoutFailure ?? null,
  };
}
