import type { Clock } from '../core/clock.js';
import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time.js';
import { countdown, symbolTimedOut } from './time-limits.js';

/** How many symbols are worked on at once and for how long; null for no limit. */
export interface SymbolLimits {
  readonly atOnce: number | null;
  readonly timeout: Duration | null;
}

/**
 * Lets only so many symbols be worked on at once, each for so long, so that one that hangs holds up neither the others nor
 * the run. Symbols come in the order in which their first tasks do.
 */
export interface SymbolGate {
  /** Calls `begin` when the symbol's turn has come: at once when it is being worked on already. */
  enter(symbol: string, begin: () => void): void;
  /** All tasks of the symbol have ended: the next may come in. */
  leave(symbol: string): void;
  /** Lets everybody in, because nothing will be asked any more. */
  open(): void;
  /** Why no more of the symbol is to be asked; null while it has time. */
  late(symbol: string): Failure | null;
}

interface Visit {
  late: Failure | null;
  readonly end: () => void;
}

export function symbolGate(
  { atOnce, timeout }: SymbolLimits,
  clock: Clock,
  onLate: (symbol: string, why: Failure) => void,
): SymbolGate {
  const waiting = new Map<string, (() => void)[]>();
  const inside = new Map<string, Visit>();
  let isOpen = atOnce === null;

  const admit = (symbol: string): void => {
    const end = countdown(timeout, clock, (allowed) => {
      visit.late = symbolTimedOut(symbol, allowed);
      onLate(symbol, visit.late);
    });
    const visit: Visit = { late: null, end };
    inside.set(symbol, visit);
  };

  const letIn = (): void => {
    for (const [symbol, begins] of waiting) {
      if (!isOpen && inside.size >= (atOnce ?? Infinity)) return;
      waiting.delete(symbol);
      admit(symbol);
      for (const begin of begins) begin();
    }
  };

  return {
    enter(symbol, begin) {
      if (inside.has(symbol)) {
        begin();
        return;
      }
      const begins = waiting.get(symbol);
      if (begins === undefined) waiting.set(symbol, [begin]);
      else begins.push(begin);
      letIn();
    },
    leave(symbol) {
      inside.get(symbol)?.end();
      inside.delete(symbol);
      letIn();
    },
    open() {
      isOpen = true;
      letIn();
    },
    late: (symbol) => inside.get(symbol)?.late ?? null,
  };
}
