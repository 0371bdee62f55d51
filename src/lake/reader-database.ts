import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { DamagedFile } from './contract.js';
import type { LiveFile } from './delta/actions.js';
import { checkpointReader } from './delta/checkpoint.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from './delta/snapshot.js';
import type { Snapshot } from './delta/snapshot.js';
import { tableFolder } from './delta/table-log.js';
import { openEngine } from './parquet/engine.js';
import type { Engine } from './parquet/engine.js';
import { tableSource } from './parquet/source.js';
import { literals } from './parquet/sql.js';
import { defineOwnView } from './own/own-views.js';
import { ownSnapshots } from './own/own-snapshots.js';
import { defineView, presentFiles } from './views.js';

/** A lake as DuckDB sees it, for reading only. Opens DuckDB when it is first asked for something. */
export interface LakeDatabase {
  /** The files of a table as they are now, or were when this was held. */
  snapshot(dataset: Dataset): Promise<Snapshot>;
  /** Stays at this moment: commits that come later are not seen. */
  hold(): Promise<void>;
  /** Leaves a file out of the views. */
  leaveOut(dataset: Dataset, path: string): void;
  /** DuckDB as it is, confined to the lake's folder. */
  readonly engine: () => Promise<Engine>;
  /** DuckDB with one up-to-date view per table, confined to the lake's folder. */
  withViews(): Promise<Engine>;
  /** The tables that users' own steps made, as the views show them. */
  own(): Promise<ReadonlyMap<string, Snapshot>>;
  /** The files that the views leave out because they cannot be read. */
  leftOut(): readonly DamagedFile[];
  /** The rows of a query over some files of a table; none when no such file is left. `source` makes the query. */
  rows(
    dataset: Dataset,
    wanted: (file: LiveFile) => boolean,
    query: (source: string) => string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** What DuckDB may use for a query before it spills to the disk. */
const engineMemory = '2GB';

/** `settings` are SQL, to be run before DuckDB is confined and locked. */
export function lakeDatabase(folderGiven: string, settings = ''): LakeDatabase {
  const folder = resolve(folderGiven);
  const known = new Map<Dataset, Snapshot>();
  const viewed = new Map<Dataset, Snapshot>();
  const omitted = new Map<Dataset, readonly DamagedFile[]>();
  let held: ReadonlyMap<Dataset, Snapshot> | null = null;
  let opening: Promise<Engine> | null = null;
  const engine = (): Promise<Engine> => (opening ??= openConfined(folder, settings));
  const owned = ownSnapshots(folder, engine);
  const ownViewed = new Map<string, Snapshot>();
  let ownHeld: ReadonlyMap<string, Snapshot> | null = null;
  const own = async (): Promise<ReadonlyMap<string, Snapshot>> => ownHeld ?? (await owned.refresh());

  async function snapshot(dataset: Dataset): Promise<Snapshot> {
    const moment = held?.get(dataset);
    if (moment !== undefined) return moment;
    const table = tableFolder(folder, dataset);
    const before = known.get(dataset) ?? emptySnapshot;
    const now =
      before.version === -1
        ? await readSnapshot(table, checkpointReader(engine, 'live'))
        : await advanceSnapshot(table, before);
    known.set(dataset, now);
    return now;
  }

  return {
    snapshot,
    engine,
    own,
    async hold() {
      if (held !== null) return;
      const moments = new Map<Dataset, Snapshot>();
      ownHeld = await owned.refresh();
      // What others build on comes last and so is never older than what was built on it.
      for (const dataset of datasets.toReversed()) moments.set(dataset, await snapshot(dataset));
      held = moments;
    },
    leaveOut(dataset, path) {
      const moment = held?.get(dataset);
      if (held === null || moment === undefined) throw new Error('files are left out of a moment that is held');
      const files = new Map(moment.files);
      files.delete(path);
      held = new Map(held).set(dataset, { ...moment, files });
    },
    async withViews() {
      const opened = await engine();
      for (const dataset of datasets) {
        const now = await snapshot(dataset);
        if (viewed.get(dataset) === now) continue;
        omitted.set(dataset, await defineView(opened, folder, dataset, now));
        viewed.set(dataset, now);
      }
      for (const [name, now] of await own()) {
        if (ownViewed.get(name) === now) continue;
        await defineOwnView(opened, folder, name, now);
        ownViewed.set(name, now);
      }
      return opened;
    },
    leftOut: () => [...omitted.values()].flat(),
    async rows(dataset, wanted, query) {
      const table = tableFolder(folder, dataset);
      const { files } = await snapshot(dataset);
      const present = await presentFiles(dataset, table, [...files.values()].filter(wanted));
      if (present.length === 0) return [];
      return (await engine()).rows(query(tableSource(dataset, table, present)), table);
    },
    async close() {
      if (opening !== null) (await opening).close();
    },
  };
}

async function openConfined(folder: string, settings: string): Promise<Engine> {
  const spill = join(tmpdir(), `pipe-query-${process.pid}`);
  const engine = await openEngine({ memory: engineMemory, spill, keepsOrder: false });
  await engine.run(
    `${settings}
     SET parquet_metadata_cache = true;
     SET allowed_directories = ${literals([`${folder}/`])};
     SET enable_external_access = false;
     SET lock_configuration = true`,
    folder,
  );
  return engine;
}
