import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.js';
import { compare, measureSection } from './compare.js';
import type { Peer } from './compare.js';
import { formatSymbol } from './history/fetch-results.js';
import { getHistory } from './history/history.js';
import { findPython, getScriptPath } from './peers/python.js';

const limit = 1.2;
const rounds = 3;
const symbolCount = 25;
const script = fileURLToPath(new URL('./reading-process.js', import.meta.url));

function createPythonPeer(engine: string, data: string, symbols: readonly string[]): Peer {
  const python = findPython();
  if ('absent' in python) return { name: engine, absent: python.absent };
  const command = [python.program, getScriptPath('read.py'), engine, join(data, 'equity_bars'), ...symbols];
  return { name: engine, run: () => measureSection({ command }) };
}

/** One reading in an open process, the median of 25 symbols, beside engines that read the same files. */
export const benches: readonly Bench[] = [
  {
    name: 'beside: reading ten years of one symbol out of 10,000',
    target: `≤ ${limit} × the CPU of DuckDB on the same files`,
    run() {
      const { folder, symbols } = getHistory(10_000);
      const data = join(folder, 'data');
      const names = Array.from({ length: symbolCount + 1 }, (_, index) =>
        formatSymbol(Math.floor((index * symbols) / (symbolCount + 1))),
      );
      const run = (how: string) => () => measureSection({ command: [process.execPath, script, how, data, ...names] });
      return Promise.resolve(
        compare({
          own: { name: 'pipe', run: run('pipe') },
          peers: [
            { name: 'DuckDB in Node, the statement of bars()', run: run('duckdb') },
            createPythonPeer('duckdb', data, names),
            createPythonPeer('polars', data, names),
          ],
          limit,
          rounds,
        }),
      );
    },
  },
];
