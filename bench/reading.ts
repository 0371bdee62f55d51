import { join } from 'node:path';
import { openLakeReader } from '../src/lake/reader.js';
import { symbolName } from './history/deliveries.js';
import { historyOf } from './history/history.js';
import { median } from './process.js';
import type { Bench } from './table.js';

const limit = 100;
const queries = 25;
const fewestRows = 2_500;

/** What one question costs in a process that has the lake open, as a notebook has. */
export const benches: readonly Bench[] = [
  {
    name: 'reading: ten years of one symbol out of 10,000',
    bar: `≤ ${limit} ms, in an open process`,
    async run() {
      const { folder, symbols } = historyOf(10_000);
      const reader = await openLakeReader(join(folder, 'data'));
      const read = async (index: number): Promise<number> => {
        const begun = performance.now();
        const sql = `SELECT * FROM equity_bars WHERE symbol = '${symbolName(index)}' AND bar_size = '1 day' ORDER BY ts`;
        const { rows } = await reader.query(sql);
        if (rows.length < fewestRows) throw new Error(`only ${rows.length} rows`);
        return performance.now() - begun;
      };
      // The fastest of three is what reading needs; the others tell more about what else the machine was doing.
      const readThrice = async (index: number): Promise<number> =>
        Math.min(await read(index), await read(index), await read(index));
      try {
        const first = await read(0);
        const times: number[] = [];
        for (let query = 1; query <= queries; query++)
          times.push(await readThrice(Math.floor((query * symbols) / (queries + 1))));
        const detail = `median of ${queries} symbols, each the fastest of three; the slowest ${Math.max(...times).toFixed(0)} ms; the first query of all ${first.toFixed(0)} ms`;
        return { measured: median(times), unit: 'ms', limit, better: 'lower', detail };
      } finally {
        await reader.close();
      }
    },
  },
];
