import type { Failure } from '../core/failure.js';
import type { Duration } from '../core/time/time.js';

/** Limits of the symbols of a run; null for no limit. */
export interface SymbolLimits {
  /** Symbols in progress at once. */
  readonly maxConcurrent: number | null;
  /** Time of one symbol, from the start of its first task. */
  readonly timeout: Duration | null;
}

/**
 * Limits how many symbols are in progress at once, so that a symbol that hangs delays neither the others nor the run.
 * Symbols start in the order of their first tasks.
 */
export interface SymbolLimiter<Item> {
  /** Adds an item of a symbol; `admit` returns it when it may start. */
  add(symbol: string, item: Item): void;
  /** Admits the next symbol, or more items of a symbol in progress; null when nothing may start. */
  admit(): { readonly symbol: string; readonly isNew: boolean; readonly items: readonly Item[] } | null;
  /** Ends a symbol, so that the next one may start. */
  release(symbol: string): void;
  /** Lifts the limit: the run stops, and waiting tasks only have to end. */
  admitAll(): void;
  /** Records that the time of a symbol is over. */
  expire(symbol: string, failure: Failure): void;
  /** The failure of a symbol whose time is over; null while it has time. */
  timeoutFailure(symbol: string): Failure | null;
}

export function createSymbolLimiter<Item>(maxConcurrent: number | null): SymbolLimiter<Item> {
  const waiting = new Map<string, Item[]>();
  /** Items of symbols that were in progress already when they were added. */
  const ready: { readonly symbol: string; readonly item: Item }[] = [];
  const active = new Map<string, { timeoutFailure: Failure | null }>();
  let limit = maxConcurrent ?? Infinity;

  return {
    add(symbol, item) {
      if (active.has(symbol)) {
        ready.push({ symbol, item });
        return;
      }
      const items = waiting.get(symbol);
      if (items === undefined) waiting.set(symbol, [item]);
      else items.push(item);
    },
    admit() {
      const first = ready.shift();
      if (first !== undefined) return { symbol: first.symbol, isNew: false, items: [first.item] };
      const [next] = waiting;
      if (next === undefined || active.size >= limit) return null;
      const [symbol, items] = next;
      waiting.delete(symbol);
      active.set(symbol, { timeoutFailure: null });
      return { symbol, isNew: true, items };
    },
    release(symbol) {
      active.delete(symbol);
    },
    admitAll() {
      limit = Infinity;
    },
    expire(symbol, failure) {
      const entry = active.get(symbol);
      if (entry !== undefined) entry.timeoutFailure = failure;
    },
    timeoutFailure: (symbol) => active.get(symbol)?.timeoutFailure ?? null,
  };
}
