import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { ConstantColumns, SymbolRows } from '../../core/symbol-rows.js';
import type { DamagedFile } from '../api.js';
import { readArchiveRoots } from '../archive/archived-files.js';
import { findDamagedFiles } from '../coverage/damaged-files.js';
import type { LiveFile } from '../delta/actions.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { createPastTables } from '../history/past-tables.js';
import type { PastTables } from '../history/past-tables.js';
import { isUnavailable } from '../history/past-table.js';
import type { LakeError } from '../lake-error.js';
import { openEngine } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { buildTableSource } from '../parquet/table-source.js';
import { quoteLiterals } from '../parquet/sql.js';
import { defineUserTableView } from '../user-tables/user-table-view.js';
import { createUserTableSnapshots } from '../user-tables/user-table-snapshots.js';
import { adjustedBarsTables, adjustedBarsView, defineAdjustedBars } from './adjusted-bars.js';
import { findSymbolFiles } from './symbol-files.js';
import { buildSelectSql, defineView, excludeDamaged, findPresentFiles } from './views.js';

/** A lake in DuckDB, for reading only. Opens DuckDB at the first use. */
export interface LakeDatabase {
  /** The current files of a table, or those at the time of `pin` or at the chosen moment. */
  snapshot(dataset: Dataset): Promise<Snapshot>;
  /** The version of the same files; also known of a past version whose rows are deleted. Null without a commit. */
  version(dataset: Dataset): Promise<number | null>;
  /** The tables at the chosen moment; null for the current ones. */
  readonly past: PastTables | null;
  /** The same; empty for a table whose log is damaged. */
  snapshotOrDamage(dataset: Dataset): Promise<Snapshot>;
  /** Throws the damage of the first table that a statement names and whose log is damaged. */
  expectReadable(sql: string): void;
  /** Later commits are not seen from now on. */
  pin(): Promise<void>;
  /** Removes a file from the views of a pinned lake. */
  excludeFile(dataset: Dataset, path: string): void;
  /** DuckDB, confined to the lake's folder. */
  readonly engine: () => Promise<Engine>;
  /** DuckDB with current views of the tables that a statement may name, or of all without one, confined to the lake's folder. */
  engineWithViews(sql?: string): Promise<Engine>;
  /** The tables of custom steps, as the views show them. */
  userTables(): Promise<ReadonlyMap<string, Snapshot>>;
  /** The files that the views omit because they cannot be read. */
  skippedFiles(): readonly DamagedFile[];
  /** The rows of one symbol as the source of a query, with the files that it lacks. */
  findSymbolSource(rows: SymbolRows): Promise<{
    readonly source: string;
    readonly constants: ConstantColumns;
    readonly skippedFiles: readonly DamagedFile[];
  }>;
  /** The rows of a query over the files of a table that pass the filter; no rows without such a file. */
  queryFiles(
    dataset: Dataset,
    filter: (file: LiveFile) => boolean,
    query: (source: string) => string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** Statements that may list tables, or find them in other ways than by name. */
const listsTables = /\b(?:show|tables|query|query_table|sqlite_\w+|duckdb_\w+|pg_\w+|pragma\w*|\w*_schema)\b/i;

/** Names of tables have letters, digits and underscores only. */
function namesTable(sql: string, table: string): boolean {
  return new RegExp(`\\b${table}\\b`, 'i').test(sql);
}

/** Queries that need more memory spill to the disk. */
const engineMemoryLimit = '2GB';

export interface LakeDatabaseOptions {
  /** SQL statements to run before DuckDB is confined and its configuration locked. */
  readonly settings?: string;
  /** The folders besides the lake's to which DuckDB is confined. */
  readonly folders?: readonly string[];
  /** Reads the tables as they were at this moment; null for the current ones. */
  readonly asOf?: Instant | null;
}

export function openLakeDatabase(
  lakeFolder: string,
  { settings = '', folders = [], asOf = null }: LakeDatabaseOptions = {},
): LakeDatabase {
  const folder = resolve(lakeFolder);
  const cached = new Map<Dataset, Snapshot>();
  const definedViews = new Map<Dataset, Snapshot>();
  const skippedByDataset = new Map<Dataset, readonly DamagedFile[]>();
  let pinned: ReadonlyMap<Dataset, Snapshot> | null = null;
  let enginePromise: Promise<Engine> | null = null;
  const engine = (): Promise<Engine> => (enginePromise ??= openConfinedEngine(folder, settings, folders));
  const userTableSnapshots = createUserTableSnapshots(folder, engine);
  const definedUserViews = new Map<string, Snapshot>();
  let hasAdjustedBars = false;
  let pinnedUserTables: ReadonlyMap<string, Snapshot> | null = null;
  const past = asOf === null ? null : createPastTables(folder, engine, asOf);
  const conditions = new Map<Dataset, string>();
  const userTables = async (): Promise<ReadonlyMap<string, Snapshot>> =>
    pinnedUserTables ?? (await (past?.userTables() ?? userTableSnapshots.refresh()));

  async function snapshot(dataset: Dataset): Promise<Snapshot> {
    const pinnedSnapshot = pinned?.get(dataset);
    if (pinnedSnapshot !== undefined) return pinnedSnapshot;
    if (past !== null) {
      const table = await past.open(dataset);
      if (table.condition !== null) conditions.set(dataset, table.condition);
      return table.snapshot;
    }
    const table = tableFolder(folder, dataset);
    const previous = cached.get(dataset) ?? emptySnapshot;
    const current =
      previous.version === null
        ? await readSnapshot(table, createCheckpointReader(engine, 'live'))
        : await advanceSnapshot(table, previous);
    cached.set(dataset, current);
    return current;
  }

  const damaged = new Map<Dataset, LakeError>();
  /** The tables of the last statement. */
  let namedDatasets: readonly Dataset[] = datasets;

  async function snapshotOrDamage(dataset: Dataset): Promise<Snapshot> {
    const pinnedSnapshot = pinned?.get(dataset);
    // What was damaged when the lake was pinned stays so.
    if (pinnedSnapshot !== undefined) return pinnedSnapshot;
    damaged.delete(dataset);
    try {
      return await snapshot(dataset);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      damaged.set(dataset, error);
      return emptySnapshot;
    }
  }

  return {
    snapshot,
    snapshotOrDamage,
    version: async (dataset) => (past === null ? (await snapshotOrDamage(dataset)).version : past.version(dataset)),
    past,
    expectReadable(sql) {
      for (const [dataset, error] of damaged)
        if (namesTable(sql, dataset) || (namesTable(sql, adjustedBarsView) && adjustedBarsTables.includes(dataset)))
          throw error;
      for (const [name, error] of past?.unavailable ?? []) if (namesTable(sql, name)) throw error;
    },
    engine,
    userTables,
    async pin() {
      if (pinned !== null) return;
      const pinnedSnapshots = new Map<Dataset, Snapshot>();
      pinnedUserTables = await userTableSnapshots.refresh();
      // In reverse order: the snapshot of a table is never older than that of a table which depends on it.
      for (const dataset of datasets.toReversed()) pinnedSnapshots.set(dataset, await snapshotOrDamage(dataset));
      pinned = pinnedSnapshots;
    },
    excludeFile(dataset, path) {
      const pinnedSnapshot = pinned?.get(dataset);
      if (pinned === null || pinnedSnapshot === undefined)
        throw new Error('files can be excluded only from a pinned lake');
      const files = new Map(pinnedSnapshot.files);
      files.delete(path);
      pinned = new Map(pinned).set(dataset, { ...pinnedSnapshot, files });
    },
    async engineWithViews(sql) {
      const opened = await engine();
      const namesAdjusted = sql === undefined || listsTables.test(sql) || namesTable(sql, adjustedBarsView);
      namedDatasets =
        sql === undefined || listsTables.test(sql)
          ? datasets
          : datasets.filter(
              (dataset) => namesTable(sql, dataset) || (namesAdjusted && adjustedBarsTables.includes(dataset)),
            );
      for (const dataset of namedDatasets) {
        const current = await snapshotOrDamage(dataset);
        if (definedViews.get(dataset) === current) continue;
        skippedByDataset.set(
          dataset,
          await defineView(opened, folder, dataset, current, { condition: conditions.get(dataset) ?? null }),
        );
        definedViews.set(dataset, current);
      }
      if (namesAdjusted && !hasAdjustedBars) await defineAdjustedBars(opened, 'memory');
      hasAdjustedBars ||= namesAdjusted;
      for (const [name, current] of await userTables()) {
        if (definedUserViews.get(name) === current) continue;
        await defineUserTableView(opened, folder, name, current);
        definedUserViews.set(name, current);
      }
      return opened;
    },
    skippedFiles: () => namedDatasets.flatMap((dataset) => skippedByDataset.get(dataset) ?? []),
    async findSymbolSource(rows) {
      const { dataset } = rows;
      const table = tableFolder(folder, dataset);
      const { files, constants } = findSymbolFiles(await snapshotOrDamage(dataset), rows);
      const damage = damaged.get(dataset);
      if (damage !== undefined) throw damage;
      const skippedFiles = await findDamagedFiles(table, dataset, files);
      const condition = conditions.get(dataset) ?? null;
      const source = `(${buildSelectSql(dataset, table, excludeDamaged(files, skippedFiles), { condition })})`;
      return { source, constants, skippedFiles };
    },
    async queryFiles(dataset, filter, query) {
      const table = tableFolder(folder, dataset);
      const { files } = await snapshotOrDamage(dataset);
      const present = await findPresentFiles(dataset, table, [...files.values()].filter(filter));
      if (present.length === 0) return [];
      const condition = conditions.get(dataset) ?? null;
      const source =
        condition === null
          ? buildTableSource(dataset, table, present)
          : `(${buildSelectSql(dataset, table, present, { condition })})`;
      return (await engine()).queryRows(query(source), table);
    },
    async close() {
      if (enginePromise !== null) (await enginePromise).close();
    },
  };
}

async function openConfinedEngine(folder: string, settings: string, otherFolders: readonly string[]): Promise<Engine> {
  // DuckDB follows the links of archived files before it compares folders.
  const folders = [folder, ...otherFolders, ...readArchiveRoots(folder)].map((path) => `${resolve(path)}/`);
  const spill = join(tmpdir(), `pipe-query-${process.pid}`);
  const engine = await openEngine({ memoryLimit: engineMemoryLimit, spillFolder: spill, preserveOrder: false });
  await engine.run(
    `${settings}
     SET parquet_metadata_cache = true;
     SET allowed_directories = ${quoteLiterals(folders)};
     SET enable_external_access = false;
     SET lock_configuration = true`,
    folder,
  );
  return engine;
}
