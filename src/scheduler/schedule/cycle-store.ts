import { join } from 'node:path';

import type { Instant } from '../../core/time/time.js';
import type { FileStore } from '../../platform/file-store.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';
import type { Cycle, CycleState } from './cycles.js';

/** What outlives a collector: which due times of a pipeline are accounted for, and by which schedule. */
export interface SavedCycles {
  readonly schedule: string;
  readonly state: CycleState;
}

/** Where collectors remember what they did, one file a pipeline. */
export interface CycleStore {
  read(pipeline: string): Promise<SavedCycles | null>;
  write(pipeline: string, saved: SavedCycles): Promise<void>;
}

/** The folder of a lake in which collectors keep what they have to know after a restart. */
export function schedulerFolder(lake: string): string {
  return join(lake, '_serve');
}

/** What tells one schedule from another: due times of one are nothing to the other. */
export function computeScheduleKey({ times, jitter }: Schedule): string {
  return JSON.stringify({ times, jitter });
}

/** The memory in a lake's folder. What cannot be read counts as unknown: the collector begins anew. */
export function createCycleStore(lake: string, files: Pick<FileStore, 'read' | 'replace'>): CycleStore {
  const getPath = (pipeline: string): string => join(schedulerFolder(lake), `${encodeURIComponent(pipeline)}.json`);
  return {
    async read(pipeline) {
      const text = await files.read(getPath(pipeline));
      return text === null ? null : parseSavedCycles(text);
    },
    write: (pipeline, { schedule, state: { until, running, waiting } }) =>
      files.replace(getPath(pipeline), `${JSON.stringify({ v: 1, schedule, until, running, waiting })}\n`),
  };
}

function parseSavedCycles(text: string): SavedCycles | null {
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

const cycleReasons: ReadonlySet<unknown> = new Set<Cycle['why']>(['due', 'queued', 'caught-up']);

function isCycle(value: unknown): value is Cycle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'due' in value &&
    isInstant(value.due) &&
    'why' in value &&
    cycleReasons.has(value.why)
  );
}
