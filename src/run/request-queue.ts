/** The requests that wait for one provider: first come, first asked, only so many at once. */
export interface RequestQueue<Item> {
  push(items: readonly Item[]): void;
  /** Gives back what still waits and is no longer wanted. */
  drop(isUnwanted: (item: Item) => boolean): readonly Item[];
  /** Starts nothing more, now or later, and gives back what was still waiting. What is under way goes on. */
  close(): readonly Item[];
}

/** Cutting the head off one by one would cost the square of the length. */
const compactionThreshold = 4096;

/** A queue that keeps `most` calls of `work` under way as long as something waits. `work` must not reject. */
export function createRequestQueue<Item>(
  maxConcurrent: number,
  work: (item: Item) => Promise<void>,
): RequestQueue<Item> {
  const waiting: Item[] = [];
  let next = 0;
  let inFlight = 0;
  let isClosed = false;

  const pump = (): void => {
    while (inFlight < maxConcurrent) {
      const item = waiting[next];
      if (item === undefined) return;
      next++;
      if (next === compactionThreshold) {
        waiting.splice(0, next);
        next = 0;
      }
      inFlight++;
      void work(item).then(() => {
        inFlight--;
        pump();
      });
    }
  };

  return {
    push(items) {
      if (isClosed) return;
      for (const item of items) waiting.push(item);
      pump();
    },
    drop(isUnwanted) {
      const waitingItems = waiting.slice(next);
      waiting.length = 0;
      next = 0;
      const dropped: Item[] = [];
      for (const item of waitingItems) (isUnwanted(item) ? dropped : waiting).push(item);
      return dropped;
    },
    close() {
      isClosed = true;
      const waitingItems = waiting.slice(next);
      waiting.length = 0;
      next = 0;
      return waitingItems;
    },
  };
}
