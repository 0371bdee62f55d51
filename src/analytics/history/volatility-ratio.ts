/** The number of daily closes of the recent and of the baseline volatility; fewer than the minimum give no baseline. */
export const volatilityRatioSessions = { recent: 20, baseline: 250, minimum: 30 } as const;

/**
 * The volatility of the last 20 sessions over that of the last year: 1 is typical, 2 is twice as much; null if the
 * history is too short. The baseline is the symbol's own, because a high volatility for an index is a low one for a
 * share.
 */
export function realizedVolatilityRatio(closes: readonly number[]): number | null {
  const returns = computeReturns(closes.slice(-(volatilityRatioSessions.baseline + 1)));
  if (returns.length < volatilityRatioSessions.minimum) return null;
  const baseline = rootMeanSquare(returns);
  const ratio = rootMeanSquare(returns.slice(-volatilityRatioSessions.recent)) / baseline;
  return baseline > 0 && Number.isFinite(ratio) ? ratio : null;
}

/** The sessions of a year, by which daily volatility becomes an annual one. */
const sessionsPerYear = 252;

/** The annual volatility of daily closes, oldest first; null with fewer than 20 returns or without any change. */
export function realizedVolatility(closes: readonly number[]): number | null {
  const returns = computeReturns(closes);
  if (returns.length < volatilityRatioSessions.recent) return null;
  const volatility = rootMeanSquare(returns) * Math.sqrt(sessionsPerYear);
  return volatility > 0 ? volatility : null;
}

function computeReturns(closes: readonly number[]): readonly number[] {
  return closes
    .map((close, index) => Math.log(close / (closes[index - 1] ?? NaN)))
    .filter((change) => Number.isFinite(change));
}

/** Measures around zero, because the mean of daily returns is noise. */
function rootMeanSquare(returns: readonly number[]): number {
  return Math.sqrt(returns.reduce((sum, change) => sum + change * change, 0) / returns.length);
}
