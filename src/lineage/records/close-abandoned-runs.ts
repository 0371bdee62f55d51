import { join } from 'node:path';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { RunId } from '../../core/request.js';
import { createFacetFactory, producerUrn } from '../openlineage/facets.js';
import type { FileStore } from '../../platform/file-store.js';
import type { OpenLineageEvent } from '../openlineage/types.js';
import { decodeIf, isRecord, parseJsonLine } from '../../platform/json.js';
import { listRuns } from './read-runs.js';
import type { RecordedRun } from './read-runs.js';
import { openLineageFile, summaryFile } from './run-folder.js';
import { serializeSummary } from './run-summary.js';
import type { ProcessRef } from './run-summary.js';

/** Where to look for runs that ended without saying so. */
export interface CloseAbandonedRunsOptions {
  readonly lineageFolder: string;
  readonly files: FileStore;
  /** Only runs into this lake: whoever calls holds its lock, so none of them can still be going on. */
  readonly lake: string;
  /** The run that calls. */
  readonly runId: RunId;
  readonly now: Instant;
  /** Spares a run that waits for the lock or has only just let go of it. */
  readonly isAlive?: (process: ProcessRef) => boolean;
  /** How many of the last runs are looked at. */
  readonly limit?: number;
}

/**
 * Ends what crashed runs began: every OpenLineage START of theirs without an end gets an ABORT, and their `run.json` says
 * that they crashed. Gives the ABORT events, to be sent on. Safe to repeat: what has an end is left as it is.
 */
export async function closeAbandonedRuns(options: CloseAbandonedRunsOptions): Promise<readonly OpenLineageEvent[]> {
  const { lineageFolder, files, lake, runId, now, isAlive } = options;
  const runs = await listRuns(lineageFolder, {
    files,
    limit: options.limit ?? 100,
    ...omitUndefined({ isAlive }),
  });
  const aborts: OpenLineageEvent[] = [];
  for (const run of runs) {
    if (run.status !== 'crashed' || run.runId === runId || run.lake !== lake || run.closed) continue;
    aborts.push(...(await closeRun(run, files, now)));
  }
  return aborts;
}

async function closeRun(run: RecordedRun, files: FileStore, now: Instant): Promise<readonly OpenLineageEvent[]> {
  const path = join(run.folder, openLineageFile);
  const events = ((await files.read(path)) ?? '').split('\n').flatMap((line) => parseOpenLineageLine(line) ?? []);
  const unfinished = new Map<string, OpenLineageEvent>();
  for (const event of events) {
    if (event.eventType === 'START') unfinished.set(event.run.runId, event);
    else unfinished.delete(event.run.runId);
  }
  // Steps before the pipeline that they belong to.
  const aborts = [...unfinished.values()].reverse().map((event) => toAbortEvent(event, run, now));
  // Written anew, so that a line torn by the crash does not stay for strict readers to stumble over.
  if (aborts.length > 0)
    await files.replace(path, [...events, ...aborts].map((event) => `${JSON.stringify(event)}\n`).join(''));
  await files.replace(join(run.folder, summaryFile), serializeSummary(run));
  return aborts;
}

function toAbortEvent(start: OpenLineageEvent, run: RecordedRun, now: Instant): OpenLineageEvent {
  const facet = createFacetFactory(producerUrn(run.version));
  const message = 'the process ended without finishing; what it had received is stored by the next run';
  return {
    ...start,
    eventType: 'ABORT',
    eventTime: formatInstant(now),
    run: {
      ...start.run,
      facets: {
        ...start.run.facets,
        errorMessage: facet('errorMessage', { message, programmingLanguage: 'TypeScript' }),
      },
    },
  };
}

/** A line of a file that only we write: parsing whole, it is one of our events. */
export function parseOpenLineageLine(line: string): OpenLineageEvent | null {
  return parseJsonLine(line, decodeIf(isOpenLineageEvent));
}

function isOpenLineageEvent(value: unknown): value is OpenLineageEvent {
  return (
    isRecord(value) &&
    typeof value['eventType'] === 'string' &&
    isRecord(value['run']) &&
    typeof value['run']['runId'] === 'string'
  );
}
