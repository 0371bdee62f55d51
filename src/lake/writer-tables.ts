import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Clock } from '../core/clock.js';
import type { RunEventBody } from '../core/events.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { batchOf } from './commit-batch.js';
import { commitBatch } from './commit.js';
import type { Workshop } from './commit.js';
import type { ZoneOf } from './coverage/encoding.js';
import { followTableCoverage, isCheckpointDue, writeCoverageCheckpoint } from './coverage/state.js';
import type { TableCoverage } from './coverage/state.js';
import { checkpointReader } from './delta/checkpoint.js';
import { makeFolder } from './delta/durable.js';
import { grownMetadata } from './delta/schema-growth.js';
import type { Snapshot } from './delta/snapshot.js';
import { tableFolder, tableLog } from './delta/table-log.js';
import type { TableLog } from './delta/table-log.js';
import { lakeErrorOf } from './lake-error.js';
import { openEngine } from './parquet/engine.js';
import type { Engine } from './parquet/engine.js';
import { tidyLog } from './tidy-log.js';
import { withoutDamage } from './writer-repair.js';
import { stagingFolder } from './writable-tables.js';
import type { WritableTables } from './writable-tables.js';

export interface TablesOptions {
  readonly folder: string;
  readonly runId: string;
  /** What writes, with its version: `pipe/0.1.0`. */
  readonly program: string;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly zoneOf?: ZoneOf;
}

/** What DuckDB may use; the rows of a batch and the process itself come on top. */
const engineMemory = '160MB';

export async function openTables(options: TablesOptions): Promise<WritableTables> {
  const { clock, emit } = options;
  const folder = resolve(options.folder);
  const staging = await makeStaging(folder, options.runId);
  const unique = basename(staging);
  let count = 0;
  let opening: Promise<Engine> | null = null;
  const engine = (): Promise<Engine> =>
    (opening ??= openEngine({ memory: engineMemory, spill: join(staging, 'spill'), keepsOrder: true }));
  const names = { staging, next: () => `${unique}-${++count}` };
  const workshop: Workshop = { engine, names, now: () => clock.now(), zoneOf: options.zoneOf ?? (() => null) };
  const logs = new Map<Dataset, TableLog>(datasets.map((dataset) => [dataset, openLog(dataset)]));
  const coverages = new Map<Dataset, () => Promise<TableCoverage>>();
  const changed = new Set<Dataset>();

  function openLog(dataset: Dataset): TableLog {
    return tableLog({
      dataset,
      folder: tableFolder(folder, dataset),
      program: options.program,
      now: () => clock.now(),
      temporary: () => join(staging, names.next()),
      readCheckpoint: checkpointReader(engine, 'live'),
    });
  }

  function log(dataset: Dataset): TableLog {
    return logs.get(dataset) ?? openLog(dataset);
  }

  /** Read once and then followed: a run commits many times. */
  function coverage(dataset: Dataset): Promise<TableCoverage> {
    const follow = coverages.get(dataset) ?? followTableCoverage(tableFolder(folder, dataset), dataset);
    coverages.set(dataset, follow);
    return follow();
  }

  async function committed(dataset: Dataset, snapshot: Snapshot): Promise<void> {
    changed.add(dataset);
    const table = tableFolder(folder, dataset);
    const known = await coverage(dataset);
    if (isCheckpointDue(known.tail)) await writeCoverageCheckpoint(table, known);
    const { files, bytes } = await tidyLog({ engine, table, version: snapshot.version, now: clock.now(), staging });
    if (files > 0) emit({ type: 'vacuumed', dataset, files, bytes });
  }

  const tables: WritableTables = {
    folder,
    workshop,
    emit,
    changed,
    log,
    async expectKnown(dataset) {
      const opened = log(dataset);
      const { metadata } = await opened.refresh();
      if (metadata !== null) grownMetadata(dataset, metadata, opened.folder);
    },
    async commit(author, dataset, deliveries) {
      const startedAt = clock.now();
      const batch = batchOf(dataset, deliveries);
      const { snapshot, rows, files, bytes } = await withoutDamage(tables, author, dataset, () =>
        commitBatch(workshop, log(dataset), author, batch, () => coverage(dataset)),
      );
      const { version } = snapshot;
      emit({
        type: 'committed',
        dataset,
        version,
        requests: batch.requests,
        rows,
        files,
        bytes,
        took: clock.now() - startedAt,
      });
      await committed(dataset, snapshot);
      return rows;
    },
    committed,
    async close() {
      if (opening !== null) (await opening).close();
      await rm(staging, { recursive: true, force: true });
    },
  };
  return tables;
}

async function makeStaging(lake: string, runId: string): Promise<string> {
  const parent = stagingFolder(lake);
  try {
    await makeFolder(parent);
    return await mkdtemp(join(parent, `${runId}-`));
  } catch (error) {
    throw lakeErrorOf(error, parent);
  }
}
