/** The prices of a bar as a source gives them. */
interface BarPrices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Whether a bar can have these prices: all of them numbers, and none outside its low and high. */
export function isValidBar({ open, high, low, close }: BarPrices): boolean {
  return (
    [open, high, low, close].every(Number.isFinite) && low <= Math.min(open, close) && high >= Math.max(open, close)
  );
}
