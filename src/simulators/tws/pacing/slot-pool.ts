/** Limits concurrent use: open historical requests, market data lines. */
export interface SlotPool {
  readonly inUse: number;
  /** Maximum slots in use at one time. */
  readonly peak: number;
  /** Acquires a slot; false if none is free. */
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
