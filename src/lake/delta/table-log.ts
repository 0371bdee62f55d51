import { join } from 'node:path';
import type { JsonValue } from '../coverage/columns.js';
import type { Author } from '../../core/delivery.js';
import type { Dataset } from '../../core/tables.js';
import type { Instant } from '../../core/time.js';
import { metadataLine, protocolLine } from './actions.js';
import type { Metadata } from './actions.js';
import { sealedCommit } from './commit-file.js';
import { makeFolder, putIfAbsent } from './durable.js';
import { commitName, commitPath, logFolder } from './paths.js';
import { grownMetadata } from './schema-growth.js';
import { metadataOf, plainProtocol } from './schema.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from './snapshot.js';
import type { CheckpointReader, Snapshot } from './snapshot.js';

/** What one commit says besides the files it adds and removes. */
export interface CommitNote {
  /** Whose rows these are: not always those of the process that commits. */
  readonly author: Author;
  readonly operation: 'WRITE' | 'OPTIMIZE' | 'VACUUM START' | 'VACUUM END' | 'REPAIR';
  readonly parameters: Readonly<Record<string, string>>;
  /** The encoded facts; null when none change. */
  readonly coverage: JsonValue | null;
}

/** What a commit would do to the table as it is in a snapshot. */
export interface Attempt extends CommitNote {
  /** `add` and `remove` lines, given the version that the commit will have. */
  lines(version: number): readonly object[];
}

/** The log of one table, as one process follows and writes it. */
export interface TableLog {
  readonly dataset: Dataset;
  readonly folder: string;
  /** The table as it is now. */
  refresh(): Promise<Snapshot>;
  /**
   * Adds a commit after the newest one. When another process takes that place first, the attempt is made again from the
   * table as it then is; an attempt of null gives up. Answers with the table as of the new commit.
   */
  append(attempt: (snapshot: Snapshot) => Promise<Attempt | null>): Promise<Snapshot | null>;
}

export interface TableLogOptions {
  readonly dataset: Dataset;
  readonly folder: string;
  /** What writes, with its version. */
  readonly program: string;
  readonly now: () => Instant;
  /** A folder for temporary files on the same disk, and a name in it that nobody else uses. */
  readonly temporary: () => string;
  readonly readCheckpoint: CheckpointReader;
}

export function tableLog(options: TableLogOptions): TableLog {
  const { dataset, folder } = options;
  let known = emptySnapshot;
  const refresh = async (): Promise<Snapshot> => {
    known =
      known.version === -1 ? await readSnapshot(folder, options.readCheckpoint) : await advanceSnapshot(folder, known);
    return known;
  };
  return {
    dataset,
    folder,
    refresh,
    append(attempt) {
      return appendCommit({ folder, temporary: options.temporary, refresh }, async (snapshot) => {
        const planned = await attempt(snapshot);
        return planned === null ? null : commitText(options, snapshot, snapshot.version + 1, planned);
      });
    },
  };
}

/** Where a commit goes, and how the table is read again once it is there. */
export interface AppendPlace extends Pick<TableLogOptions, 'folder' | 'temporary'> {
  readonly refresh: () => Promise<Snapshot>;
}

/** Puts a commit after the newest one, written anew for every table that others have changed meanwhile; null gives up. */
export async function appendCommit(
  { folder, temporary, refresh }: AppendPlace,
  textOf: (snapshot: Snapshot) => Promise<string | null>,
): Promise<Snapshot | null> {
  await makeFolder(logFolder(folder));
  for (;;) {
    const snapshot = await refresh();
    const text = await textOf(snapshot);
    if (text === null) return null;
    const version = snapshot.version + 1;
    if (await putIfAbsent(commitPath(folder, version), text, `${temporary()}-${commitName(version)}`)) {
      return await refresh();
    }
  }
}

function commitText(options: TableLogOptions, snapshot: Snapshot, version: number, attempt: Attempt): string {
  const { author } = attempt;
  const timestamp = options.now();
  const commitInfo = {
    timestamp,
    operation: attempt.operation,
    operationParameters: attempt.parameters,
    engineInfo: options.program,
    pipe: {
      run: author.runId,
      pipeline: author.pipeline,
      ...(attempt.coverage === null ? {} : { coverage: attempt.coverage }),
    },
  };
  const lines: object[] = [{ commitInfo }];
  if (snapshot.protocol === null) lines.push(protocolLine(plainProtocol));
  const metadata = changedMetadata(options, snapshot, author, timestamp);
  if (metadata !== null) lines.push(metadataLine(metadata));
  lines.push(...attempt.lines(version));
  return sealedCommit(options.folder, version, lines);
}

/** What a commit has to say about the table itself; null when the log says it already. */
function changedMetadata(
  { dataset, folder }: TableLogOptions,
  { metadata }: Snapshot,
  { runId }: Author,
  now: Instant,
): Metadata | null {
  return metadata === null ? metadataOf(dataset, runId, now) : grownMetadata(dataset, metadata, folder);
}

/** The folder of a table. */
export function tableFolder(lake: string, dataset: Dataset): string {
  return join(lake, dataset);
}
