import type { Instant } from '../core/time.js';
import { checkpointInterval, checkpointReader, writeCheckpoint } from './delta/checkpoint.js';
import { readSnapshotOf } from './delta/snapshot.js';
import { keptSince, vacuumSuperseded } from './maintenance-vacuum.js';
import type { Vacuumed } from './maintenance-vacuum.js';
import type { Engine } from './parquet/engine.js';

/** Where and when the log of a table is tidied. */
export interface LogToTidy {
  readonly engine: () => Promise<Engine>;
  readonly table: string;
  /** Of the commit that has just been made. */
  readonly version: number;
  readonly now: Instant;
  /** A folder for files in the making, on the same disk. */
  readonly staging: string;
}

/**
 * What is due once in some commits: a checkpoint, and the end of files that were superseded long ago. Both need all superseded
 * files there are, which are not to be read by every run.
 */
export async function tidyLog({ engine, table, version, now, staging }: LogToTidy): Promise<Vacuumed> {
  const nothing = { files: 0, bytes: 0 };
  if (version === 0 || version % checkpointInterval !== 0) return nothing;
  const snapshot = await readSnapshotOf(table, version, checkpointReader(engine, 'all'));
  if (snapshot === null) return nothing;
  const since = keptSince(snapshot, now);
  await writeCheckpoint(await engine(), table, snapshot, since, staging);
  return vacuumSuperseded(table, snapshot, since);
}
