interface BarPrices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Returns whether all prices are finite and lie between low and high. */
export function isValidBar({ open, high, low, close }: BarPrices): boolean {
  return (
    [open, high, low, close].every(Number.isFinite) && low <= Math.min(open, close) && high >= Math.max(open, close)
  );
}
