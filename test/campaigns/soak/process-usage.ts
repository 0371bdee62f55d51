import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import type { CallResult, Rig } from '../../rig.js';

/** Resources that one process used. */
export interface Usage {
  /** In milliseconds, as is the CPU time of all threads. */
  readonly wall: number;
  readonly cpu: number;
  /** Peak memory in bytes. */
  readonly memory: number;
  /** Bytes read from files, including modules; 0 if the system does not count them. */
  readonly bytesRead: number;
}

export const usageKeys = ['wall', 'cpu', 'memory', 'bytesRead'] as const satisfies readonly (keyof Usage)[];

const usageRecorder = pathToFileURL(join(import.meta.dirname, 'soak-process.js')).href;

/** Runs the command and returns its usage. */
export async function measureRun(
  rig: Rig,
  ...args: readonly string[]
): Promise<CallResult & { readonly usage: Usage }> {
  const path = rig.path('usage.json');
  const env = { NODE_OPTIONS: `--import=${usageRecorder}`, PIPE_SOAK_USAGE: path };
  const result = await rig.pipe(...args, { env });
  return { ...result, usage: parseUsage(JSON.parse(await readFile(path, 'utf8'))) };
}

function parseUsage(value: unknown): Usage {
  const readNumber = (key: keyof Usage): number => {
    const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
    if (typeof found !== 'number') throw new Error(`the process did not say its ${key}`);
    return found;
  };
  return {
    wall: readNumber('wall'),
    cpu: readNumber('cpu'),
    memory: readNumber('memory'),
    bytesRead: readNumber('bytesRead'),
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Returns the median of each value. */
export function medians(usages: readonly Usage[]): Usage {
  const medianOf = (key: keyof Usage): number => median(usages.map((usage) => usage[key]));
  return { wall: medianOf('wall'), cpu: medianOf('cpu'), memory: medianOf('memory'), bytesRead: medianOf('bytesRead') };
}
