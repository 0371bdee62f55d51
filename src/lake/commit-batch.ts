import type { CoverageState } from '../core/coverage.js';
import type { Delivery } from '../core/delivery.js';
import { seriesName } from '../core/series.js';
import type { ProviderName, Series, SeriesName } from '../core/series.js';
import { tables } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import { normalize, noWindows, subtract, union } from '../core/window.js';
import type { Windows } from '../core/window.js';
import type { FactInput } from './coverage/encoding.js';
import { slicesByPartition } from './commit-partitions.js';
import type { PartitionSlices, Slice } from './commit-partitions.js';

/** What deliveries of one table come to when they are committed together. */
export interface Batch {
  readonly dataset: Dataset;
  readonly facts: readonly FactInput[];
  readonly partitions: readonly PartitionSlices[];
  /** What the lake must no longer hold once the rows above are in it. */
  readonly replacements: readonly Replacement[];
  readonly requests: number;
  readonly rows: number;
}

/** The windows of one series whose rows are replaced. */
export interface Replacement {
  readonly provider: ProviderName;
  readonly name: SeriesName;
  readonly series: Series;
  readonly windows: Windows;
}

/** Whether a window in this state says what its rows are; the others leave rows alone. */
export function settlesRows(state: CoverageState): boolean {
  return state === 'data' || state === 'empty' || state === 'provisional';
}

/**
 * Puts deliveries of one table together, in the order in which they came: where two settle the same window of a series, the
 * rows of the later one count.
 */
export function batchOf(dataset: Dataset, deliveries: readonly Delivery[]): Batch {
  const slices: Slice[] = [];
  const replacements: Replacement[] = [];
  for (const group of bySeries(deliveries)) {
    let settledLater = noWindows;
    for (const delivery of group.deliveries.toReversed()) {
      const settled = windowsOfRows(delivery);
      slices.push(...slicesInside(delivery, subtract(settled, settledLater)));
      settledLater = union(settledLater, settled);
    }
    if (settledLater.length > 0) {
      const { series, name } = group;
      replacements.push({ provider: series.provider, name, series, windows: settledLater });
    }
  }
  return {
    dataset,
    facts: deliveries.flatMap(factsOf),
    partitions: slicesByPartition(dataset, slices),
    replacements,
    requests: deliveries.length,
    rows: slices.reduce((sum, slice) => sum + slice.to - slice.from, 0),
  };
}

function bySeries(
  deliveries: readonly Delivery[],
): Iterable<{ readonly series: Series; readonly name: SeriesName; readonly deliveries: Delivery[] }> {
  const groups = new Map<string, { series: Series; name: SeriesName; deliveries: Delivery[] }>();
  for (const delivery of deliveries) {
    const name = seriesName(delivery.series);
    const key = `${delivery.series.provider} ${name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { series: delivery.series, name, deliveries: [delivery] });
    else group.deliveries.push(delivery);
  }
  return groups.values();
}

function windowsOfRows(delivery: Delivery): Windows {
  return normalize(delivery.settled.filter(({ state }) => settlesRows(state)).map(({ window }) => window));
}

/** The delivery's rows inside some windows. Rows are in order of time; those of a point table share one instant. */
function slicesInside(delivery: Delivery, windows: Windows): readonly Slice[] {
  const { rows } = delivery;
  if (rows === null || rows.length === 0) return [];
  const result: Slice[] = [];
  for (const { start, end } of windows) {
    if (tables[rows.dataset].kind === 'point') {
      if (start <= delivery.answeredAt && delivery.answeredAt < end)
        result.push({ delivery, from: 0, to: rows.length });
      continue;
    }
    const times = timesOf(delivery);
    const from = firstAtOrAfter(times, start);
    const to = firstAtOrAfter(times, end);
    if (from < to) result.push({ delivery, from, to });
  }
  return result;
}

const noTimes = new Float64Array();

function timesOf(delivery: Delivery): Float64Array {
  const { rows } = delivery;
  return rows !== null && 'ts' in rows.columns ? rows.columns.ts : noTimes;
}

function firstAtOrAfter(times: Float64Array, instant: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) >= instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

function factsOf(delivery: Delivery): readonly FactInput[] {
  const { series, requestId, requestedAt, upstream, step } = delivery;
  const name = seriesName(series);
  return delivery.settled.map(({ window, state, rows, note }) => ({
    fact: {
      provider: series.provider,
      series: name,
      window,
      state,
      requestId,
      requestedAt,
      rows,
      ...(note === undefined ? {} : { note }),
      upstream,
    },
    step,
    calendar: series.instrument.calendar,
  }));
}
