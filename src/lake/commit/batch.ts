import { isAnswered } from '../../core/coverage-fold.js';
import type { FetchResult } from '../../core/fetch-result.js';
import { formatSeriesName } from '../../core/series.js';
import type { ProviderName, Series, SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { normalize, noWindows, subtract, union } from '../../core/time/window.js';
import type { Windows } from '../../core/time/window.js';
import type { FactInput } from '../coverage/fact-encoding.js';
import { seriesKey } from '../coverage/series-keys.js';
import { partitionSlices } from './partition-slices.js';
import type { PartitionSlices, RowSlice } from './partition-slices.js';

/** Fetch results of one table, prepared for one commit. */
export interface Batch {
  readonly dataset: Dataset;
  readonly facts: readonly FactInput[];
  readonly partitions: readonly PartitionSlices[];
  /** The windows whose stored rows the commit removes. */
  readonly replacements: readonly WindowReplacement[];
  readonly requests: number;
  readonly rows: number;
}

/** The windows of one series whose rows are replaced. */
export interface WindowReplacement {
  readonly provider: ProviderName;
  readonly name: SeriesName;
  readonly series: Series;
  readonly windows: Windows;
}

/**
 * Combines fetch results of one table, given in the order in which they were received: if two close the same window of a
 * series, the rows of the later one count.
 */
export function buildBatch(dataset: Dataset, results: readonly FetchResult[]): Batch {
  const slices: RowSlice[] = [];
  const replacements: WindowReplacement[] = [];
  for (const group of groupBySeries(results)) {
    let answeredLater = noWindows;
    for (const fetchResult of group.results.toReversed()) {
      const answered = answeredWindows(fetchResult);
      slices.push(...sliceWindows(fetchResult, subtract(answered, answeredLater)));
      answeredLater = union(answeredLater, answered);
    }
    if (answeredLater.length > 0) {
      const { series, name } = group;
      replacements.push({ provider: series.provider, name, series, windows: answeredLater });
    }
  }
  return {
    dataset,
    facts: results.flatMap(toFacts),
    partitions: partitionSlices(dataset, slices),
    replacements,
    requests: results.length,
    rows: slices.reduce((sum, slice) => sum + slice.to - slice.from, 0),
  };
}

function groupBySeries(
  results: readonly FetchResult[],
): Iterable<{ readonly series: Series; readonly name: SeriesName; readonly results: FetchResult[] }> {
  const groups = new Map<string, { series: Series; name: SeriesName; results: FetchResult[] }>();
  for (const fetchResult of results) {
    const name = formatSeriesName(fetchResult.series);
    const key = seriesKey(fetchResult.series.provider, name);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { series: fetchResult.series, name, results: [fetchResult] });
    else group.results.push(fetchResult);
  }
  return groups.values();
}

function answeredWindows(fetchResult: FetchResult): Windows {
  return normalize(fetchResult.closedWindows.filter(({ state }) => isAnswered(state)).map(({ window }) => window));
}

/** The rows inside some windows. Rows are ordered by time; those of a point table share one instant. */
function sliceWindows(fetchResult: FetchResult, windows: Windows): readonly RowSlice[] {
  const { rows } = fetchResult;
  if (rows === null || rows.length === 0) return [];
  const result: RowSlice[] = [];
  for (const { start, end } of windows) {
    if (tables[rows.dataset].kind === 'point') {
      if (start <= fetchResult.answeredAt && fetchResult.answeredAt < end)
        result.push({ fetchResult, from: 0, to: rows.length });
      continue;
    }
    const times = getTimes(fetchResult);
    const from = lowerBound(times, start);
    const to = lowerBound(times, end);
    if (from < to) result.push({ fetchResult, from, to });
  }
  return result;
}

const emptyTimes = new Float64Array();

function getTimes(fetchResult: FetchResult): Float64Array {
  const { rows } = fetchResult;
  return rows !== null && 'ts' in rows.columns ? rows.columns.ts : emptyTimes;
}

function lowerBound(times: Float64Array, instant: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) >= instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

function toFacts(fetchResult: FetchResult): readonly FactInput[] {
  const { series, requestId, requestedAt, upstream, step } = fetchResult;
  const name = formatSeriesName(series);
  return fetchResult.closedWindows.map(({ window, state, rows, reason, emptyAnswers, lacks }) => ({
    fact: {
      provider: series.provider,
      series: name,
      window,
      state,
      requestId,
      requestedAt,
      rows,
      ...(reason === undefined ? {} : { reason }),
      ...(emptyAnswers === undefined ? {} : { emptyAnswers }),
      ...(lacks === undefined ? {} : { lacks }),
      upstream,
    },
    step,
    calendar: series.instrument.calendar,
  }));
}
