import { relative, sep } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import { datasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { DamagedFile } from '../api.js';
import { encodeFacts } from '../coverage/fact-encoding.js';
import { handledVersionsParameter } from '../coverage/parse-commit.js';
import { readTableCoverage } from '../coverage/table-coverage.js';
import type { TableCoverage } from '../coverage/table-coverage.js';
import { toAddAction, toRemoveAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { tableFolder } from '../delta/table-log.js';
import { formatVersionRanges } from '../delta/version-ranges.js';
import { isDamage, LakeError } from '../lake-error.js';
import { getCommits, publish, toLiveFile } from '../parquet/parquet-files.js';
import { hasChecksum } from '../parquet/read-to-end.js';
import { quarantine } from '../verify/quarantine.js';
import { salvageRows } from './salvage-rows.js';
import type { SalvagedRows } from './salvage-rows.js';
import { stampFiles } from './stamp-files.js';
import type { WritableTables } from './writable-tables.js';

/**
 * Removes missing and damaged files from the tables and records their windows as missing in the same commits, so that the windows
 * are requested again and other readers of the lake do not fail. Records the rows that other programs deleted in the same way.
 */
export async function repairTables(tables: WritableTables, author: CommitInfo): Promise<readonly DamagedFile[]> {
  const damage: DamagedFile[] = [];
  for (const dataset of datasets) {
    try {
      damage.push(...(await repairTable(tables, author, dataset)));
    } catch (error) {
      // A damaged log stops only what depends on its table; the plan names it.
      if (!isDamage(error)) throw error;
    }
  }
  return damage;
}

/**
 * Does work that reads files of a table. If a file turns out to be damaged, it is quarantined, removed from the table like a
 * missing one, and the work is repeated without it: one flipped bit must not stop every run.
 */
export async function repairAndRetry<T>(
  tables: WritableTables,
  author: CommitInfo,
  dataset: Dataset,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const file =
        error instanceof LakeError && error.kind === 'malformed'
          ? await findLiveFile(tables, dataset, error.path)
          : null;
      if (file === null) throw error;
      const damage = {
        problem: 'checksum-mismatch',
        detail: 'found when its rows were copied to another file',
      } as const;
      await quarantine(tables.folder, [{ dataset, path: file.path, bytes: file.size, damage }]);
      tables.emit({ type: 'corruption-detected', dataset, path: file.path, problem: damage.problem });
      await repairTable(tables, author, dataset);
    }
  }
}

async function findLiveFile(tables: WritableTables, dataset: Dataset, path: string): Promise<LiveFile | null> {
  const { files } = await tables.log(dataset).refresh();
  return files.get(relative(tableFolder(tables.folder, dataset), path).split(sep).join('/')) ?? null;
}

/** The coverage of a table, after the files of other programs were read and got checksums, or were quarantined. */
async function readStampedCoverage(
  tables: WritableTables,
  author: CommitInfo,
  dataset: Dataset,
): Promise<TableCoverage> {
  const { engine } = tables.context;
  const read = (): Promise<TableCoverage> =>
    readTableCoverage(tableFolder(tables.folder, dataset), dataset, { engine });
  try {
    const coverage = await read();
    if ([...coverage.files.values()].every(hasChecksum)) return coverage;
  } catch (error) {
    // The comparison with the rows that another program wrote fails if one of its files is damaged.
    if (!isDamage(error)) throw error;
  }
  await stampFiles(tables, author, dataset);
  return read();
}

/** Saves what is intact in quarantined files, one new file for each. */
async function salvageFiles(
  { context, folder }: WritableTables,
  dataset: Dataset,
  { damage, files }: TableCoverage,
): Promise<readonly SalvagedRows[]> {
  const table = tableFolder(folder, dataset);
  const salvage: SalvagedRows[] = [];
  for (const { path, problem } of damage) {
    const file = files.get(path);
    if (file === undefined || problem !== 'missing') continue;
    const saved = await salvageRows(context.engine, dataset, table, file, context.names);
    if (saved !== null) salvage.push(saved);
  }
  await publish(
    table,
    salvage.map(({ saved }) => saved),
  );
  return salvage;
}

/** Repairs one table; returns the damage that was found. */
export async function repairTable(
  tables: WritableTables,
  author: CommitInfo,
  dataset: Dataset,
): Promise<readonly DamagedFile[]> {
  const table = tableFolder(tables.folder, dataset);
  const { now, getTimeZone, engine } = tables.context;
  const initial = await readStampedCoverage(tables, author, dataset);
  if (initial.damage.length === 0 && initial.fold.foreignChanges.length === 0) return [];
  await tables.expectKnownSchema(dataset);
  const salvage = await salvageFiles(tables, dataset, initial);
  const salvaged = new Map(salvage.map(({ file, lost }) => [file.path, lost]));
  const snapshot = await tables.log(dataset).append(async (current) => {
    const coverage =
      salvage.length === 0 && initial.version === current.version
        ? initial
        : await readTableCoverage(table, dataset, { engine, salvaged });
    const lostFiles = coverage.damage.flatMap(({ path }) => current.files.get(path) ?? []);
    const handledVersions = coverage.fold.foreignChanges.map(({ version }) => version);
    if (lostFiles.length === 0 && handledVersions.length === 0) return null;
    // Corrections have no request: number 0 is never assigned to one.
    const facts = coverage.buildCorrections(`${author.runId}/0`);
    return {
      author,
      operation: 'REPAIR',
      parameters: {
        reason: lostFiles.length > 0 ? 'files missing or damaged' : 'rows deleted by another engine',
        ...(handledVersions.length === 0 ? {} : { [handledVersionsParameter]: formatVersionRanges(handledVersions) }),
      },
      coverage: encodeFacts(facts, getTimeZone),
      buildLines: () => [
        ...lostFiles.map((file) => toRemoveAction(file, now(), true)),
        ...salvage
          .filter(({ file }) => lostFiles.some(({ path }) => path === file.path))
          .map(({ file, saved }) => toAddAction(toLiveFile(saved, now(), getCommits(file)), true)),
      ],
    };
  });
  if (snapshot !== null) await tables.afterCommit(dataset, snapshot);
  return initial.damage;
}
