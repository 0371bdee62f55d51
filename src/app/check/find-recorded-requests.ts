import { resolve } from 'node:path';
import type { RunEvent } from '../../core/events.js';
import type { RunId } from '../../core/request.js';
import type { ProviderName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { RecordedRequest, RecordedRequests } from '../../lake/recovery/recorded-facts.js';
import { listRuns, readEvents } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { Folders } from '../context.js';
import { withLineageFolder } from '../lineage-folder.js';

/**
 * Reads the requests of some runs, and of those whose results some commits of a table stored. A run may have received them and
 * died, so that the next one committed them. Rows name their run wherever the lake was then; versions count for one lake.
 */
export async function findRecordedRequests(
  dataset: Dataset,
  versions: readonly number[],
  writers: ReadonlySet<RunId>,
  { dataFolder, lineageFolder }: Folders,
): Promise<RecordedRequests> {
  const wanted = new Set(versions);
  const receivers = new Set<RunId>(writers);
  const requests = new Map<string, RecordedRequest>();
  const runs = await withLineageFolder(lineageFolder, () =>
    listRuns(lineageFolder, { files: nodeFiles, limit: Infinity }),
  );
  for (const run of runs) {
    const isHere = resolve(run.lake) === resolve(dataFolder);
    if (!isHere && !receivers.has(run.runId)) continue;
    const events = await readEvents(run, nodeFiles);
    for (const event of events) {
      if (isHere && event.type === 'committed' && event.dataset === dataset && wanted.has(event.version))
        receivers.add(event.recoveredFrom?.runId ?? run.runId);
    }
    // Newest first: the run that received results comes after the one that committed them.
    if (receivers.has(run.runId)) for (const [id, request] of readRequests(dataset, events)) requests.set(id, request);
  }
  return requests;
}

function readRequests(dataset: Dataset, events: readonly RunEvent[]): RecordedRequests {
  const requests = new Map<string, RecordedRequest>();
  const sent = new Map<string, Pick<RecordedRequest, 'series' | 'requestedAt'> & { readonly provider: ProviderName }>();
  for (const event of events) {
    if (event.type === 'request-sent' && event.series.startsWith(`${dataset}/`) && event.provider !== 'pipe')
      sent.set(event.request, { provider: event.provider, series: event.series, requestedAt: event.at });
    if (event.type !== 'request-completed' || event.closed === undefined) continue;
    const request = sent.get(event.request);
    const [step = ''] = event.task.split('/');
    if (request !== undefined) requests.set(event.request, { ...request, step, closed: event.closed });
  }
  return requests;
}
