export type Trend = 'uptrend' | 'downtrend' | 'neutral';

/** The two moving averages that define a trend, in sessions. */
export const trendSessions = { short: 20, long: 50 } as const;

/**
 * Derives the trend from daily closes, oldest first: up if the last close is above its average of 20 sessions and that
 * is above the one of 50, down in the opposite case, neutral otherwise; null with fewer than 50 closes.
 */
export function detectTrend(closes: readonly number[]): Trend | null {
  const last = closes.at(-1);
  if (last === undefined || closes.length < trendSessions.long) return null;
  const short = average(closes.slice(-trendSessions.short));
  const long = average(closes.slice(-trendSessions.long));
  if (last > short && short > long) return 'uptrend';
  return last < short && short < long ? 'downtrend' : 'neutral';
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
