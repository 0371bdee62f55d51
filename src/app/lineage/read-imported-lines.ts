import type { CallParameters, RequestId } from '../../core/request.js';
import type { Instant } from '../../core/time/time.js';
import { readImportRecords, readImportedSeries } from '../../imports/records/import-record.js';
import type { ImportRecord, ImportedSeries } from '../../imports/records/import-record.js';
import type { Folders } from '../context.js';

/** Finds the files, their hashes and lines that imported bars came from: of one bar at an instant, or of whole requests. */
export async function readImportedLines(
  wanted: ReadonlySet<RequestId>,
  at: Instant | null,
  { dataFolder }: Pick<Folders, 'dataFolder'>,
): Promise<ReadonlyMap<RequestId, readonly CallParameters[]>> {
  const found = new Map<RequestId, readonly CallParameters[]>();
  const runs = new Set([...wanted].map((id) => id.slice(0, id.lastIndexOf('/'))));
  for (const record of await readImportRecords(dataFolder)) {
    if (!record.requestRuns.some((run) => runs.has(run))) continue;
    for (const series of await readImportedSeries(dataFolder, record))
      if (wanted.has(series.request)) found.set(series.request, [describeOrigin(record, series, at)]);
  }
  return found;
}

function describeOrigin(
  { path, sha256 }: ImportRecord,
  { ts, lines }: ImportedSeries,
  at: Instant | null,
): CallParameters {
  const line = at === null ? undefined : lines[ts.indexOf(at)];
  if (line !== undefined) return { file: path, line, sha256 };
  const [first, last] = [lines[0], lines.at(-1)];
  return { file: path, ...(first === undefined ? {} : { lines: `${String(first)}–${String(last)}` }), sha256 };
}
