import { join } from 'node:path';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import type { Snapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import type { LakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { listUserTables } from '../user-tables/user-table-log.js';
import { isUnavailable, openPastTable, requireVersionAt, stageLaterRequests } from './past-table.js';
import type { PastTable } from './past-table.js';

/** The tables of a lake at a moment or at chosen versions. Each is opened at its first use, and stays as it was then. */
export interface PastTables {
  /** Null before the first commit. */
  version(dataset: Dataset): Promise<number | null>;
  open(dataset: Dataset): Promise<PastTable>;
  openVersion(dataset: Dataset, version: number | null): Promise<PastTable>;
  /** The tables of custom steps; those that cannot be read are in `unavailable`. */
  userTables(): Promise<ReadonlyMap<string, Snapshot>>;
  readonly unavailable: ReadonlyMap<string, LakeError>;
}

export function createPastTables(folder: string, engine: () => Promise<Engine>, moment: Instant): PastTables {
  const readCheckpoint = createCheckpointReader(engine, 'live');
  const opened = new Map<Dataset, Promise<PastTable>>();
  const unavailable = new Map<string, LakeError>();
  let ownTables: Promise<ReadonlyMap<string, Snapshot>> | null = null;

  const version = (dataset: Dataset): Promise<number | null> =>
    requireVersionAt({ table: tableFolder(folder, dataset), dataset }, moment);

  function openVersion(dataset: Dataset, wanted: number | null): Promise<PastTable> {
    const table = tableFolder(folder, dataset);
    return openPastTable({ table, dataset, readCheckpoint }, wanted, async (past) =>
      stageLaterRequests(await engine(), { table, dataset }, past),
    );
  }

  async function openUserTables(): Promise<ReadonlyMap<string, Snapshot>> {
    const found = new Map<string, Snapshot>();
    for (const name of await listUserTables(folder)) {
      const table = join(folder, name);
      try {
        const past = await requireVersionAt({ table, dataset: name }, moment);
        if (past === null) continue;
        // Its commits replace the whole table, so that no merge has rows of several.
        const { snapshot } = await openPastTable({ table, dataset: name, readCheckpoint }, past, () =>
          Promise.resolve('false'),
        );
        found.set(name, snapshot);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        unavailable.set(name, error);
      }
    }
    return found;
  }

  return {
    version,
    open(dataset) {
      let table = opened.get(dataset);
      if (table === undefined)
        opened.set(dataset, (table = version(dataset).then((past) => openVersion(dataset, past))));
      return table;
    },
    openVersion,
    userTables: () => (ownTables ??= openUserTables()),
    unavailable,
  };
}

/** Returns whether a lake has any commit at a moment. */
export async function existsAt(folder: string, moment: Instant): Promise<boolean> {
  for (const dataset of datasets)
    if ((await requireVersionAt({ table: tableFolder(folder, dataset), dataset }, moment)) !== null) return true;
  return false;
}
