import { compareWallSeconds, pipeCommand } from './node-process.js';
import type { Bench } from './bench.js';

const limit = 1.6;

/** The start-up time: every script that calls the command pays it for each call. */
export const benches: readonly Bench[] = [
  {
    name: 'start: pipe --version',
    target: `≤ ${limit} × node -e 0, whole process`,
    async run() {
      const { ratio, first, second } = compareWallSeconds(
        { args: [pipeCommand, '--version'] },
        { args: ['-e', '0'] },
        30,
      );
      const detail = `${(first * 1000).toFixed(0)} ms against ${(second * 1000).toFixed(0)} ms, median of 30 turns`;
      return { measured: ratio, unit: '×', limit, better: 'lower', detail };
    },
  },
];
