import { isCount, isRecord } from '../../platform/json.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { UserColumn, TableVersions } from '../../core/tables/user-tables.js';
import type { Instant } from '../../core/time/time.js';
import type { CustomStepRef, CustomStepRun } from '../api.js';
import { toAddAction, toMetadataAction, toProtocolAction, toRemoveAction } from '../delta/actions.js';
import { sealCommit } from '../delta/commit-file.js';
import { nextVersion } from '../delta/paths.js';
import { buildMetadata, minimumProtocol } from '../delta/schema.js';
import type { Snapshot } from '../delta/snapshot.js';
import { toLiveFile } from '../parquet/parquet-files.js';
import type { WrittenFile } from '../parquet/parquet-files.js';
import { listVersions } from '../delta/log-listing.js';
import { readCommitText } from './user-table-log.js';
import type { DeltaType } from './stored-type.js';

/** The new content of a table. */
export interface TableReplacement {
  readonly dataset: string;
  readonly author: CommitInfo;
  readonly stepRef: CustomStepRef;
  readonly program: string;
  readonly now: Instant;
  readonly columns: readonly { readonly name: string; readonly delta: DeltaType }[];
  readonly inputs: TableVersions;
  /** Null without rows. */
  readonly file: WrittenFile | null;
}

/** The text of the commit that replaces all rows of a table. */
export function buildReplaceCommit(replacement: TableReplacement, snapshot: Snapshot): string {
  const { author, stepRef, now, file, dataset, inputs, program } = replacement;
  const version = nextVersion(snapshot.version);
  const schemaString = JSON.stringify({ type: 'struct', fields: toSchemaFields(replacement) });
  const commitInfo = {
    timestamp: now,
    operation: 'WRITE',
    operationParameters: { mode: 'Overwrite' },
    engineInfo: program,
    pipe: { run: author.runId, pipeline: author.pipeline, step: stepRef.step, definition: stepRef.definition, inputs },
  };
  const lines: object[] = [{ commitInfo }];
  if (snapshot.protocol === null) lines.push(toProtocolAction(minimumProtocol));
  if (snapshot.metadata === null)
    lines.push(toMetadataAction(buildMetadata(dataset, toSchemaFields(replacement), [], author.runId, now)));
  else if (snapshot.metadata.schemaString !== schemaString)
    lines.push(toMetadataAction({ ...snapshot.metadata, schemaString, partitionColumns: [] }));
  for (const old of snapshot.files.values()) lines.push(toRemoveAction(old, now, true));
  if (file !== null) lines.push(toAddAction(toLiveFile(file, now, [version]), true));
  return sealCommit(dataset, version, lines);
}

function toSchemaFields({ columns }: TableReplacement): readonly object[] {
  return columns.map(({ name, delta }) => ({ name, type: delta, nullable: true, metadata: {} }));
}

/** The run that wrote the current rows of a table; null if another program wrote them. */
export async function readOrigin(table: string): Promise<CustomStepRun | null> {
  for (const version of (await listVersions(table)).toReversed()) {
    const text = await readCommitText(table, version);
    const info = parseCommitInfoLine(text);
    const origin = parseOrigin(info);
    if (origin !== null) return origin;
    if (text.includes('"dataChange":true')) return null;
  }
  return null;
}

function parseCommitInfoLine(text: string): unknown {
  try {
    const line: unknown = JSON.parse(text.slice(0, Math.max(0, text.indexOf('\n'))));
    return isRecord(line) ? line['commitInfo'] : null;
  } catch {
    return null;
  }
}

function parseOrigin(info: unknown): CustomStepRun | null {
  if (!isRecord(info) || !isRecord(info['pipe'])) return null;
  const { run, pipeline, step, definition, inputs } = info['pipe'];
  const at = info['timestamp'];
  if (typeof run !== 'string' || typeof step !== 'string' || typeof definition !== 'string') return null;
  if (!isRecord(pipeline) || typeof pipeline['name'] !== 'string' || typeof at !== 'number') return null;
  return { pipeline: pipeline['name'], step, runId: run, at, definition, inputs: parseVersions(inputs) };
}

/** The versions in a parsed document, without values of another type. Earlier versions of pipe wrote -1 for no table. */
export function parseVersions(value: unknown): TableVersions {
  const versions: Record<string, number | null> = {};
  for (const [name, version] of Object.entries(isRecord(value) ? value : {})) {
    if (version === null || version === -1) versions[name] = null;
    else if (isCount(version)) versions[name] = version;
  }
  return versions;
}

/** Columns as events and documents name them. */
export function columnsForEvent(
  columns: readonly { readonly name: string; readonly delta: unknown }[],
): readonly UserColumn[] {
  return columns.map(({ name, delta }) => ({ name, type: typeof delta === 'string' ? delta : JSON.stringify(delta) }));
}
