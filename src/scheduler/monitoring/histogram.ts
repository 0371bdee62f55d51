import type { MetricSample } from './exposition.js';

/** Counts how often values were how large. */
export interface Histogram {
  observe(value: number): void;
  samples(labels: Readonly<Record<string, string>>): readonly MetricSample[];
}

/** A histogram over upper bounds in rising order; what is larger than all of them is counted too. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  return {
    observe(value) {
      const index = bounds.findIndex((bound) => value <= bound);
      const bucket = index === -1 ? bounds.length : index;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
    },
    samples(labels) {
      let total = 0;
      const buckets = [...bounds, Infinity].map((bound, index) => {
        total += counts[index] ?? 0;
        return {
          suffix: '_bucket',
          labels: { ...labels, le: bound === Infinity ? '+Inf' : String(bound) },
          value: total,
        };
      });
      return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }];
    },
  };
}
