import { setMaxListeners } from 'node:events';

import type { Clock } from '../core/clock.js';
import { durationText } from '../core/words.js';
import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time.js';

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
  /** Aborts when the symbol's time is up. */
  expired(symbol: string): AbortSignal;
}

const never = new AbortController().signal;

export function symbolGate(
  { atOnce, timeout }: SymbolLimits,
  clock: Clock,
  onExpired: (symbol: string) => void,
): SymbolGate {
  const waiting = new Map<string, (() => void)[]>();
  const inside = new Map<string, { readonly left: AbortController; readonly expired: AbortController }>();
  let isOpen = atOnce === null;

  const admit = (symbol: string): void => {
    const entry = { left: new AbortController(), expired: new AbortController() };
    // Every request of the symbol listens, which is as many as there are and no leak.
    setMaxListeners(0, entry.expired.signal);
    inside.set(symbol, entry);
    if (timeout === null) return;
    clock.sleepUntil(clock.now() + timeout, entry.left.signal).then(
      () => {
        entry.expired.abort();
        onExpired(symbol);
      },
      () => undefined,
    );
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
      inside.get(symbol)?.left.abort();
      inside.delete(symbol);
      letIn();
    },
    open() {
      isOpen = true;
      letIn();
    },
    expired: (symbol) => inside.get(symbol)?.expired.signal ?? never,
  };
}

/** What a request comes to whose symbol has used up its time. */
export function symbolTimedOut(symbol: string, { timeout }: SymbolLimits): Failure {
  const message = `${symbol} took longer than the ${durationText(timeout ?? 0)} that one symbol may take`;
  return { kind: 'retryable', code: 'symbol-timeout', message };
}
