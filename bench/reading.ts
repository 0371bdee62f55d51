import { join } from 'node:path';
import { openLakeReader } from '../src/lake/reader/lake-reader.js';
import { formatSymbol } from './history/fetch-results.js';
import { getHistory } from './history/history.js';
import { median } from './node-process.js';
import type { Bench } from './bench.js';

const limit = 100;
const queryCount = 25;
const minRows = 2_500;

/** The cost of one query in a process with an open lake, such as a notebook. */
export const benches: readonly Bench[] = [
  {
    name: 'reading: ten years of one symbol out of 10,000',
    target: `≤ ${limit} ms, in an open process`,
    async run() {
      const { folder, symbols } = getHistory(10_000);
      const reader = await openLakeReader(join(folder, 'data'));
      const read = async (index: number): Promise<number> => {
        const startedAt = performance.now();
        const sql = `SELECT * FROM equity_bars WHERE symbol = '${formatSymbol(index)}' AND bar_size = '1 day' ORDER BY ts`;
        const { rows } = await reader.query(sql);
        if (rows.length < minRows) throw new Error(`only ${rows.length} rows`);
        return performance.now() - startedAt;
      };
      // The fastest of three is the time that reading needs; slower runs measure other load on the machine.
      const readThrice = async (index: number): Promise<number> =>
        Math.min(await read(index), await read(index), await read(index));
      try {
        const first = await read(0);
        const times: number[] = [];
        for (let query = 1; query <= queryCount; query++)
          times.push(await readThrice(Math.floor((query * symbols) / (queryCount + 1))));
        const detail = `median of ${queryCount} symbols, each the fastest of three; the slowest ${Math.max(...times).toFixed(0)} ms; the first query of all ${first.toFixed(0)} ms`;
        return { measured: median(times), unit: 'ms', limit, better: 'lower', detail };
      } finally {
        await reader.close();
      }
    },
  },
];
