import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command as shipped; `npm run bench` has built it. */
export const pipeCommand = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A process to measure: `node` with these arguments. */
export interface NodeCall {
  readonly args: readonly string[];
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}

/** Runs a process to its end and returns its wall-clock seconds; throws if it fails. */
export function measureWallSeconds(call: NodeCall): number {
  const startedAt = process.hrtime.bigint();
  const { status, signal, stderr, error } = spawnSync(process.execPath, call.args, {
    cwd: call.folder,
    env: { ...process.env, NO_COLOR: '1', PIPE_STATE: join(call.folder ?? tmpdir(), '.pipe-state'), ...call.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  if (error !== undefined) throw error;
  if (status !== 0) {
    throw new Error(`node ${call.args.join(' ')} ended with ${signal ?? status}:\n${stderr.slice(-2000)}`);
  }
  return seconds;
}

/**
 * The fastest of some runs, after one that warms the file cache: the time that the process itself needs. Slower runs
 * measure other load on the machine.
 */
export function measureFastestSeconds(call: NodeCall, runs: number): number {
  measureWallSeconds(call);
  return Math.min(...Array.from({ length: runs }, () => measureWallSeconds(call)));
}

/** The comparison of two processes, with the seconds of each. */
export interface Comparison {
  readonly ratio: number;
  readonly first: number;
  readonly second: number;
}

/**
 * Compares two processes on a machine with other load: they alternate, each pair gives one ratio, and the median of the
 * ratios counts, so that a slow phase affects both alike.
 */
export function compareWallSeconds(first: NodeCall, second: NodeCall, rounds: number): Comparison {
  const pairs = Array.from({ length: rounds + 1 }, (_, round) => {
    // The order alternates, because the first process changes the state of the machine for the second.
    if (round % 2 === 0) {
      const one = measureWallSeconds(first);
      return { one, two: measureWallSeconds(second) };
    }
    const two = measureWallSeconds(second);
    return { one: measureWallSeconds(first), two };
  }).slice(1);
  return {
    ratio: median(pairs.map(({ one, two }) => one / two)),
    first: median(pairs.map(({ one }) => one)),
    second: median(pairs.map(({ two }) => two)),
  };
}

/** The resources that one process used. */
export interface ProcessUsage {
  readonly seconds: number;
  readonly peakBytes: number;
}

/**
 * Runs a process to its end and returns its duration and peak memory. The process reads its peak memory itself at its
 * end: the value that the kernel reports to a parent (`ru_maxrss`) includes the parent's size at the fork.
 */
export function measureProcessUsage(call: NodeCall): ProcessUsage {
  const preload = new URL('./peak-memory.js', import.meta.url).href;
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  try {
    const env = { ...call.env, NODE_OPTIONS: `--import=${preload}`, PIPE_BENCH_PEAK: folder };
    const seconds = measureWallSeconds({ ...call, env });
    const peaks = readdirSync(folder).map((file) => Number(readFileSync(join(folder, file), 'utf8')));
    return { seconds, peakBytes: Math.max(...peaks) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
