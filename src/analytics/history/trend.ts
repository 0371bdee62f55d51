/** Where a price has been going. */
export type Trend = 'uptrend' | 'downtrend' | 'neutral';

/** The two averages that a trend is read from, in sessions. */
export const trendSessions = { short: 20, long: 50 } as const;

/**
 * Reads the trend from daily closes, the oldest first: up when the last close is above its average of 20 sessions and that
 * above the one of 50, down when it is the other way round, neutral otherwise; null with fewer than 50 closes.
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
