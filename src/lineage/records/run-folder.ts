import { join } from 'node:path';
import { toUtcDate } from '../../core/time/time.js';
import type { RunId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';

/** The files of a run, in `<day in UTC>/<run id>/`. */
export const summaryFile = 'run.json';
export const eventsFile = 'events.ndjson';
export const openLineageFile = 'openlineage.ndjson';

/** The report, which can be built again from the events. */
export const reportFiles = ['report.html', 'report.json', 'report.txt'] as const;

export function runFolder(lineageFolder: string, startedAt: Instant, runId: RunId): string {
  return join(lineageFolder, toUtcDate(startedAt), runId);
}
