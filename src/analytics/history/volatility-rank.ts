/** With fewer days of history, neither rank nor percentile is meaningful. */
export const minRankDays = 30;

/** The position of a volatility among those of the days before. */
export interface VolatilityRank {
  /** (today − lowest) / (highest − lowest) × 100; null with too few days, or if all are equal. */
  readonly rank: number | null;
  /** The share of days with a strictly lower volatility, × 100; null with too few days. */
  readonly percentile: number | null;
  /** The number of days compared, including today. */
  readonly days: number;
}

/**
 * Ranks the last of some daily volatilities among all of them, itself included: the rank lies between 0 and 100, and
 * the percentile stays below 100.
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

/** The quartiles of some values, interpolated between neighbours as spreadsheets do; null for no values. */
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

export interface Quartiles {
  readonly low: number;
  readonly first: number;
  readonly median: number;
  readonly third: number;
  readonly high: number;
}
