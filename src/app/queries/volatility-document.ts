import type { VolatilityHistory } from '../../queries/volatility-history.js';

/** The history as scripts read it. Keys are added freely and never renamed. */
export function toVolatilityDocument({
  symbol,
  provider,
  termDays,
  missing,
  days,
  quartiles,
  rank,
}: VolatilityHistory): Readonly<Record<string, unknown>> {
  const { low, first, median, third, high } = quartiles;
  return {
    symbol,
    provider,
    termDays,
    missing,
    days: days.map(toVolatilityDay),
    quartiles: { low, p25: first, p50: median, p75: third, high },
    ivRank: rank.rank,
    ivPercentile: rank.percentile,
    ivDays: rank.days,
  };
}

/** One day of the history. */
export function toVolatilityDay({ session, value }: VolatilityHistory['days'][number]): {
  readonly date: string;
  readonly iv: number;
} {
  return { date: session, iv: value };
}
