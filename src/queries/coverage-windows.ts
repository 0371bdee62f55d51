import type { CoverageState } from '../core/coverage.js';
import { parseSeriesName } from '../core/series.js';
import type { SeriesName } from '../core/series.js';
import type { Instant } from '../core/time/time.js';
import type { LakeReader } from '../lake/api.js';

/** A window of a series that was answered, or that a request failed for. */
export interface CoverageWindow {
  readonly provider: string;
  readonly series: SeriesName;
  readonly startInclusive: Instant;
  readonly endExclusive: Instant;
  readonly state: CoverageState;
  readonly lastRequestedAt: Instant;
  readonly reason: string | null;
}

/** Selects coverage; without a field, all of it. */
export interface CoverageQuery {
  readonly symbol?: string;
  readonly dataset?: string;
  readonly provider?: string;
}

/** Reads what the lake knows of each series: by provider and series, in order of time. */
export async function readCoverageWindows(
  reader: Pick<LakeReader, 'readState'>,
  { symbol, dataset, provider }: CoverageQuery,
): Promise<readonly CoverageWindow[]> {
  const state = await reader.readState();
  const selected = [...state.series()].filter((one) => {
    const parsed = parseSeriesName(one.series);
    return (
      (symbol === undefined || parsed.symbol === symbol) &&
      (dataset === undefined || parsed.dataset === dataset) &&
      (provider === undefined || one.provider === provider)
    );
  });
  const key = (one: { readonly provider: string; readonly series: string }): string => `${one.provider}\n${one.series}`;
  return selected
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    .flatMap(({ provider: from, series }) =>
      state.coverage(from, series).map(({ start, end, state: held, lastRequestedAt, reason = null }) => ({
        ...{ provider: from, series, startInclusive: start, endExclusive: end },
        ...{ state: held, lastRequestedAt, reason },
      })),
    );
}
