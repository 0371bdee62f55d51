import { join, resolve } from 'node:path';
import { datasets } from '../../core/tables.js';
import type { OwnKnowledge, OwnTable } from '../contract.js';
import { tableFolder } from '../delta/table-log.js';
import type { Snapshot } from '../delta/snapshot.js';
import { openEngine } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { rowsOf } from '../parquet/statistics.js';
import { originOf, toldColumns } from './own-commit.js';
import { stepsDone } from './own-done.js';
import { contentVersion, isPresent } from './own-folders.js';
import { ownSnapshots } from './own-snapshots.js';
import { loggedColumns } from './own-views.js';

/** What the lake in a folder knows of steps of users' own; no DuckDB is opened unless a log has a checkpoint. */
export async function readOwnKnowledge(folder: string): Promise<OwnKnowledge> {
  const lake = resolve(folder);
  const opened: Engine[] = [];
  const engine = async (): Promise<Engine> => {
    const [known] = opened;
    if (known !== undefined) return known;
    const spill = join(lake, '_writing', 'spill');
    const one = await openEngine({ memory: '160MB', spill, keepsOrder: true });
    opened.push(one);
    return one;
  };
  try {
    const snapshots = await ownSnapshots(lake, engine).refresh();
    const tables: OwnTable[] = [];
    const versions: Record<string, number> = {};
    for (const dataset of datasets) versions[dataset] = await contentVersion(tableFolder(lake, dataset));
    for (const [dataset, snapshot] of snapshots) {
      tables.push(await tableIn(lake, dataset, snapshot));
      versions[dataset] = await contentVersion(join(lake, dataset));
    }
    return { tables, done: await stepsDone(lake), versions };
  } finally {
    for (const one of opened) one.close();
  }
}

async function tableIn(lake: string, dataset: string, snapshot: Snapshot): Promise<OwnTable> {
  const table = join(lake, dataset);
  const files = [...snapshot.files.values()];
  const present = await Promise.all(files.map((file) => isPresent(table, file)));
  return {
    dataset,
    version: snapshot.version,
    rows: files.reduce((sum, { stats }) => sum + rowsOf(stats), 0),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    files: files.length,
    columns: toldColumns(loggedColumns(snapshot).map(({ name, type }) => ({ name, delta: type }))),
    origin: await originOf(table),
    whole: present.every((there) => there),
  };
}
