/** Daily closes whose movement counts as recent, and as usual; fewer than `least` say nothing about what is usual. */
export const volatilityRatioSessions = { recent: 20, baseline: 250, minimum: 60 } as const;

/**
 * How restless a price is: the volatility of its last twenty sessions over that of the last year. 1 is as usual, 2 twice as
 * much; null where the history is too short to say. Against its own year, because what is much for an index is little for a
 * share.
 */
export function realizedVolatilityRatio(closes: readonly number[]): number | null {
  const returns = closes
    .slice(-(volatilityRatioSessions.baseline + 1))
    .map((close, index, all) => Math.log(close / (all[index - 1] ?? NaN)))
    .filter((change) => Number.isFinite(change));
  if (returns.length < volatilityRatioSessions.minimum) return null;
  const baseline = rootMeanSquare(returns);
  const ratio = rootMeanSquare(returns.slice(-volatilityRatioSessions.recent)) / baseline;
  return baseline > 0 && Number.isFinite(ratio) ? ratio : null;
}

/** About zero: over days the mean of returns is noise. */
function rootMeanSquare(returns: readonly number[]): number {
  return Math.sqrt(returns.reduce((sum, change) => sum + change * change, 0) / returns.length);
}
