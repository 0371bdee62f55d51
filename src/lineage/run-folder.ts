import { join } from 'node:path';
import { utcDate } from '../core/time.js';
import type { RunId } from '../core/request.js';
import type { Instant } from '../core/time.js';

/** The files of a run, in its own folder under the day on which it began (UTC). */
export const runFile = 'run.json';
export const eventsFile = 'events.ndjson';
export const openLineageFile = 'openlineage.ndjson';

/** The report in all its forms, which can be made again from the events. */
export const reportFiles = ['report.html', 'report.json', 'report.txt'] as const;

export function runFolder(lineage: string, startedAt: Instant, runId: RunId): string {
  return join(lineage, utcDate(startedAt), runId);
}
