/** Watches many things under few signals: one listener a signal, because a hundred thousand cannot be taken off one by one. */
export interface AbortWatch<T> {
  watch(item: T, signal: AbortSignal): void;
  unwatch(item: T, signal: AbortSignal): void;
}

interface Watched<T> {
  readonly items: Set<T>;
  readonly stop: () => void;
}

/** Calls back with everything that was under a signal when it aborts. */
export function createAbortWatch<T>(aborted: (items: Iterable<T>, signal: AbortSignal) => void): AbortWatch<T> {
  const bySignal = new Map<AbortSignal, Watched<T>>();
  return {
    watch: (item, signal) => {
      const found = bySignal.get(signal);
      if (found !== undefined) {
        found.items.add(item);
        return;
      }
      const items = new Set([item]);
      const stop = (): void => {
        bySignal.delete(signal);
        aborted(items, signal);
      };
      bySignal.set(signal, { items, stop });
      signal.addEventListener('abort', stop, { once: true });
    },
    unwatch: (item, signal) => {
      const found = bySignal.get(signal);
      if (found === undefined) return;
      found.items.delete(item);
      if (found.items.size > 0) return;
      bySignal.delete(signal);
      signal.removeEventListener('abort', found.stop);
    },
  };
}
