import { join } from 'node:path';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { advanceSnapshot, readSnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { LakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { listUserTables } from './user-table-log.js';

/** The tables of custom steps, advanced with each call. */
export interface UserTableSnapshots {
  /** All current tables by name. */
  refresh(): Promise<ReadonlyMap<string, Snapshot>>;
}

/** Scope `all` includes the superseded files, for vacuum. */
export function createUserTableSnapshots(
  lake: string,
  engine: () => Promise<Engine>,
  scope: 'all' | 'live' = 'live',
): UserTableSnapshots {
  let cached: ReadonlyMap<string, Snapshot> = new Map();
  return {
    async refresh() {
      const current = new Map<string, Snapshot>();
      for (const name of await listUserTables(lake)) {
        const before = cached.get(name);
        const table = join(lake, name);
        try {
          const snapshot =
            before === undefined
              ? await readSnapshot(table, createCheckpointReader(engine, scope))
              : await advanceSnapshot(table, before);
          current.set(name, snapshot);
        } catch (error) {
          // The folder of another program, in an unsupported format, must not stop every query.
          if (!(error instanceof LakeError && error.kind === 'malformed')) throw error;
        }
      }
      cached = current;
      return current;
    },
  };
}
