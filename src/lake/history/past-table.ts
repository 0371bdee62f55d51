import type { Dataset } from '../../core/tables/tables.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { readFacts } from '../coverage/read-facts.js';
import { emptySnapshot } from '../delta/snapshot.js';
import type { CheckpointReader, Snapshot } from '../delta/snapshot.js';
import { isDamage, LakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { findVersionAt, readCommitTime } from './find-version.js';
import { findKeptFiles } from './kept-files.js';
import { readPastSnapshot } from './past-snapshot.js';

/** A table at a version. */
export interface PastTable {
  /** Its `files` have all rows of the version; some may have rows of later commits too. */
  readonly snapshot: Snapshot;
  /** The condition, in SQL, for the rows of the version; null if the files have no others. */
  readonly condition: string | null;
  /** The files that the condition is for. */
  readonly merged: ReadonlySet<string>;
}

export interface PastTableOptions {
  readonly table: string;
  readonly dataset: string;
  readonly readCheckpoint: CheckpointReader;
}

/** The version of a table at a moment; null if it had no commit yet. Throws if the log of that time is deleted. */
export async function requireVersionAt(
  { table, dataset }: Pick<PastTableOptions, 'table' | 'dataset'>,
  moment: Instant,
): Promise<number | null> {
  const found = await findVersionAt(table, moment);
  switch (found.kind) {
    case 'found':
      return found.version;
    case 'before-table':
      return null;
    case 'before-log':
      throw notKeptError(
        table,
        `${dataset} as of ${formatInstant(moment)} is not kept: another program deleted the log before version ${String(found.version)}`,
        found.committedAt,
      );
  }
}

/** Opens a table at a version; null stands for the time before its first commit. Throws if rows of the version are deleted. */
export async function openPastTable(
  { table, dataset, readCheckpoint }: PastTableOptions,
  version: number | null,
  stageLater: (version: number) => Promise<string>,
): Promise<PastTable> {
  if (version === null) return { snapshot: emptySnapshot, condition: null, merged: new Set() };
  const snapshot = await readPastSnapshot(table, version, readCheckpoint);
  const { isComplete, files, merged, oldestKept } = await findKeptFiles(table, snapshot);
  if (!isComplete) {
    const committedAt = await readCommitTime(table, version);
    throw notKeptError(
      table,
      `${dataset} as of ${formatInstant(committedAt)} (version ${String(version)}) is not kept: its replaced rows are deleted`,
      await findOldestKept(table, oldestKept, readCheckpoint),
    );
  }
  const condition = merged.size === 0 ? null : await stageLater(version);
  return { snapshot: { ...snapshot, files }, condition, merged };
}

/** The time of the first version from one on whose rows are all in files; null if none is found. */
async function findOldestKept(
  table: string,
  from: number | null,
  readCheckpoint: CheckpointReader,
): Promise<Instant | null> {
  for (let version = from; version !== null;) {
    const kept = await findKeptFiles(table, await readPastSnapshot(table, version, readCheckpoint));
    if (kept.isComplete) return readCommitTime(table, version);
    version = kept.oldestKept !== null && kept.oldestKept > version ? kept.oldestKept : null;
  }
  return null;
}

function notKeptError(table: string, message: string, oldest: Instant | null): LakeError {
  const hint = 'superseded files are kept for 7 days';
  return new LakeError(
    'not-kept',
    table,
    message,
    oldest === null ? hint : `the oldest moment that is kept: ${formatInstant(oldest)}; ${hint}`,
  );
}

/** Stages the requests that commits after a version answered, and returns the condition for rows of none of them. */
export async function stageLaterRequests(
  engine: Engine,
  { table, dataset }: { readonly table: string; readonly dataset: Dataset },
  version: number,
): Promise<string> {
  const later = new Set<string>();
  const versions = { first: version + 1, last: Infinity };
  // What a damaged commit answered is unknown: its rows could not be distinguished from those of the version.
  for await (const { requestId } of readFacts(table, dataset, { versions })) later.add(requestId);
  const name = `"memory".past.${quoteIdentifier(`${dataset} after ${String(version)}`)}`;
  await engine.run(
    `CREATE SCHEMA IF NOT EXISTS "memory".past;
     CREATE OR REPLACE TABLE ${name} AS
     SELECT unnest(from_json(${quoteLiteral(JSON.stringify([...later]))}, '["VARCHAR"]')) AS request_id`,
    table,
  );
  return `request_id NOT IN (SELECT request_id FROM ${name})`;
}

/** Returns whether a table cannot be read at a moment because its rows are deleted or its log is damaged. */
export function isUnavailable(error: unknown): error is LakeError {
  return isDamage(error) || (error instanceof LakeError && error.kind === 'not-kept');
}
