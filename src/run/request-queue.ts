/** Requests of one provider: first in, first out, with a limit on requests in flight. */
export interface RequestQueue<Item> {
  push(items: readonly Item[]): void;
  /** Takes the next item when the limit allows another request in flight; `done` ends that request. */
  take(): Item | undefined;
  done(): void;
  /** Removes and returns the waiting items that `isUnwanted` selects. */
  drop(isUnwanted: (item: Item) => boolean): readonly Item[];
  /** Removes and returns all waiting items and ignores later ones. Requests in flight are not affected. */
  close(): readonly Item[];
}

/** Removing the first element one by one would cost the square of the length. */
const compactionThreshold = 4096;

export function createRequestQueue<Item>(maxConcurrent: number): RequestQueue<Item> {
  const waiting: Item[] = [];
  let next = 0;
  let inFlight = 0;
  let isClosed = false;

  const removeAll = (): readonly Item[] => {
    const removed = waiting.slice(next);
    waiting.length = 0;
    next = 0;
    return removed;
  };

  return {
    push(items) {
      if (isClosed) return;
      for (const item of items) waiting.push(item);
    },
    take() {
      if (inFlight >= maxConcurrent || next === waiting.length) return undefined;
      const item = waiting[next];
      next++;
      inFlight++;
      if (next === compactionThreshold) {
        waiting.splice(0, next);
        next = 0;
      }
      return item;
    },
    done() {
      inFlight--;
    },
    drop(isUnwanted) {
      const dropped: Item[] = [];
      for (const item of removeAll()) (isUnwanted(item) ? dropped : waiting).push(item);
      return dropped;
    },
    close() {
      isClosed = true;
      return removeAll();
    },
  };
}
