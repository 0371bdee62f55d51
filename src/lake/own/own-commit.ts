import type { Author } from '../../core/delivery.js';
import type { OwnColumn, TableVersions } from '../../core/own-tables.js';
import type { Instant } from '../../core/time.js';
import type { OwnAuthor, OwnOrigin } from '../contract.js';
import { addLine, isObject, metadataLine, protocolLine, removeLine } from '../delta/actions.js';
import { sealedCommit } from '../delta/commit-file.js';
import { metadataWith, plainProtocol } from '../delta/schema.js';
import type { Snapshot } from '../delta/snapshot.js';
import { liveFile } from '../parquet/files.js';
import type { WrittenFile } from '../parquet/files.js';
import { commitText, versionsOf } from './own-folders.js';
import type { DeltaType } from './own-types.js';

/** What a table is to become. */
export interface Replacement {
  readonly dataset: string;
  readonly author: Author;
  readonly by: OwnAuthor;
  readonly program: string;
  readonly now: Instant;
  readonly columns: readonly { readonly name: string; readonly delta: DeltaType }[];
  readonly inputs: TableVersions;
  /** Null when there are no rows. */
  readonly file: WrittenFile | null;
}

/** The text of the commit that takes everything out of a table and puts the new rows in. */
export function replacementText(replacement: Replacement, snapshot: Snapshot): string {
  const { author, by, now, file, dataset, inputs, program } = replacement;
  const version = snapshot.version + 1;
  const schemaString = JSON.stringify({ type: 'struct', fields: fieldsOf(replacement) });
  const commitInfo = {
    timestamp: now,
    operation: 'WRITE',
    operationParameters: { mode: 'Overwrite' },
    engineInfo: program,
    pipe: { run: author.runId, pipeline: author.pipeline, step: by.step, definition: by.definition, inputs },
  };
  const lines: object[] = [{ commitInfo }];
  if (snapshot.protocol === null) lines.push(protocolLine(plainProtocol));
  if (snapshot.metadata === null)
    lines.push(metadataLine(metadataWith(dataset, fieldsOf(replacement), [], author.runId, now)));
  else if (snapshot.metadata.schemaString !== schemaString)
    lines.push(metadataLine({ ...snapshot.metadata, schemaString, partitionColumns: [] }));
  for (const old of snapshot.files.values()) lines.push(removeLine(old, now, true));
  if (file !== null) lines.push(addLine(liveFile(file, now, [version]), true));
  return sealedCommit(dataset, version, lines);
}

function fieldsOf({ columns }: Replacement): readonly object[] {
  return columns.map(({ name, delta }) => ({ name, type: delta, nullable: true, metadata: {} }));
}

/** What made the rows that a table has now; null where that was some other program. */
export async function originOf(table: string): Promise<OwnOrigin | null> {
  for (const version of (await versionsOf(table)).toReversed()) {
    const text = await commitText(table, version);
    const info = commitInfoIn(text);
    const origin = originIn(info);
    if (origin !== null) return origin;
    if (text.includes('"dataChange":true')) return null;
  }
  return null;
}

function commitInfoIn(text: string): unknown {
  try {
    const line: unknown = JSON.parse(text.slice(0, Math.max(0, text.indexOf('\n'))));
    return isObject(line) ? line['commitInfo'] : null;
  } catch {
    return null;
  }
}

function originIn(info: unknown): OwnOrigin | null {
  if (!isObject(info) || !isObject(info['pipe'])) return null;
  const { run, pipeline, step, definition, inputs } = info['pipe'];
  const at = info['timestamp'];
  if (typeof run !== 'string' || typeof step !== 'string' || typeof definition !== 'string') return null;
  if (!isObject(pipeline) || typeof pipeline['name'] !== 'string' || typeof at !== 'number') return null;
  return { pipeline: pipeline['name'], step, runId: run, at, definition, inputs: versionsIn(inputs) };
}

/** The versions in a parsed document; what is no number is left out. */
export function versionsIn(value: unknown): TableVersions {
  const versions: Record<string, number> = {};
  for (const [name, version] of Object.entries(isObject(value) ? value : {}))
    if (typeof version === 'number') versions[name] = version;
  return versions;
}

/** Columns as others are told of them. */
export function toldColumns(
  columns: readonly { readonly name: string; readonly delta: unknown }[],
): readonly OwnColumn[] {
  return columns.map(({ name, delta }) => ({ name, type: typeof delta === 'string' ? delta : JSON.stringify(delta) }));
}
