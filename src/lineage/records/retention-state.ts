import { join } from 'node:path';
import { formatDuration, parseDuration } from '../../core/time/duration.js';
import type { Duration } from '../../core/time/time.js';
import type { FileStore } from '../../platform/file-store.js';
import { isRecord, readDocument } from '../../platform/json.js';
import type { PruneFileStore } from './prune-file-store.js';

/** The retention of a pipeline's run records. Two lakes may have a pipeline of the same name. */
export interface RetentionRule {
  readonly pipeline: string;
  readonly lake: string;
  readonly retention: Duration;
}

/** The progress of compression and removal. A hint only: without it, every record is examined again. */
export interface RetentionState {
  /** The cursor (`<day>/<run>`) of the last record examined for compression; null before the first. */
  readonly compressedUntil: string | null;
  readonly rules: readonly (RetentionRule & {
    /** The cursor of the last record examined for removal. */
    readonly removedUntil: string | null;
  })[];
}

/** Lies beside the folders of the days. */
const retentionFile = 'retention.json';

/** The file of earlier versions, with other keys: read until the first write replaces it. */
const legacyRetentionFile = 'tidied.json';

const emptyState: RetentionState = { compressedUntil: null, rules: [] };

export async function readRetentionState(
  lineageFolder: string,
  files: Pick<FileStore, 'read'>,
): Promise<RetentionState> {
  const options = { read: (path: string) => files.read(path) };
  const state = await readDocument(join(lineageFolder, retentionFile), decodeRetentionState, options);
  if (state.ok) return state.value;
  // Without a valid state every record is examined again.
  if (state.error.kind !== 'missing') return emptyState;
  const legacy = await readDocument(join(lineageFolder, legacyRetentionFile), decodeLegacyState, options);
  return legacy.ok ? legacy.value : emptyState;
}

function decodeRetentionState(document: unknown): RetentionState | null {
  if (!isRecord(document)) return null;
  const { compressedUntil, rules } = document;
  return {
    compressedUntil: parseCursor(compressedUntil),
    rules: (Array.isArray(rules) ? rules : []).flatMap((rule: unknown) => parseRule(rule) ?? []),
  };
}

function parseRule(rule: unknown): RetentionState['rules'][number] | null {
  if (!isRecord(rule)) return null;
  const { pipeline, lake, retention, removedUntil } = rule;
  const parsed = typeof retention === 'string' ? parseDuration(retention) : null;
  return typeof pipeline === 'string' && typeof lake === 'string' && parsed?.ok === true
    ? { pipeline, lake, retention: parsed.value, removedUntil: parseCursor(removedUntil) }
    : null;
}

function decodeLegacyState(document: unknown): RetentionState | null {
  if (!isRecord(document)) return null;
  const { packed, keeping } = document;
  const rules = (Array.isArray(keeping) ? keeping : [])
    .filter(isRecord)
    .map(({ keep, removed, ...rule }) => ({ ...rule, retention: keep, removedUntil: removed }));
  return decodeRetentionState({ compressedUntil: packed, rules });
}

/** Replaces the file through a name that only `owner` uses: processes may write at the same time, and the last one wins. */
export async function writeRetentionState(
  lineageFolder: string,
  state: RetentionState,
  files: Pick<PruneFileStore, 'replace' | 'rename' | 'remove'>,
  owner: string,
): Promise<void> {
  const rules = state.rules.map(({ pipeline, lake, retention, removedUntil }) => ({
    pipeline,
    lake,
    retention: formatDuration(retention),
    removedUntil,
  }));
  const path = join(lineageFolder, retentionFile);
  const temporary = `${path}.${owner}`;
  await files.replace(temporary, `${JSON.stringify({ compressedUntil: state.compressedUntil, rules }, null, 2)}\n`);
  await files.rename(temporary, path);
  await files.remove(join(lineageFolder, legacyRetentionFile));
}

/**
 * Finds the rule under which the record of a run may have been removed; null when no record that old was removed. Run ids
 * begin with the time, so they compare by age.
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
