import { existsSync } from 'node:fs';
import { corruptCommitError } from '../delta/commit-file.js';
import { findCheckpoint, listCheckpointRefs } from '../delta/log-listing.js';
import type { CheckpointRef } from '../delta/log-listing.js';
import { commitPath, nextVersion } from '../delta/paths.js';
import { advanceSnapshot, emptySnapshot, readCheckpointSnapshot } from '../delta/snapshot.js';
import type { CheckpointReader, CommittedSnapshot } from '../delta/snapshot.js';

/** Fewer commits are read from the first one on: only the newest checkpoint has a checksum. */
const maxReplayed = 2_000;

/** The table at a version, by the commits up to it, whether the files of its rows still exist or not. */
export async function readPastSnapshot(
  table: string,
  version: number,
  readCheckpoint: CheckpointReader,
): Promise<CommittedSnapshot> {
  const start = await findStart(table, version);
  const before = start === null ? emptySnapshot : await readCheckpointSnapshot(table, start, readCheckpoint);
  const snapshot = await advanceSnapshot(table, before, version);
  if (snapshot.version !== version)
    throw corruptCommitError(table, nextVersion(snapshot.version), 'this commit is missing while later ones exist');
  return { ...snapshot, version };
}

async function findStart(table: string, version: number): Promise<CheckpointRef | null> {
  const newest = await findCheckpoint(table);
  if (newest !== null && newest.version <= version) return newest;
  if (version < maxReplayed && existsSync(commitPath(table, 0))) return null;
  return (await listCheckpointRefs(table)).findLast((checkpoint) => checkpoint.version <= version) ?? null;
}
