import { afterLastNight, getHistory } from './history/history.js';
import type { History } from './history/history.js';
import { measureFastestSeconds, pipeCommand } from './node-process.js';
import type { NodeCall } from './node-process.js';
import type { Bench } from './bench.js';

const limit = 1;
const maxGrowth = 10;
const runCount = 5;

/** A plan with nothing to do; with work to do the command would end with another exit code. */
function createPlanCall({ folder }: History): NodeCall {
  return { args: [pipeCommand, '--now', afterLastNight, 'plan', 'pipelines/history.yaml', '--exit-code'], folder };
}

function describeBuildTime({ buildSeconds, symbols }: History): string {
  return `the history of ${symbols.toLocaleString('en')} symbols was made in ${buildSeconds.toFixed(0)} s`;
}

/** The cost of `pipe plan` with nothing to do, which is the most frequent case. */
export const benches: readonly Bench[] = [
  {
    name: 'planning: 10,000 symbols × 10 years, covered, after 250 nights',
    target: `≤ ${limit} s, whole process`,
    run() {
      const history = getHistory(10_000);
      const measured = measureFastestSeconds(createPlanCall(history), runCount);
      return Promise.resolve({
        measured,
        unit: 's',
        limit,
        better: 'lower',
        detail: `fastest of ${runCount}; ${describeBuildTime(history)}`,
      });
    },
  },
  {
    name: 'planning: 100,000 symbols',
    target: `≤ ${maxGrowth} × 10,000 symbols`,
    run() {
      const large = getHistory(100_000);
      const small = measureFastestSeconds(createPlanCall(getHistory(10_000)), runCount);
      const seconds = measureFastestSeconds(createPlanCall(large), runCount);
      const detail = `${seconds.toFixed(2)} s against ${small.toFixed(2)} s, fastest of ${runCount}; ${describeBuildTime(large)}`;
      return Promise.resolve({ measured: seconds / small, unit: '×', limit: maxGrowth, better: 'lower', detail });
    },
  },
];
