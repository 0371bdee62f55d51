import { join } from 'node:path';

import type { Instant } from '../core/time.js';
import type { RecordFiles } from '../lineage/files.js';
import type { Schedule } from '../pipeline/pipeline.js';
import type { Cycle, CycleState } from './cycles.js';

/** What outlives a collector: which due times of a pipeline are accounted for, and by which schedule. */
export interface KeptCycles {
  readonly schedule: string;
  readonly state: CycleState;
}

/** Where collectors remember what they did, one file a pipeline. */
export interface CycleStore {
  read(pipeline: string): Promise<KeptCycles | null>;
  write(pipeline: string, kept: KeptCycles): Promise<void>;
}

/** The folder of a lake in which collectors keep what they have to know after a restart. */
export function serveFolder(lake: string): string {
  return join(lake, '_serve');
}

/** What tells one schedule from another: due times of one are nothing to the other. */
export function scheduleKey({ times, jitter }: Schedule): string {
  return JSON.stringify({ times, jitter });
}

/** The memory in a lake's folder. What cannot be read counts as unknown: the collector begins anew. */
export function cycleStore(lake: string, files: Pick<RecordFiles, 'read' | 'replace'>): CycleStore {
  const pathOf = (pipeline: string): string => join(serveFolder(lake), `${encodeURIComponent(pipeline)}.json`);
  return {
    async read(pipeline) {
      const text = await files.read(pathOf(pipeline));
      return text === null ? null : keptIn(text);
    },
    write: (pipeline, { schedule, state: { until, running, waiting } }) =>
      files.replace(pathOf(pipeline), `${JSON.stringify({ v: 1, schedule, until, running, waiting })}\n`),
  };
}

function keptIn(text: string): KeptCycles | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('v' in value && 'schedule' in value && 'until' in value && 'running' in value && 'waiting' in value))
    return null;
  const { v, schedule, until, running, waiting } = value;
  if (v !== 1 || typeof schedule !== 'string' || !isInstant(until)) return null;
  if (!(running === null || isCycle(running)) || !Array.isArray(waiting) || !waiting.every(isCycle)) return null;
  return { schedule, state: { until, running, waiting, started: 0 } };
}

function isInstant(value: unknown): value is Instant {
  return typeof value === 'number' && Number.isFinite(value);
}

const whys: ReadonlySet<unknown> = new Set<Cycle['why']>(['due', 'queued', 'caught-up']);

function isCycle(value: unknown): value is Cycle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'due' in value &&
    isInstant(value.due) &&
    'why' in value &&
    whys.has(value.why)
  );
}
