/** The requests that wait for one provider: first come, first asked, only so many at once. */
export interface RequestQueue<Item> {
  push(items: readonly Item[]): void;
  /** Gives back what still waits and is no longer wanted. */
  drop(isUnwanted: (item: Item) => boolean): readonly Item[];
  /** Starts nothing more, now or later, and gives back what was still waiting. What is under way goes on. */
  close(): readonly Item[];
}

/** Cutting the head off one by one would cost the square of the length. */
const headWorthCutting = 4096;

/** A queue that keeps `most` calls of `work` under way as long as something waits. `work` must not reject. */
export function requestQueue<Item>(most: number, work: (item: Item) => Promise<void>): RequestQueue<Item> {
  const waiting: Item[] = [];
  let next = 0;
  let underWay = 0;
  let closed = false;

  const pump = (): void => {
    while (underWay < most) {
      const item = waiting[next];
      if (item === undefined) return;
      next++;
      if (next === headWorthCutting) {
        waiting.splice(0, next);
        next = 0;
      }
      underWay++;
      void work(item).then(() => {
        underWay--;
        pump();
      });
    }
  };

  return {
    push(items) {
      if (closed) return;
      for (const item of items) waiting.push(item);
      pump();
    },
    drop(isUnwanted) {
      const left = waiting.slice(next);
      waiting.length = 0;
      next = 0;
      const dropped: Item[] = [];
      for (const item of left) (isUnwanted(item) ? dropped : waiting).push(item);
      return dropped;
    },
    close() {
      closed = true;
      const left = waiting.slice(next);
      waiting.length = 0;
      next = 0;
      return left;
    },
  };
}
