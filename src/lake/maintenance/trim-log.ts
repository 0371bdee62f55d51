import type { Instant } from '../../core/time/time.js';
import { checkpointInterval, createCheckpointReader, writeCheckpoint } from '../delta/checkpoint.js';
import { readKnownVersion } from '../delta/log-listing.js';
import { advanceSnapshot, readSnapshotVersion } from '../delta/snapshot.js';
import { computeRetentionCutoff, vacuumSuperseded } from './vacuum.js';
import type { VacuumResult } from './vacuum.js';
import type { Engine } from '../parquet/engine.js';

export interface TrimLogOptions {
  readonly engine: () => Promise<Engine>;
  readonly table: string;
  /** The version of the newest commit. */
  readonly version: number;
  readonly now: Instant;
  /** A folder for temporary files on the same disk. */
  readonly staging: string;
}

/**
 * Every few commits, writes a checkpoint and deletes files that were superseded long ago. Both need all superseded files, which
 * not every run should read.
 */
export async function trimLog({ engine, table, version, now, staging }: TrimLogOptions): Promise<VacuumResult> {
  const nothingVacuumed = { files: 0, bytes: 0 };
  const due = version - (version % checkpointInterval);
  // The commit that is due may be that of another program, which writes no checkpoint.
  if (due === 0 || (due < version && ((await readKnownVersion(table)) ?? 0) >= due)) return nothingVacuumed;
  const reader = createCheckpointReader(engine, 'all');
  const checkpoint = await readSnapshotVersion(table, due, reader);
  if (checkpoint === null) return nothingVacuumed;
  // A file that the checkpoint does not list may be live again.
  const snapshot = await advanceSnapshot(table, checkpoint);
  const deleteBefore = computeRetentionCutoff(snapshot, now);
  await writeCheckpoint(await engine(), table, checkpoint, deleteBefore, staging);
  return vacuumSuperseded(table, snapshot, deleteBefore);
}
