import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement, PeerFigure } from './bench.js';
import { median } from './node-process.js';

/** The resources of one execution. */
export interface Sample {
  /** User and system CPU time: unlike wall-clock time, it hardly depends on other load of the machine. */
  readonly cpuSeconds: number;
  readonly peakBytes?: number;
}

/** One of several ways to do the same work. */
export interface Contender {
  readonly name: string;
  run(): Sample;
}

/** A peer, or why it cannot be measured on this machine. */
export type Peer = Contender | { readonly name: string; readonly absent: string };

export interface ComparisonCase {
  readonly own: Contender;
  /** The first one decides about the target. */
  readonly peers: readonly Peer[];
  /** The target, as a multiple of the first peer's CPU time. */
  readonly limit: number;
  readonly rounds: number;
  readonly maxPeakBytes?: number;
}

interface Measured {
  readonly name: string;
  readonly samples: Sample[];
}

/**
 * Measures all contenders in turns, after one turn that warms the file cache. The order of the turns alternates, because a
 * process changes the state of the machine for the next one.
 */
export function compare({ own, peers, limit, rounds }: ComparisonCase): Measurement {
  const present = peers.filter((peer) => 'run' in peer);
  const contenders = [own, ...present];
  const measured = contenders.map(({ name }): Measured => ({ name, samples: [] }));
  for (let round = 0; round <= rounds; round++) {
    const order = [...contenders.keys()];
    for (const index of round % 2 === 0 ? order : order.reverse()) {
      const sample = contenders[index]?.run();
      if (sample !== undefined && round > 0) measured[index]?.samples.push(sample);
    }
  }
  const ownFigure = measured[0] ?? { name: own.name, samples: [] };
  const figures = peers.map((peer): PeerFigure => {
    if (!('run' in peer)) return peer;
    const found = measured[contenders.indexOf(peer)] ?? { name: peer.name, samples: [] };
    return { name: peer.name, figure: formatSamples(found), ratio: getRatio(ownFigure, found) };
  });
  const [decisive] = figures;
  const measuredRatio = decisive !== undefined && 'ratio' in decisive ? decisive.ratio : NaN;
  return {
    measured: measuredRatio,
    unit: '×',
    limit,
    better: 'lower',
    own: formatSamples(ownFigure),
    peers: figures,
  };
}

/** Each turn gives one ratio: a slow phase of the machine affects both alike. */
function getRatio(own: Measured, peer: Measured): number {
  return median(own.samples.map(({ cpuSeconds }, turn) => cpuSeconds / (peer.samples[turn]?.cpuSeconds ?? NaN)));
}

function formatSamples({ samples }: Measured): string {
  const seconds = samples.map(({ cpuSeconds }) => cpuSeconds);
  const peak = Math.max(...samples.map(({ peakBytes = 0 }) => peakBytes));
  const memory = peak > 0 ? `, ${Math.round(peak / 1e6)} MB` : '';
  const [low, middle, high] = [Math.min(...seconds), median(seconds), Math.max(...seconds)];
  const [scale, unit] = middle < 1 ? [1000, 'ms'] : [1, 's'];
  const digits = unit === 'ms' && middle * scale >= 10 ? 0 : 2;
  const format = (value: number): string => (value * scale).toFixed(digits);
  return `${format(middle)} ${unit} (${format(low)}–${format(high)})${memory}`;
}

/** A program with its arguments. */
export interface ProcessCall {
  readonly command: readonly string[];
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a process to its end and returns the CPU time of it and its children, as the shell reports it. */
export function measureProcess({ command, folder, env }: ProcessCall): Sample {
  const script = '"$@" >/dev/null; code=$?; times >&3; exit $code';
  const { status, signal, stderr, output, error } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', PIPE_STATE: join(folder ?? tmpdir(), '.pipe-state'), ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${signal ?? status}:\n${stderr.slice(-2000)}`);
  const children = (output[3] ?? '').trim().split('\n').at(-1) ?? '';
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
  return { cpuSeconds: seconds.reduce((sum, value) => sum + value, 0) };
}

/** Runs a process that measures a section of its work itself and prints it as `{"cpuSeconds": …, "peakBytes": …}`. */
export function measureSection({ command, folder, env }: ProcessCall): Sample {
  const [program = '', ...args] = command;
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${signal ?? status}:\n${stderr.slice(-2000)}`);
  const report: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  if (isSample(report)) return report;
  throw new Error(`${command.join(' ')} printed ${stdout}`);
}

function isSample(value: unknown): value is Sample {
  return typeof value === 'object' && value !== null && 'cpuSeconds' in value && typeof value.cpuSeconds === 'number';
}
