import { join } from 'node:path';
import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { RunId } from '../core/request.js';
import { facetMaker, producerOf } from './facets.js';
import type { RecordFiles } from './files.js';
import type { OpenLineageEvent } from './openlineage-types.js';
import { isRecord, readLine } from './json-record.js';
import { listRuns } from './read-runs.js';
import type { RecordedRun } from './read-runs.js';
import { openLineageFile, runFile } from './run-folder.js';
import { writeSummary } from './run-summary.js';
import type { ProcessName } from './run-summary.js';

/** Where to look for runs that ended without saying so. */
export interface AbandonedRunsOptions {
  readonly lineage: string;
  readonly files: RecordFiles;
  /** Only runs into this lake: whoever calls holds its lock, so none of them can still be going on. */
  readonly lake: string;
  /** The run that calls. */
  readonly runId: RunId;
  readonly now: Instant;
  /** Spares a run that waits for the lock or has only just let go of it. */
  readonly isAlive?: (process: ProcessName) => boolean;
  /** How many of the last runs are looked at. */
  readonly limit?: number;
}

/**
 * Ends what crashed runs began: every OpenLineage START of theirs without an end gets an ABORT, and their `run.json` says
 * that they crashed. Gives the ABORT events, to be sent on. Safe to repeat: what has an end is left as it is.
 */
export async function closeAbandonedRuns(options: AbandonedRunsOptions): Promise<readonly OpenLineageEvent[]> {
  const { lineage, files, lake, runId, now, isAlive } = options;
  const runs = await listRuns(lineage, {
    files,
    limit: options.limit ?? 100,
    ...(isAlive === undefined ? {} : { isAlive }),
  });
  const aborts: OpenLineageEvent[] = [];
  for (const run of runs) {
    if (run.status !== 'crashed' || run.runId === runId || run.lake !== lake || run.closed) continue;
    aborts.push(...(await closeRun(run, files, now)));
  }
  return aborts;
}

async function closeRun(run: RecordedRun, files: RecordFiles, now: Instant): Promise<readonly OpenLineageEvent[]> {
  const path = join(run.folder, openLineageFile);
  const told = ((await files.read(path)) ?? '').split('\n').flatMap((line) => readOpenLineageLine(line) ?? []);
  const open = new Map<string, OpenLineageEvent>();
  for (const event of told) {
    if (event.eventType === 'START') open.set(event.run.runId, event);
    else open.delete(event.run.runId);
  }
  // Steps before the pipeline that they belong to.
  const aborts = [...open.values()].reverse().map((event) => abortOf(event, run, now));
  // Written anew, so that a line torn by the crash does not stay for strict readers to stumble over.
  if (aborts.length > 0)
    await files.replace(path, [...told, ...aborts].map((event) => `${JSON.stringify(event)}\n`).join(''));
  await files.replace(join(run.folder, runFile), writeSummary(run));
  return aborts;
}

function abortOf(start: OpenLineageEvent, run: RecordedRun, now: Instant): OpenLineageEvent {
  const facet = facetMaker(producerOf(run.version));
  const message = 'the process ended without finishing; what it had received is stored by the next run';
  return {
    ...start,
    eventType: 'ABORT',
    eventTime: isoInstant(now),
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
export function readOpenLineageLine(line: string): OpenLineageEvent | null {
  return readLine(line, isEvent);
}

function isEvent(value: unknown): value is OpenLineageEvent {
  return (
    isRecord(value) &&
    typeof value['eventType'] === 'string' &&
    isRecord(value['run']) &&
    typeof value['run']['runId'] === 'string'
  );
}
