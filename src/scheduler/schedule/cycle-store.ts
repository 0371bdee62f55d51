import { join } from 'node:path';

import type { FileStore } from '../../platform/file-store.js';
import { isInstant, isRecord, isString, oneOf, readOptionalDocument } from '../../platform/json.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';
import type { Cycle, CycleState } from './cycles.js';

/** The state of a pipeline that survives a restart: the due times that are accounted for, and their schedule. */
export interface SavedCycles {
  readonly schedule: string;
  readonly state: CycleState;
}

/** Keeps the state of each pipeline across restarts of the collector. */
export interface CycleStore {
  read(pipeline: string): Promise<SavedCycles | null>;
  write(pipeline: string, saved: SavedCycles): Promise<void>;
}

/** The folder of a lake that belongs to its collector. */
export function schedulerFolder(lake: string): string {
  return join(lake, '_scheduler');
}

/** Identifies a schedule: due times of one schedule never count as missed for another. */
export function computeScheduleKey({ times, jitter }: Schedule): string {
  return JSON.stringify({ times, jitter });
}

/** Creates a store in a lake's folder. A file that cannot be decoded counts as absent. */
export function createCycleStore(lake: string, { read, replace }: Pick<FileStore, 'read' | 'replace'>): CycleStore {
  const getPath = (pipeline: string): string =>
    join(schedulerFolder(lake), 'pipelines', `${encodeURIComponent(pipeline)}.json`);
  return {
    read: (pipeline) => readOptionalDocument(getPath(pipeline), decodeSavedCycles, { version: 1, read }),
    write: (pipeline, { schedule, state: { until, running, waiting } }) =>
      replace(getPath(pipeline), `${JSON.stringify({ v: 1, schedule, until, running, waiting })}\n`),
  };
}

export function decodeSavedCycles(document: unknown): SavedCycles | null {
  if (!isRecord(document)) return null;
  const { schedule, until, running, waiting } = document;
  if (!isString(schedule) || !isInstant(until) || !Array.isArray(waiting)) return null;
  const runningCycle = decodeCycle(running);
  const waitingCycles = waiting.map(decodeCycle).filter((cycle) => cycle !== null);
  if ((runningCycle === null && running !== null) || waitingCycles.length < waiting.length) return null;
  return { schedule, state: { until, running: runningCycle, waiting: waitingCycles, started: 0 } };
}

const isTrigger = oneOf<Cycle['trigger']>({ due: true, queued: true, 'caught-up': true });

function decodeCycle(value: unknown): Cycle | null {
  if (!isRecord(value)) return null;
  // Commit 0376384 wrote `why`.
  const { due, trigger = value['why'] } = value;
  return isInstant(due) && isTrigger(trigger) ? { due, trigger } : null;
}
