import { join, resolve } from 'node:path';
import { datasets } from '../../core/tables/tables.js';
import type { UserTablesState, UserTable } from '../api.js';
import { tableFolder } from '../delta/table-log.js';
import { findTableRefusal } from '../delta/write-refusal.js';
import type { CommittedSnapshot } from '../delta/snapshot.js';
import { openEngine } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { getRowCount } from '../parquet/file-statistics.js';
import { readOrigin, columnsForEvent } from './replace-commit.js';
import { readStepsDone } from './steps-done.js';
import { readContentVersion, isFilePresent } from './user-table-log.js';
import { createUserTableSnapshots } from './user-table-snapshots.js';
import { parseLoggedColumns } from './user-table-view.js';

/** Reads the state of custom steps. Opens DuckDB only if a log has a checkpoint. */
export async function readUserTablesState(folder: string): Promise<UserTablesState> {
  const lake = resolve(folder);
  const opened: Engine[] = [];
  const engine = async (): Promise<Engine> => {
    const [existing] = opened;
    if (existing !== undefined) return existing;
    const spill = join(lake, '_writing', 'spill');
    const created = await openEngine({ memoryLimit: '160MB', spillFolder: spill, preserveOrder: true });
    opened.push(created);
    return created;
  };
  try {
    const snapshots = await createUserTableSnapshots(lake, engine).refresh();
    const tables: UserTable[] = [];
    const versions: Record<string, number | null> = {};
    for (const dataset of datasets) versions[dataset] = await readContentVersion(tableFolder(lake, dataset));
    for (const [dataset, snapshot] of snapshots) {
      const { version } = snapshot;
      if (version === null) continue;
      tables.push(await readUserTable(lake, dataset, { ...snapshot, version }));
      versions[dataset] = await readContentVersion(join(lake, dataset));
    }
    return { tables, stepsDone: await readStepsDone(lake), versions };
  } finally {
    for (const created of opened) created.close();
  }
}

function describeRefusal(dataset: string, { protocol, metadata }: CommittedSnapshot): string | null {
  const refusal = findTableRefusal(dataset, { protocol, metadata, changedBy: null });
  return refusal === null ? null : `${refusal.problem}; ${refusal.hint}`;
}

async function readUserTable(lake: string, dataset: string, snapshot: CommittedSnapshot): Promise<UserTable> {
  const table = join(lake, dataset);
  const files = [...snapshot.files.values()];
  const present = await Promise.all(files.map((file) => isFilePresent(table, file)));
  return {
    dataset,
    version: snapshot.version,
    rows: files.reduce((sum, { stats }) => sum + getRowCount(stats), 0),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    files: files.length,
    columns: columnsForEvent(parseLoggedColumns(snapshot).map(({ name, type }) => ({ name, delta: type }))),
    origin: await readOrigin(table),
    isIntact: present.every((isPresent) => isPresent),
    refusal: describeRefusal(dataset, snapshot),
  };
}
