import { parseAction } from './actions.js';
import type { Action, LiveFile, Metadata, Protocol, Tombstone, Transaction } from './actions.js';
import { parseCommitLine, readCommit } from './commit-file.js';
import { findCheckpoint, expectLogEnd } from './log-listing.js';
import type { CheckpointRef } from './log-listing.js';
import { commitPath, nextVersion } from './paths.js';

/** The files of a table at one version. */
export interface Snapshot {
  /** Null for a table that does not exist yet. */
  readonly version: number | null;
  readonly protocol: Protocol | null;
  readonly metadata: Metadata | null;
  /** By path. */
  readonly files: ReadonlyMap<string, LiveFile>;
  /** The superseded files that may still exist; a checkpoint reader of scope `live` omits those before the checkpoint. */
  readonly tombstones: ReadonlyMap<string, Tombstone>;
  readonly transactions: ReadonlyMap<string, Transaction>;
}

/** A table with at least one commit. */
export interface CommittedSnapshot extends Snapshot {
  readonly version: number;
}

/** Reads the rows of a checkpoint, a Parquet file, as parsed lines of a commit. */
export type CheckpointReader = (table: string, version: number, parts: number) => Promise<readonly unknown[]>;

export const emptySnapshot: Snapshot = {
  version: null,
  protocol: null,
  metadata: null,
  files: new Map(),
  tombstones: new Map(),
  transactions: new Map(),
};

/** The current table: its newest checkpoint and the commits after it. */
export async function readSnapshot(table: string, readCheckpoint: CheckpointReader): Promise<Snapshot> {
  const latest = await advanceSnapshot(table, await readNewestCheckpoint(table, readCheckpoint));
  await expectLogEnd(table, latest.version);
  return latest;
}

/** The table at a version; null if a checkpoint of a later version exists. */
export async function readSnapshotVersion(
  table: string,
  version: number,
  readCheckpoint: CheckpointReader,
): Promise<CommittedSnapshot | null> {
  const snapshot = await advanceSnapshot(table, await readNewestCheckpoint(table, readCheckpoint), version);
  return snapshot.version === version ? { ...snapshot, version } : null;
}

async function readNewestCheckpoint(table: string, readCheckpoint: CheckpointReader): Promise<Snapshot> {
  const checkpoint = await findCheckpoint(table);
  return checkpoint === null ? emptySnapshot : readCheckpointSnapshot(table, checkpoint, readCheckpoint);
}

/** The table after all later commits, or after those up to a version. */
export async function advanceSnapshot(table: string, snapshot: Snapshot, until = Infinity): Promise<Snapshot> {
  const commits: (readonly (Action | null)[])[] = [];
  const first = nextVersion(snapshot.version);
  while (first + commits.length <= until) {
    const actions = await readCommitActions(table, first + commits.length);
    if (actions === null) break;
    commits.push(actions);
  }
  return commits.length === 0 ? snapshot : applyCommits(snapshot, first + commits.length - 1, commits);
}

/** The table of a checkpoint. */
export async function readCheckpointSnapshot(
  table: string,
  { version, parts }: CheckpointRef,
  readCheckpoint: CheckpointReader,
): Promise<CommittedSnapshot> {
  const lines = await readCheckpoint(table, version, parts);
  const actions = lines.map((line, row) =>
    parseAction(line, `${commitPath(table, version)} checkpoint row ${row + 1}`),
  );
  return applyCommits(emptySnapshot, version, [actions]);
}

/** The table after some commits, in order, which need not follow each other. */
export async function applyVersions(table: string, snapshot: Snapshot, versions: readonly number[]): Promise<Snapshot> {
  const last = versions.at(-1);
  if (last === undefined) return snapshot;
  const commits: (readonly (Action | null)[])[] = [];
  for (const version of versions) commits.push((await readCommitActions(table, version)) ?? []);
  return applyCommits(snapshot, last, commits);
}

/** The actions of a commit; its longest line by far, the coverage, is not parsed. */
async function readCommitActions(table: string, version: number): Promise<readonly (Action | null)[] | null> {
  const content = await readCommit(table, version);
  if (content === null) return null;
  const path = commitPath(table, version);
  const lines = content.toString('utf8').split('\n');
  return lines.map((line, index) => {
    if (line.trim() === '' || line.startsWith('{"commitInfo"')) return null;
    return parseAction(parseCommitLine(line, table, version, index + 1), `${path}:${index + 1}`);
  });
}

/** The table after more commits. The order of lines within a commit has no meaning; a file occurs once. */
function applyCommits(
  snapshot: Snapshot,
  version: number,
  commits: readonly (readonly (Action | null)[])[],
): CommittedSnapshot {
  const files = new Map(snapshot.files);
  const tombstones = new Map(snapshot.tombstones);
  const transactions = new Map(snapshot.transactions);
  let { protocol, metadata } = snapshot;
  for (const actions of commits) {
    for (const action of actions) {
      if (action?.type !== 'remove') continue;
      files.delete(action.tombstone.path);
      tombstones.set(action.tombstone.path, action.tombstone);
    }
    for (const action of actions) {
      if (action === null) continue;
      switch (action.type) {
        case 'add':
          files.set(action.file.path, action.file);
          tombstones.delete(action.file.path);
          break;
        case 'protocol':
          protocol = action.protocol;
          break;
        case 'metadata':
          metadata = action.metadata;
          break;
        case 'transaction':
          transactions.set(action.transaction.appId, action.transaction);
          break;
        case 'remove':
          break;
      }
    }
  }
  return { version, protocol, metadata, files, tombstones, transactions };
}
