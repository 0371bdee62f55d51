/** Days of history below which neither rank nor percentile says anything. */
export const minRankDays = 30;

/** Where a volatility stands among those of the days before. */
export interface VolatilityRank {
  /** (today − lowest) / (highest − lowest) × 100; null with too few days, or when all are equal. */
  readonly rank: number | null;
  /** The share of days with a strictly lower volatility, × 100; null with too few days. */
  readonly percentile: number | null;
  /** The days looked at, today among them. */
  readonly days: number;
}

/**
 * Ranks the last of some daily volatilities among all of them, itself included: so the rank lies between 0 and 100, and the
 * percentile stays below 100.
 */
export function rankVolatility(daily: readonly number[]): VolatilityRank {
  const known = daily.filter((value) => value > 0 && value < Infinity);
  const days = known.length;
  const today = known.at(-1);
  if (today === undefined || days < minRankDays || today !== daily.at(-1))
    return { rank: null, percentile: null, days };
  let low = today;
  let high = today;
  let lower = 0;
  for (const value of known) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (value < today) lower++;
  }
  return {
    rank: high > low ? ((today - low) / (high - low)) * 100 : null,
    percentile: (lower / days) * 100,
    days,
  };
}

/** The quarters of some values, interpolated between neighbours as spreadsheets do; null of nothing. */
export function computeQuartiles(values: readonly number[]): Quartiles | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const valueAt = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? NaN;
    const above = sorted[Math.ceil(position)] ?? NaN;
    return below + (position - Math.floor(position)) * (above - below);
  };
  return { low: valueAt(0), first: valueAt(0.25), median: valueAt(0.5), third: valueAt(0.75), high: valueAt(1) };
}

/** A quarter of the values lies between each two neighbours. */
export interface Quartiles {
  readonly low: number;
  readonly first: number;
  readonly median: number;
  readonly third: number;
  readonly high: number;
}
