import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Dataset, RecordedVersions } from '../../core/tables/tables.js';
import type { Clock } from '../../core/time/clock.js';
import { readTableCoverage, writeCoverageCheckpoint } from '../coverage/table-coverage.js';
import { createCheckpointReader, writeCheckpoint } from '../delta/checkpoint.js';
import { putIfAbsent } from '../delta/durable-files.js';
import { findLastCheckpointProblem, lastCheckpointFile } from '../delta/log-listing.js';
import { checkpointPaths, commitPath, logFolder } from '../delta/paths.js';
import { readSnapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { refreshViews } from '../maintenance/maintain-lake.js';
import { computeRetentionCutoff } from '../maintenance/vacuum.js';
import { openWritableTables } from '../writer/open-writable-tables.js';
import type { WritableTables } from '../writer/writable-tables.js';
import { listUserTables } from '../user-tables/user-table-log.js';
import { quarantineSuffix } from '../verify/quarantine.js';
import { examineTable, examineUserTable } from './examine-table.js';
import type { ExaminedTable } from './examine-table.js';
import { quarantineFile } from './quarantine-file.js';
import type { FindRecordedRequests } from './recorded-facts.js';
import { rebuildTable } from './rebuild-table.js';
import type { RebuiltTable } from './rebuild-table.js';
import { readViewFiles } from './view-files.js';

export interface RepairLogsOptions {
  /** The lake's folder. */
  readonly folder: string;
  readonly datasets: readonly Dataset[];
  /** True if the tables of custom steps are repaired too. */
  readonly repairsUserTables: boolean;
  readonly recorded: RecordedVersions;
  readonly author: CommitInfo;
  readonly clock: Clock;
  /** The name and version of the program. */
  readonly program: string;
  readonly findRequests: FindRecordedRequests;
}

/** The repair of one log. */
export interface LogRepair {
  /** A table, also of a custom step. */
  readonly dataset: string;
  /** Versions whose commit was written again as it was. */
  readonly restored: readonly number[];
  /** Checkpoints that were written again or quarantined. */
  readonly checkpoints: number;
  /** Null if no content of a commit was lost. */
  readonly rebuilt: RebuiltTable | null;
  /** True for the table of a custom step whose log was quarantined: its step computes it anew. */
  readonly isRecomputed?: boolean;
}

/** Repairs the logs of tables, and writes their checkpoints and the views of the lake again. */
export async function repairLogs(options: RepairLogsOptions): Promise<readonly LogRepair[]> {
  const { folder, datasets, repairsUserTables, author, clock, program } = options;
  const views = await readViewFiles(folder);
  const tables = await openWritableTables({ folder, runId: author.runId, program, clock, emit: () => undefined });
  try {
    const repairs: LogRepair[] = [];
    for (const dataset of datasets) {
      const repair = await repairLog(dataset, views.files.get(dataset) ?? [], tables, options);
      if (repair !== null) repairs.push(repair);
    }
    for (const name of repairsUserTables ? await listUserTables(folder) : []) {
      const repair = await repairUserTable(name, tables);
      if (repair !== null) repairs.push(repair);
    }
    if (repairs.length > 0 || views.problem !== null) {
      if (views.problem !== null) await quarantineFile(join(folder, views.problem.path));
      await refreshViews(tables);
    }
    return repairs;
  } finally {
    await tables.close();
  }
}

async function repairLog(
  dataset: Dataset,
  viewFiles: readonly string[],
  tables: WritableTables,
  options: RepairLogsOptions,
): Promise<LogRepair | null> {
  const table = tableFolder(tables.folder, dataset);
  const readCheckpoint = createCheckpointReader(tables.context.engine, 'all');
  const recorded = options.recorded[dataset] ?? null;
  const examine = (): Promise<ExaminedTable> => examineTable({ dataset, table, readCheckpoint, recorded, viewFiles });
  let examined = await examine();
  if (!examined.problems.some(({ kind }) => kind !== 'unknown-files')) return null;
  const restored = await restoreCommits(examined, tables);
  if (restored.length > 0) examined = await examine();
  const rebuilt = examined.lost.length === 0 ? null : await rebuildTable(examined, viewFiles, tables, options);
  if (rebuilt !== null) examined = await examine();
  const checkpoints = await repairCheckpoints(examined, tables, rebuilt !== null);
  return { dataset, restored, checkpoints, rebuilt };
}

/**
 * Repairs the log of the table of a custom step. Every commit replaces the whole table, so that after the loss of one the step
 * computes it anew: its log is renamed.
 */
async function repairUserTable(dataset: string, tables: WritableTables): Promise<LogRepair | null> {
  const table = join(tables.folder, dataset);
  const { engine, names, now } = tables.context;
  const readCheckpoint = createCheckpointReader(engine, 'all');
  const examine = (): Promise<ExaminedTable<string>> =>
    examineUserTable({ dataset, table, readCheckpoint, recorded: null, viewFiles: [] });
  let examined = await examine();
  if (!examined.problems.some(({ kind }) => kind !== 'unknown-files')) return null;
  const restored = await restoreCommits(examined, tables);
  if (restored.length > 0) examined = await examine();
  if (examined.lost.length > 0) {
    await rename(logFolder(table), join(table, `${basename(logFolder(table))}.${names.next()}${quarantineSuffix}`));
    return { dataset, restored, checkpoints: 0, rebuilt: null, isRecomputed: true };
  }
  const damaged = examined.deltaCheckpoints.filter(({ snapshot }) => snapshot === null);
  for (const { version, parts } of damaged)
    for (const path of checkpointPaths(table, version, parts)) await quarantineFile(path);
  if (!examined.problems.some(({ kind }) => kind === 'delta-checkpoint'))
    return { dataset, restored, checkpoints: 0, rebuilt: null };
  if ((await findLastCheckpointProblem(table).catch(() => 'unreadable')) !== null)
    await rm(join(logFolder(table), lastCheckpointFile), { force: true, recursive: true });
  const snapshot = await readSnapshot(table, readCheckpoint);
  await writeCheckpoint(await engine(), table, snapshot, computeRetentionCutoff(snapshot, now()), names.staging);
  return { dataset, restored, checkpoints: Math.max(1, damaged.length), rebuilt: null };
}

/** Writes commits again whose content is known, and keeps the damaged files beside them. */
async function restoreCommits(
  { table, commits }: Pick<ExaminedTable, 'table' | 'commits'>,
  tables: WritableTables,
): Promise<readonly number[]> {
  const known = commits.damaged.flatMap(({ version, original }) => (original === null ? [] : [{ version, original }]));
  for (const { version } of known) await quarantineFile(commitPath(table, version));
  for (const { version, original } of known) {
    const { names } = tables.context;
    await putIfAbsent(commitPath(table, version), original.toString('utf8'), join(names.staging, names.next()));
  }
  return known.map(({ version }) => version);
}

/** Quarantines damaged checkpoints, and writes both kinds for the current version if one was damaged or missing. */
async function repairCheckpoints(
  { table, dataset, deltaCheckpoints, foldCheckpoints, problems }: ExaminedTable,
  tables: WritableTables,
  isRebuilt: boolean,
): Promise<number> {
  const { engine, names, now } = tables.context;
  const damagedFiles = [
    ...deltaCheckpoints.flatMap(({ version, parts, snapshot }) =>
      snapshot === null || isRebuilt ? checkpointPaths(table, version, parts) : [],
    ),
    ...foldCheckpoints.flatMap(({ path, fold }) => (fold === null || isRebuilt ? [path] : [])),
  ];
  for (const path of damagedFiles) await quarantineFile(path);
  const isDue = problems.some(({ kind }) => kind === 'delta-checkpoint' || kind === 'coverage-checkpoint');
  if (damagedFiles.length === 0 && !isDue && !isRebuilt) return 0;
  if ((await findLastCheckpointProblem(table).catch(() => 'unreadable')) !== null)
    await rm(join(logFolder(table), lastCheckpointFile), { force: true, recursive: true });
  const snapshot = await readSnapshot(table, createCheckpointReader(engine, 'all'));
  if (snapshot.version === null) return damagedFiles.length;
  await writeCheckpoint(await engine(), table, snapshot, computeRetentionCutoff(snapshot, now()), names.staging);
  await writeCoverageCheckpoint(table, await readTableCoverage(table, dataset, { files: 'trust' }));
  return Math.max(1, damagedFiles.length);
}
