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

export interface CloseAbandonedRunsOptions {
  readonly lineageFolder: string;
  readonly files: FileStore;
  /** Only runs into this lake: the caller holds its lock, so none of them can be running. */
  readonly lake: string;
  /** The calling run, which is skipped. */
  readonly runId: RunId;
  readonly now: Instant;
  /** Skips runs whose process is alive: they wait for the lock or have just released it. */
  readonly isAlive?: (process: ProcessRef) => boolean;
  /** The number of recent runs to examine. */
  readonly limit?: number;
}

/**
 * Closes the records of crashed runs: adds an ABORT for every OpenLineage START without an end, and sets the status `crashed`
 * in `run.json`. Returns the ABORT events for delivery. Idempotent.
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
  // Steps before their pipeline.
  const aborts = [...unfinished.values()].reverse().map((event) => toAbortEvent(event, run, now));
  // Rewritten without a line torn by the crash, which strict readers would reject.
  if (aborts.length > 0)
    await files.replace(path, [...events, ...aborts].map((event) => `${JSON.stringify(event)}\n`).join(''));
  await files.replace(join(run.folder, summaryFile), serializeSummary(run));
  return aborts;
}

function toAbortEvent(start: OpenLineageEvent, run: RecordedRun, now: Instant): OpenLineageEvent {
  const facet = createFacetFactory(producerUrn(run.version));
  const message = 'the process crashed; the next run commits the results that it received';
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

/** Parses a line of a file that only this program writes; null for a torn line. */
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
