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
import { findWriteRefusal, toWriteError } from './write-refusal.js';
import { evolveMetadata } from './schema-evolution.js';
import { buildDatasetMetadata, minimumProtocol } from './schema.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from './snapshot.js';
import type { CheckpointReader, CommittedSnapshot, Snapshot } from './snapshot.js';

/** The content of a commit beside the files that it adds and removes. */
export interface CommitDetails {
  /** The run that received the rows; another run may commit them. */
  readonly author: CommitInfo;
  readonly operation: 'WRITE' | 'OPTIMIZE' | 'VACUUM START' | 'VACUUM END' | 'REPAIR' | 'DELETE';
  readonly parameters: Readonly<Record<string, string>>;
  /** The encoded facts; null without facts. */
  readonly coverage: JsonValue | null;
}

/** A commit that is based on a snapshot. */
export interface CommitDraft extends CommitDetails {
  /** The `add` and `remove` lines of the commit at a version. */
  buildLines(version: number): readonly object[];
}

/** Reads and appends to the log of one table, for one process. */
export interface TableLog {
  readonly dataset: Dataset;
  readonly folder: string;
  /** The current table. */
  refresh(): Promise<Snapshot>;
  /**
   * Adds a commit after the newest one. If another process commits first, the draft is built again from the new state of the
   * table; a draft of null adds nothing. Returns the table after the commit.
   */
  append(buildDraft: (snapshot: Snapshot) => Promise<CommitDraft | null>): Promise<CommittedSnapshot | null>;
}

export interface TableLogOptions {
  readonly dataset: Dataset;
  readonly folder: string;
  /** The name and version of the program. */
  readonly program: string;
  readonly now: () => Instant;
  /** A path for a temporary file on the same disk that no other process uses. */
  readonly nextTemporaryPath: () => string;
  readonly readCheckpoint: CheckpointReader;
}

export function createTableLog(options: TableLogOptions): TableLog {
  const { dataset, folder } = options;
  let cached: Snapshot = emptySnapshot;
  const refresh = async (): Promise<Snapshot> => {
    cached =
      cached.version === null
        ? await readSnapshot(folder, options.readCheckpoint)
        : await advanceSnapshot(folder, cached);
    return cached;
  };
  return {
    dataset,
    folder,
    refresh,
    append(buildDraft) {
      return appendCommit({ folder, nextTemporaryPath: options.nextTemporaryPath, refresh }, async (snapshot) => {
        expectWritable(dataset, snapshot, folder);
        const draft = await buildDraft(snapshot);
        return draft === null ? null : buildCommitText(options, snapshot, nextVersion(snapshot.version), draft);
      });
    },
  };
}

/** Throws a `LakeError` if this program must not write to a table. */
export function expectWritable(dataset: Dataset, { protocol, metadata }: Snapshot, folder: string): void {
  const refusal = findWriteRefusal(dataset, { protocol, metadata, changedBy: null });
  if (refusal !== null) throw toWriteError(folder, refusal);
}

export interface AppendTarget extends Pick<TableLogOptions, 'folder' | 'nextTemporaryPath'> {
  readonly refresh: () => Promise<Snapshot>;
}

/** Adds a commit after the newest one; builds its text again whenever another process commits first. A text of null adds nothing. */
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

/** The metadata that a commit must contain; null if the log has it. */
function buildMetadataChange(
  { dataset, folder }: TableLogOptions,
  { metadata }: Snapshot,
  { runId }: CommitInfo,
  now: Instant,
): Metadata | null {
  return metadata === null ? buildDatasetMetadata(dataset, runId, now) : evolveMetadata(dataset, metadata, folder);
}

export function tableFolder(lake: string, dataset: Dataset): string {
  return join(lake, dataset);
}
