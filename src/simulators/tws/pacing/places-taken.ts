/** Counts places that are taken and given back: open historical requests, lines of market data. */
export interface PlacesTaken {
  readonly taken: number;
  /** The most that were taken at once. */
  readonly peak: number;
  /** Takes a place unless all are taken. */
  take(): boolean;
  giveBack(): void;
}

export function placesTaken(limit: number): PlacesTaken {
  let taken = 0;
  let peak = 0;
  return {
    get taken() {
      return taken;
    },
    get peak() {
      return peak;
    },
    take() {
      if (taken >= limit) return false;
      taken++;
      peak = Math.max(peak, taken);
      return true;
    },
    giveBack() {
      taken--;
    },
  };
}
