import type { Instant } from '../../core/time/time.js';
import { checkpointInterval, createCheckpointReader, writeCheckpoint } from '../delta/checkpoint.js';
import { readSnapshotVersion } from '../delta/snapshot.js';
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
  if (version === 0 || version % checkpointInterval !== 0) return nothingVacuumed;
  const snapshot = await readSnapshotVersion(table, version, createCheckpointReader(engine, 'all'));
  if (snapshot === null) return nothingVacuumed;
  const deleteBefore = computeRetentionCutoff(snapshot, now);
  await writeCheckpoint(await engine(), table, snapshot, deleteBefore, staging);
  return vacuumSuperseded(table, snapshot, deleteBefore);
}
