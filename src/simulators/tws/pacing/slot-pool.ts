/** Counts places that are taken and given back: open historical requests, lines of market data. */
export interface SlotPool {
  readonly inUse: number;
  /** The most that were taken at once. */
  readonly peak: number;
  /** Takes a place unless all are taken. */
  tryAcquire(): boolean;
  release(): void;
}

export function createSlotPool(maxSlots: number): SlotPool {
  let inUse = 0;
  let peak = 0;
  return {
    get inUse() {
      return inUse;
    },
    get peak() {
      return peak;
    },
    tryAcquire() {
      if (inUse >= maxSlots) return false;
      inUse++;
      peak = Math.max(peak, inUse);
      return true;
    },
    release() {
      inUse--;
    },
  };
}
