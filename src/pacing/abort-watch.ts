/** Watches many items under few signals with one listener per signal: removing 100,000 listeners one by one is slow. */
export interface AbortWatch<T> {
  watch(item: T, signal: AbortSignal): void;
  unwatch(item: T, signal: AbortSignal): void;
}

interface WatchedItems<T> {
  readonly items: Set<T>;
  readonly listener: () => void;
}

/** Calls `onAbort` with all items of a signal when it aborts. */
export function createAbortWatch<T>(onAbort: (items: Iterable<T>, signal: AbortSignal) => void): AbortWatch<T> {
  const bySignal = new Map<AbortSignal, WatchedItems<T>>();
  return {
    watch: (item, signal) => {
      const found = bySignal.get(signal);
      if (found !== undefined) {
        found.items.add(item);
        return;
      }
      const items = new Set([item]);
      const listener = (): void => {
        bySignal.delete(signal);
        onAbort(items, signal);
      };
      bySignal.set(signal, { items, listener });
      signal.addEventListener('abort', listener, { once: true });
    },
    unwatch: (item, signal) => {
      const found = bySignal.get(signal);
      if (found === undefined) return;
      found.items.delete(item);
      if (found.items.size > 0) return;
      bySignal.delete(signal);
      signal.removeEventListener('abort', found.listener);
    },
  };
}
