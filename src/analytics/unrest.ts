/** Daily closes whose movement counts as recent, and as usual; fewer than `least` say nothing about what is usual. */
export const unrestSessions = { recent: 20, usual: 250, least: 60 } as const;

/**
 * How restless a price is: the volatility of its last twenty sessions over that of the last year. 1 is as usual, 2 twice as
 * much; null where the history is too short to say. Against its own year, because what is much for an index is little for a
 * share.
 */
export function unrestOf(closes: readonly number[]): number | null {
  const returns = closes
    .slice(-(unrestSessions.usual + 1))
    .map((close, index, all) => Math.log(close / (all[index - 1] ?? NaN)))
    .filter((change) => Number.isFinite(change));
  if (returns.length < unrestSessions.least) return null;
  const usual = deviation(returns);
  const ratio = deviation(returns.slice(-unrestSessions.recent)) / usual;
  return usual > 0 && Number.isFinite(ratio) ? ratio : null;
}

/** About zero: over days the mean of returns is noise. */
function deviation(returns: readonly number[]): number {
  return Math.sqrt(returns.reduce((sum, change) => sum + change * change, 0) / returns.length);
}
