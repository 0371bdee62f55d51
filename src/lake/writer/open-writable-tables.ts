import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Clock } from '../../core/time/clock.js';
import type { RunEventBody } from '../../core/events.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { buildBatch } from '../commit/batch.js';
import { commitBatch } from '../commit/commit-batch.js';
import type { CommitContext } from '../commit/commit-batch.js';
import type { TimeZoneLookup } from '../coverage/fact-encoding.js';
import { trackTableCoverage, isCheckpointDue, writeCoverageCheckpoint } from '../coverage/table-coverage.js';
import type { TableCoverage } from '../coverage/table-coverage.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { createFolder } from '../delta/durable-files.js';
import type { CommittedSnapshot } from '../delta/snapshot.js';
import { tableFolder, createTableLog, expectWritable } from '../delta/table-log.js';
import type { TableLog } from '../delta/table-log.js';
import { toLakeError } from '../lake-error.js';
import { openEngine } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { trimLog } from '../maintenance/trim-log.js';
import { repairAndRetry } from './repair-tables.js';
import { stagingFolder } from './writable-tables.js';
import type { WritableTables } from './writable-tables.js';

export interface WritableTablesOptions {
  readonly folder: string;
  readonly runId: string;
  /** The name and version of the program: `pipe/0.1.0`. */
  readonly program: string;
  readonly clock: Clock;
  readonly emit: (event: RunEventBody) => void;
  readonly getTimeZone?: TimeZoneLookup;
}

/** DuckDB's share of the memory; the rows of a batch and the process itself need more. */
const engineMemory = '160MB';

export async function openWritableTables(options: WritableTablesOptions): Promise<WritableTables> {
  const { clock, emit } = options;
  const folder = resolve(options.folder);
  const staging = await createStaging(folder, options.runId);
  const fileNamePrefix = basename(staging);
  let count = 0;
  let enginePromise: Promise<Engine> | null = null;
  const engine = (): Promise<Engine> =>
    (enginePromise ??= openEngine({
      memoryLimit: engineMemory,
      spillFolder: join(staging, 'spill'),
      preserveOrder: true,
    }));
  const names = { staging, next: () => `${fileNamePrefix}-${++count}` };
  const context: CommitContext = {
    engine,
    names,
    now: () => clock.now(),
    getTimeZone: options.getTimeZone ?? (() => null),
  };
  const logs = new Map<Dataset, TableLog>(datasets.map((dataset) => [dataset, openLog(dataset)]));
  const coverageReaders = new Map<Dataset, () => Promise<TableCoverage>>();
  const changed = new Set<Dataset>();

  function openLog(dataset: Dataset): TableLog {
    return createTableLog({
      dataset,
      folder: tableFolder(folder, dataset),
      program: options.program,
      now: () => clock.now(),
      nextTemporaryPath: () => join(staging, names.next()),
      readCheckpoint: createCheckpointReader(engine, 'live'),
    });
  }

  function log(dataset: Dataset): TableLog {
    return logs.get(dataset) ?? openLog(dataset);
  }

  /** Read once and then advanced: a run commits many times. */
  function coverage(dataset: Dataset): Promise<TableCoverage> {
    const track = coverageReaders.get(dataset) ?? trackTableCoverage(tableFolder(folder, dataset), dataset);
    coverageReaders.set(dataset, track);
    return track();
  }

  async function afterCommit(dataset: Dataset, snapshot: CommittedSnapshot): Promise<void> {
    changed.add(dataset);
    const table = tableFolder(folder, dataset);
    const current = await coverage(dataset);
    if (isCheckpointDue(current.tail)) await writeCoverageCheckpoint(table, current);
    const { files, bytes } = await trimLog({ engine, table, version: snapshot.version, now: clock.now(), staging });
    if (files > 0) emit({ type: 'vacuumed', dataset, files, bytes });
  }

  const tables: WritableTables = {
    folder,
    context,
    emit,
    changed,
    log,
    async expectKnownSchema(dataset) {
      const opened = log(dataset);
      expectWritable(dataset, await opened.refresh(), opened.folder);
    },
    async commit(author, dataset, results) {
      const startedAt = clock.now();
      const batch = buildBatch(dataset, results);
      const { snapshot, rows, files, bytes } = await repairAndRetry(tables, author, dataset, () =>
        commitBatch(context, log(dataset), author, batch, () => coverage(dataset)),
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
        durationMs: clock.now() - startedAt,
        ...(author.runId === options.runId
          ? {}
          : { recoveredFrom: { runId: author.runId, pipeline: author.pipeline.name } }),
      });
      await afterCommit(dataset, snapshot);
      return rows;
    },
    afterCommit,
    async close() {
      if (enginePromise !== null) (await enginePromise).close();
      await rm(staging, { recursive: true, force: true });
    },
  };
  return tables;
}

async function createStaging(lake: string, runId: string): Promise<string> {
  const parent = stagingFolder(lake);
  try {
    await createFolder(parent);
    return await mkdtemp(join(parent, `${runId}-`));
  } catch (error) {
    throw toLakeError(error, parent);
  }
}
