import { join } from 'node:path';
import { checkpointReader } from '../delta/checkpoint.js';
import { advanceSnapshot, readSnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { LakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { ownTableNames } from './own-folders.js';

/** Follows the tables of users' own steps. */
export interface OwnSnapshots {
  /** All of them as they are now, by name. */
  refresh(): Promise<ReadonlyMap<string, Snapshot>>;
}

/** `all` has the superseded files too, for whoever deletes them. */
export function ownSnapshots(
  lake: string,
  engine: () => Promise<Engine>,
  wanted: 'all' | 'live' = 'live',
): OwnSnapshots {
  let known: ReadonlyMap<string, Snapshot> = new Map();
  return {
    async refresh() {
      const now = new Map<string, Snapshot>();
      for (const name of await ownTableNames(lake)) {
        const before = known.get(name);
        const table = join(lake, name);
        try {
          const snapshot =
            before === undefined
              ? await readSnapshot(table, checkpointReader(engine, wanted))
              : await advanceSnapshot(table, before);
          now.set(name, snapshot);
        } catch (error) {
          // A folder of some other program, in a form that is not read here, must not stop every query.
          if (!(error instanceof LakeError && error.kind === 'malformed')) throw error;
        }
      }
      known = now;
      return now;
    },
  };
}
