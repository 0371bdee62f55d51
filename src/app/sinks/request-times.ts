import type { RequestId, RunId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import { readEvents, readRun } from '../../lineage/records/read-runs.js';
import { nodeFiles } from '../../platform/file-store.js';
import type { RequestTimes } from '../../sinks/postgres/collection-logs.js';
import type { AppContext } from '../context.js';

interface Times {
  readonly sentAt: Instant;
  readonly answeredAt: Instant | null;
}

/** The times of requests as the records of their runs have them; the last run that was asked for stays in memory. */
export function createRequestTimes({ lineageFolder }: Pick<AppContext, 'lineageFolder'>): RequestTimes {
  let lastRun: RunId | null = null;
  let lastTimes: ReadonlyMap<RequestId, Times> = new Map();
  return {
    async find(run, request) {
      if (run !== lastRun) {
        lastTimes = await readTimes(lineageFolder, run);
        lastRun = run;
      }
      return lastTimes.get(request) ?? null;
    },
  };
}

async function readTimes(lineageFolder: string, runId: RunId): Promise<ReadonlyMap<RequestId, Times>> {
  const times = new Map<RequestId, Times>();
  const run = await readRun(lineageFolder, runId, { files: nodeFiles });
  if (run === null) return times;
  for (const event of await readEvents(run, nodeFiles)) {
    if (event.type === 'request-sent') times.set(event.request, { sentAt: event.at, answeredAt: null });
    if (event.type !== 'request-completed') continue;
    const sent = times.get(event.request);
    if (sent !== undefined) times.set(event.request, { ...sent, answeredAt: event.at });
  }
  return times;
}
