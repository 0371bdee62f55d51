/** The number of daily closes of the recent and of the baseline volatility; fewer than the minimum give no baseline. */
export const volatilityRatioSessions = { recent: 20, baseline: 250, minimum: 60 } as const;

/**
 * The volatility of the last 20 sessions over that of the last year: 1 is typical, 2 is twice as much; null if the
 * history is too short. The baseline is the symbol's own, because a high volatility for an index is a low one for a
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

/** Measures around zero, because the mean of daily returns is noise. */
function rootMeanSquare(returns: readonly number[]): number {
  return Math.sqrt(returns.reduce((sum, change) => sum + change * change, 0) / returns.length);
}
