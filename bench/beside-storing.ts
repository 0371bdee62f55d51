import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.js';
import { compare, measureSection } from './compare.js';
import type { Peer, Sample } from './compare.js';
import { findPython, getScriptPath } from './peers/python.js';

const limit = 1.25;
const rounds = 3;
const script = fileURLToPath(new URL('./storing-process.js', import.meta.url));

/** Runs work with a folder that is deleted afterwards. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const runScript = (mode: string, folder: string): Sample =>
  measureSection({ command: [process.execPath, script, mode, folder] });

function createPythonPeer(engine: string, lake: string): Peer {
  const python = findPython();
  if ('absent' in python) return { name: engine, absent: python.absent };
  return {
    name: engine,
    run: () =>
      inFolder((folder) =>
        measureSection({
          command: [python.program, getScriptPath('store.py'), engine, join(lake, 'one.parquet'), folder],
        }),
      ),
  };
}

/** Storing beside engines that only write files: without spool, keys, coverage and checksums. */
export const benches: readonly Bench[] = [
  {
    name: 'beside: storing one-minute bars',
    target: `≤ ${limit} × the CPU of DuckDB's sorted, partitioned COPY`,
    run: async () =>
      inFolder((lake) => {
        runScript('store', lake);
        runScript('copy', lake);
        return compare({
          own: { name: 'pipe', run: () => inFolder((folder) => runScript('store', folder)) },
          peers: [
            { name: 'DuckDB COPY, sorted and partitioned', run: () => runScript('sorted', lake) },
            { name: 'DuckDB COPY, one file', run: () => runScript('copy', lake) },
            createPythonPeer('polars', lake),
            createPythonPeer('delta-rs', lake),
          ],
          limit,
          rounds,
        });
      }),
  },
];
