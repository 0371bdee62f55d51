import { afterLastNight, historyOf } from './history/history.js';
import type { History } from './history/history.js';
import { fastestSeconds, pipeCommand } from './process.js';
import type { NodeCall } from './process.js';
import type { Bench } from './table.js';

const limit = 1;
const growthLimit = 10;
const runs = 5;

/** A plan that finds nothing to do; with work to do the command would end with another code. */
function planOver({ folder }: History): NodeCall {
  return { words: [pipeCommand, '--now', afterLastNight, 'plan', 'pipelines/history.yaml', '--exit-code'], folder };
}

function madeIn({ buildSeconds, symbols }: History): string {
  return `the history of ${symbols.toLocaleString('en')} symbols was made in ${buildSeconds.toFixed(0)} s`;
}

/** What `pipe plan` costs when there is nothing to do, which is what it finds most of the time. */
export const benches: readonly Bench[] = [
  {
    name: 'planning: 10,000 symbols × 10 years, covered, after 250 nights',
    bar: `≤ ${limit} s, whole process`,
    run() {
      const history = historyOf(10_000);
      const measured = fastestSeconds(planOver(history), runs);
      return Promise.resolve({
        measured,
        unit: 's',
        limit,
        better: 'lower',
        detail: `fastest of ${runs}; ${madeIn(history)}`,
      });
    },
  },
  {
    name: 'planning: 100,000 symbols',
    bar: `≤ ${growthLimit} × 10,000 symbols`,
    run() {
      const large = historyOf(100_000);
      const small = fastestSeconds(planOver(historyOf(10_000)), runs);
      const seconds = fastestSeconds(planOver(large), runs);
      const detail = `${seconds.toFixed(2)} s against ${small.toFixed(2)} s, fastest of ${runs}; ${madeIn(large)}`;
      return Promise.resolve({ measured: seconds / small, unit: '×', limit: growthLimit, better: 'lower', detail });
    },
  },
];
