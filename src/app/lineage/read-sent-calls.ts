import type { CallParameters, RequestId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import type { LineageResult } from '../../lineage/answers/query-lineage.js';
import { readEvents, readRun } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { Folders } from '../context.js';
import { readImportedLines } from './read-imported-lines.js';
import { withLineageFolder } from '../lineage-folder.js';

/** The most runs whose records are read, newest first: a record of a large run has thousands of events. */
const maxRuns = 50;

/** Reads what the requests of an answer asked their provider, from the records of their runs. */
export function readSentCalls(
  { datasets, upstream }: LineageResult,
  folders: Folders,
): Promise<ReadonlyMap<RequestId, readonly CallParameters[]>> {
  const wanted = new Set([
    ...datasets.flatMap(({ windows }) => windows.map(({ requestId }) => requestId)),
    ...upstream.map(({ requestId }) => requestId),
  ]);
  return readSentCallsOf(wanted, null, folders);
}

/**
 * Reads what some requests asked their provider, from the records of their runs, and which files imports read, from the lake. With
 * the instant of a bar it names its line.
 */
export async function readSentCallsOf(
  wanted: ReadonlySet<RequestId>,
  at: Instant | null,
  { dataFolder, lineageFolder }: Folders,
): Promise<ReadonlyMap<RequestId, readonly CallParameters[]>> {
  const runs = [...new Set([...wanted].map((id) => id.slice(0, id.lastIndexOf('/'))))].sort().reverse();
  const imported = await readImportedLines(wanted, at, { dataFolder });
  return withLineageFolder(lineageFolder, async () => {
    const sent = new Map<RequestId, readonly CallParameters[]>(imported);
    for (const runId of runs.slice(0, maxRuns)) {
      const run = await readRun(lineageFolder, runId, { files: nodeFiles });
      if (run === null) continue;
      for (const event of await readEvents(run, nodeFiles))
        if (event.type === 'request-completed' && event.sent !== undefined && wanted.has(event.request))
          sent.set(event.request, event.sent);
    }
    return sent;
  });
}
