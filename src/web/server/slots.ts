/** Requests that wait for a place at most. */
const maxWaiting = 200;

/** A place of a request in progress. */
export interface Slot {
  release(): void;
}

export interface Slots {
  /** Waits for a place; null if too many others wait. */
  acquire(): Promise<Slot | null>;
}

/** Limits the requests that read at once, so that many pages cost as much as a few. */
export function createSlots(max: number): Slots {
  let used = 0;
  const waiting: (() => void)[] = [];
  const createSlot = (): Slot => {
    let isReleased = false;
    return {
      release() {
        if (isReleased) return;
        isReleased = true;
        const next = waiting.shift();
        if (next === undefined) used--;
        else next();
      },
    };
  };
  return {
    async acquire() {
      if (used < max) {
        used++;
        return createSlot();
      }
      if (waiting.length >= maxWaiting) return null;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return createSlot();
    },
  };
}
