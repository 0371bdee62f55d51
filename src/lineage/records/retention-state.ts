import { join } from 'node:path';
import { formatDuration, parseDuration } from '../../core/time/duration.js';
import type { Duration } from '../../core/time/time.js';
import type { FileStore } from '../../platform/file-store.js';
import { isRecord } from '../../platform/json-line.js';
import type { PruneFileStore } from './prune-file-store.js';

/** Whose records are removed after how long. Two lakes may have a pipeline of one name. */
export interface RetentionRule {
  readonly pipeline: string;
  readonly lake: string;
  readonly retention: Duration;
}

/** How far the records have been tidied. Only a hint: what is lost of it is found again. */
export interface RetentionState {
  /** The place of the last record that was looked at for packing: its day and its run; null before the first. */
  readonly compressedUntil: string | null;
  readonly rules: readonly (RetentionRule & {
    /** The place of the last record that was looked at for removal. */
    readonly removedUntil: string | null;
  })[];
}

/** The file beside the days. */
const retentionFile = 'tidied.json';

export async function readRetentionState(
  lineageFolder: string,
  files: Pick<FileStore, 'read'>,
): Promise<RetentionState> {
  const emptyState: RetentionState = { compressedUntil: null, rules: [] };
  let document: unknown;
  try {
    document = JSON.parse((await files.read(join(lineageFolder, retentionFile))) ?? 'null');
  } catch {
    return emptyState;
  }
  if (!isRecord(document)) return emptyState;
  const { packed: compressedUntil, keeping: rules } = document;
  return {
    compressedUntil: parseCursor(compressedUntil),
    rules: (Array.isArray(rules) ? rules : [])
      .filter(isRecord)
      .flatMap(({ pipeline, lake, keep: retention, removed: removedUntil }) => {
        const parsed = typeof retention === 'string' ? parseDuration(retention) : null;
        return typeof pipeline === 'string' && typeof lake === 'string' && parsed?.ok === true
          ? [{ pipeline, lake, keep: parsed.value, removed: parseCursor(removedUntil) }]
          : [];
      }),
  };
}

/** Written aside under a name of one's own: several may do it at once, and the last one wins. */
export async function writeRetentionState(
  lineageFolder: string,
  state: RetentionState,
  files: Pick<PruneFileStore, 'replace' | 'rename'>,
  owner: string,
): Promise<void> {
  const rules = state.rules.map((one) => ({ ...one, keep: formatDuration(one.retention) }));
  const path = join(lineageFolder, retentionFile);
  const temporary = `${path}.${owner}`;
  await files.replace(temporary, `${JSON.stringify({ ...state, rules }, null, 2)}\n`);
  await files.rename(temporary, path);
}

/**
 * Why there may be no record of a run: how long those of its pipeline are kept; null where none that old was removed. Ids
 * begin with the time.
 */
export async function findRemovalRule(
  lineageFolder: string,
  files: Pick<FileStore, 'read'>,
  runId: string,
  pipeline?: string,
): Promise<RetentionRule | null> {
  const { rules } = await readRetentionState(lineageFolder, files);
  const rule = rules.find(
    (one) =>
      one.removedUntil !== null &&
      runId <= one.removedUntil.slice(one.removedUntil.indexOf('/') + 1) &&
      one.pipeline === (pipeline ?? one.pipeline),
  );
  return rule ?? null;
}

function parseCursor(value: unknown): string | null {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d\//.test(value) ? value : null;
}
