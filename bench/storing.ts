import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './node-process.js';
import { storedRowCount } from './storing-process.js';
import type { StoringReport } from './storing-process.js';
import type { Bench, Measurement } from './bench.js';

const minRatio = 0.4;
const maxPeakBytes = 600e6;
const rounds = 3;

/** Measures the cost of storing ten million bars, compared with DuckDB alone writing the same rows. */
export async function measureStoring(): Promise<{ readonly rate: Measurement; readonly memory: Measurement }> {
  const pairs = Array.from({ length: rounds }, measureBoth);
  const ratios = pairs.map(({ store, copy }) => copy.seconds / store.seconds);
  const rate = (seconds: readonly number[]): string =>
    `${(storedRowCount / median(seconds) / 1e6).toFixed(2)} million rows/s`;
  const stored = rate(pairs.map(({ store }) => store.seconds));
  const copied = rate(pairs.map(({ copy }) => copy.seconds));
  const peak = Math.max(...pairs.map(({ store }) => store.peakBytes));
  const detail = `${stored} through the spool into the lake against ${copied} from DuckDB's memory to one file, ${rounds} turns`;
  return Promise.resolve({
    rate: { measured: median(ratios), unit: '×', limit: minRatio, better: 'higher', detail },
    memory: { measured: peak / 1e6, unit: 'MB', limit: maxPeakBytes / 1e6, better: 'lower' },
  });
}

function measureBoth(): { readonly store: StoringReport; readonly copy: StoringReport } {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  try {
    return { store: runStoringProcess('store', folder), copy: runStoringProcess('copy', folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runStoringProcess(what: 'store' | 'copy', folder: string): StoringReport {
  const script = fileURLToPath(new URL('./storing-process.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, what, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} failed: ${stderr}`);
  const report: unknown = JSON.parse(stdout);
  if (isReport(report)) return report;
  throw new Error(`${what} printed ${stdout}`);
}

function isReport(value: unknown): value is StoringReport {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seconds' in value &&
    typeof value.seconds === 'number' &&
    'peakBytes' in value &&
    typeof value.peakBytes === 'number'
  );
}

let measurement: ReturnType<typeof measureStoring> | null = null;

/** Both figures come from the same processes. */
const getMeasurement = (): ReturnType<typeof measureStoring> => (measurement ??= measureStoring());

/**
 * The rate and the memory of storing ten million one-minute bars: from memory through the spool into a committed table.
 */
export const benches: readonly Bench[] = [
  {
    name: 'storing: 10 million one-minute bars',
    target: `≥ ${minRatio} × the rate of DuckDB writing one Parquet file`,
    run: async () => (await getMeasurement()).rate,
  },
  {
    name: 'storing: memory for 10 million bars',
    target: `≤ ${maxPeakBytes / 1e6} MB, whole process`,
    run: async () => (await getMeasurement()).memory,
  },
];
