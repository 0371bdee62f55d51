import { rmSync } from 'node:fs';
import { afterNextSession, copyHistory, getHistory } from './history/history.js';
import { pipeCommand, measureProcessUsage, measureWallSeconds } from './node-process.js';
import type { ProcessUsage } from './node-process.js';
import type { Bench } from './bench.js';

const maxSeconds = 15;
const maxPeakBytes = 600e6;
const runCount = 3;

/** Runs one night in a copy of the history; afterwards a plan must find nothing to do. */
function runNight(): ProcessUsage {
  const folder = copyHistory(getHistory(10_000));
  try {
    const args = [pipeCommand, '--now', afterNextSession];
    const usage = measureProcessUsage({ args: [...args, 'run', 'pipelines/history.yaml'], folder });
    measureWallSeconds({ args: [...args, 'plan', 'pipelines/history.yaml', '--exit-code'], folder });
    return usage;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let spent: readonly ProcessUsage[] | null = null;

/** Both figures come from the same runs. */
function measureNights(): readonly ProcessUsage[] {
  return (spent ??= Array.from({ length: runCount }, runNight));
}

/** The overhead of a run beside its providers: the mock provider answers immediately. */
export const benches: readonly Bench[] = [
  {
    name: 'nightly: one new session of 10,000 symbols',
    target: `≤ ${maxSeconds} s, whole process`,
    run() {
      const seconds = measureNights().map((night) => night.seconds);
      const detail = `fastest of ${runCount} runs over ten years of daily bars: ${seconds.map((one) => one.toFixed(1)).join(', ')} s`;
      return Promise.resolve({
        measured: Math.min(...seconds),
        unit: 's',
        limit: maxSeconds,
        better: 'lower',
        detail,
      });
    },
  },
  {
    name: 'nightly: memory of the same runs',
    target: `≤ ${maxPeakBytes / 1e6} MB`,
    run() {
      const peak = Math.max(...measureNights().map(({ peakBytes }) => peakBytes));
      return Promise.resolve({ measured: peak / 1e6, unit: 'MB', limit: maxPeakBytes / 1e6, better: 'lower' });
    },
  },
];
