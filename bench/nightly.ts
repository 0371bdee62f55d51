import { rmSync } from 'node:fs';
import { afterNextSession, copyOf, historyOf } from './history/history.js';
import { pipeCommand, spentBy, wallSeconds } from './process.js';
import type { Spent } from './process.js';
import type { Bench } from './table.js';

const secondsLimit = 15;
const memoryLimit = 600e6;
const runs = 3;

/** One night in a copy of the history; afterwards a plan has to find nothing to do. */
function spendNight(): Spent {
  const folder = copyOf(historyOf(10_000));
  try {
    const words = [pipeCommand, '--now', afterNextSession];
    const spent = spentBy({ words: [...words, 'run', 'pipelines/history.yaml'], folder });
    wallSeconds({ words: [...words, 'plan', 'pipelines/history.yaml', '--exit-code'], folder });
    return spent;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let spent: readonly Spent[] | null = null;

/** Both figures come from the same runs. */
function nightsSpent(): readonly Spent[] {
  return (spent ??= Array.from({ length: runs }, spendNight));
}

/** What a run adds to the time its sources take: the mock market answers at once. */
export const benches: readonly Bench[] = [
  {
    name: 'nightly: one new session of 10,000 symbols',
    bar: `≤ ${secondsLimit} s, whole process`,
    run() {
      const seconds = nightsSpent().map((night) => night.seconds);
      const detail = `fastest of ${runs} runs over ten years of daily bars: ${seconds.map((one) => one.toFixed(1)).join(', ')} s`;
      return Promise.resolve({
        measured: Math.min(...seconds),
        unit: 's',
        limit: secondsLimit,
        better: 'lower',
        detail,
      });
    },
  },
  {
    name: 'nightly: memory of the same runs',
    bar: `≤ ${memoryLimit / 1e6} MB`,
    run() {
      const peak = Math.max(...nightsSpent().map(({ peakBytes }) => peakBytes));
      return Promise.resolve({ measured: peak / 1e6, unit: 'MB', limit: memoryLimit / 1e6, better: 'lower' });
    },
  },
];
