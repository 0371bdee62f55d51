import { join } from 'node:path';
import type { JsonValue } from '../coverage/column-encoding.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { toMetadataAction, toProtocolAction } from './actions.js';
import type { Metadata } from './actions.js';
import { sealCommit } from './commit-file.js';
import { createFolder, putIfAbsent } from './durable-files.js';
import { commitName, commitPath, logFolder, nextVersion } from './paths.js';
import { evolveMetadata } from './schema-evolution.js';
import { buildDatasetMetadata, minimumProtocol } from './schema.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from './snapshot.js';
import type { CheckpointReader, CommittedSnapshot, Snapshot } from './snapshot.js';

/** What one commit says besides the files it adds and removes. */
export interface CommitDetails {
  /** Whose rows these are: not always those of the process that commits. */
  readonly author: CommitInfo;
  readonly operation: 'WRITE' | 'OPTIMIZE' | 'VACUUM START' | 'VACUUM END' | 'REPAIR';
  readonly parameters: Readonly<Record<string, string>>;
  /** The encoded facts; null when none change. */
  readonly coverage: JsonValue | null;
}

/** What a commit would do to the table as it is in a snapshot. */
export interface CommitDraft extends CommitDetails {
  /** `add` and `remove` lines, given the version that the commit will have. */
  buildLines(version: number): readonly object[];
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
  append(buildDraft: (snapshot: Snapshot) => Promise<CommitDraft | null>): Promise<CommittedSnapshot | null>;
}

export interface TableLogOptions {
  readonly dataset: Dataset;
  readonly folder: string;
  /** What writes, with its version. */
  readonly program: string;
  readonly now: () => Instant;
  /** A folder for temporary files on the same disk, and a name in it that nobody else uses. */
  readonly nextTemporaryPath: () => string;
  readonly readCheckpoint: CheckpointReader;
}

export function createTableLog(options: TableLogOptions): TableLog {
  const { dataset, folder } = options;
  let known = emptySnapshot;
  const refresh = async (): Promise<Snapshot> => {
    known =
      known.version === null
        ? await readSnapshot(folder, options.readCheckpoint)
        : await advanceSnapshot(folder, known);
    return known;
  };
  return {
    dataset,
    folder,
    refresh,
    append(buildDraft) {
      return appendCommit({ folder, nextTemporaryPath: options.nextTemporaryPath, refresh }, async (snapshot) => {
        const draft = await buildDraft(snapshot);
        return draft === null ? null : buildCommitText(options, snapshot, nextVersion(snapshot.version), draft);
      });
    },
  };
}

/** Where a commit goes, and how the table is read again once it is there. */
export interface AppendTarget extends Pick<TableLogOptions, 'folder' | 'nextTemporaryPath'> {
  readonly refresh: () => Promise<Snapshot>;
}

/** Puts a commit after the newest one, written anew for every table that others have changed meanwhile; null gives up. */
export async function appendCommit(
  { folder, nextTemporaryPath, refresh }: AppendTarget,
  buildText: (snapshot: Snapshot) => Promise<string | null>,
): Promise<CommittedSnapshot | null> {
  await createFolder(logFolder(folder));
  for (;;) {
    const snapshot = await refresh();
    const text = await buildText(snapshot);
    if (text === null) return null;
    const version = nextVersion(snapshot.version);
    if (await putIfAbsent(commitPath(folder, version), text, `${nextTemporaryPath()}-${commitName(version)}`)) {
      const committed = await refresh();
      return { ...committed, version: committed.version ?? version };
    }
  }
}

function buildCommitText(options: TableLogOptions, snapshot: Snapshot, version: number, draft: CommitDraft): string {
  const { author } = draft;
  const timestamp = options.now();
  const commitInfo = {
    timestamp,
    operation: draft.operation,
    operationParameters: draft.parameters,
    engineInfo: options.program,
    pipe: {
      run: author.runId,
      pipeline: author.pipeline,
      ...(draft.coverage === null ? {} : { coverage: draft.coverage }),
    },
  };
  const lines: object[] = [{ commitInfo }];
  if (snapshot.protocol === null) lines.push(toProtocolAction(minimumProtocol));
  const metadata = buildMetadataChange(options, snapshot, author, timestamp);
  if (metadata !== null) lines.push(toMetadataAction(metadata));
  lines.push(...draft.buildLines(version));
  return sealCommit(options.folder, version, lines);
}

/** What a commit has to say about the table itself; null when the log says it already. */
function buildMetadataChange(
  { dataset, folder }: TableLogOptions,
  { metadata }: Snapshot,
  { runId }: CommitInfo,
  now: Instant,
): Metadata | null {
  return metadata === null ? buildDatasetMetadata(dataset, runId, now) : evolveMetadata(dataset, metadata, folder);
}

/** The folder of a table. */
export function tableFolder(lake: string, dataset: Dataset): string {
  return join(lake, dataset);
}
