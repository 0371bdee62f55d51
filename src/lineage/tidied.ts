import { join } from 'node:path';
import { formatDuration, parseDuration } from '../core/duration.js';
import type { Duration } from '../core/time.js';
import type { RecordFiles } from './files.js';
import { isRecord } from './json-record.js';
import type { TidyFiles } from './tidy-files.js';

/** Whose records are removed after how long. Two lakes may have a pipeline of one name. */
export interface Keeping {
  readonly pipeline: string;
  readonly lake: string;
  readonly keep: Duration;
}

/** How far the records have been tidied. Only a hint: what is lost of it is found again. */
export interface Tidied {
  /** The place of the last record that was looked at for packing: its day and its run; null before the first. */
  readonly packed: string | null;
  readonly keeping: readonly (Keeping & {
    /** The place of the last record that was looked at for removal. */
    readonly removed: string | null;
  })[];
}

/** The file beside the days. */
const tidiedFile = 'tidied.json';

export async function readTidied(lineage: string, files: Pick<RecordFiles, 'read'>): Promise<Tidied> {
  const nothing: Tidied = { packed: null, keeping: [] };
  let document: unknown;
  try {
    document = JSON.parse((await files.read(join(lineage, tidiedFile))) ?? 'null');
  } catch {
    return nothing;
  }
  if (!isRecord(document)) return nothing;
  const { packed, keeping } = document;
  return {
    packed: placeOrNull(packed),
    keeping: (Array.isArray(keeping) ? keeping : []).filter(isRecord).flatMap(({ pipeline, lake, keep, removed }) => {
      const parsed = typeof keep === 'string' ? parseDuration(keep) : null;
      return typeof pipeline === 'string' && typeof lake === 'string' && parsed?.ok === true
        ? [{ pipeline, lake, keep: parsed.value, removed: placeOrNull(removed) }]
        : [];
    }),
  };
}

/** Written aside under a name of one's own: several may do it at once, and the last one wins. */
export async function writeTidied(
  lineage: string,
  tidied: Tidied,
  files: Pick<TidyFiles, 'replace' | 'rename'>,
  tidier: string,
): Promise<void> {
  const keeping = tidied.keeping.map((one) => ({ ...one, keep: formatDuration(one.keep) }));
  const path = join(lineage, tidiedFile);
  const aside = `${path}.${tidier}`;
  await files.replace(aside, `${JSON.stringify({ ...tidied, keeping }, null, 2)}\n`);
  await files.rename(aside, path);
}

/**
 * Why there may be no record of a run: how long those of its pipeline are kept; null where none that old was removed. Ids
 * begin with the time.
 */
export async function removedAfter(
  lineage: string,
  files: Pick<RecordFiles, 'read'>,
  runId: string,
  pipeline?: string,
): Promise<Keeping | null> {
  const { keeping } = await readTidied(lineage, files);
  const gone = keeping.find(
    (one) =>
      one.removed !== null &&
      runId <= one.removed.slice(one.removed.indexOf('/') + 1) &&
      one.pipeline === (pipeline ?? one.pipeline),
  );
  return gone ?? null;
}

function placeOrNull(value: unknown): string | null {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d\//.test(value) ? value : null;
}
