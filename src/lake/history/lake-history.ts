import { join, resolve } from 'node:path';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { findDamagedFiles } from '../coverage/damaged-files.js';
import { listVersions } from '../delta/log-listing.js';
import type { Snapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { LakeError } from '../lake-error.js';
import { openLakeDatabase } from '../reader/lake-database.js';
import { findSymbolFiles } from '../reader/symbol-files.js';
import { buildSelectSql } from '../reader/views.js';
import { readCommitTime } from './find-version.js';
import type { TableVersion } from './find-version.js';
import { requireVersionAt } from './past-table.js';
import type { PastTable } from './past-table.js';
import { createPastTables } from './past-tables.js';

/** Two versions of the rows of one symbol; null stands for the time before the first commit. */
export interface VersionPair {
  readonly dataset: Dataset;
  readonly symbol: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** Reads versions of the tables of a lake. */
export interface LakeHistory {
  /** The version at a moment; null before the first commit. */
  versionAt(dataset: Dataset, moment: Instant): Promise<TableVersion | null>;
  /** The time of a version; null if the log does not have it. */
  findVersion(dataset: Dataset, version: number): Promise<TableVersion | null>;
  /** The newest version; null without a commit. */
  latest(dataset: Dataset): Promise<TableVersion | null>;
  /**
   * Runs a statement over the rows of one symbol in two versions. Rows of files that both versions have are in neither source:
   * comparing costs as much as has changed.
   */
  compare(
    pair: VersionPair,
    buildSql: (before: string, after: string) => string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export function openLakeHistory(lakeFolder: string): LakeHistory {
  const folder = resolve(lakeFolder);
  const database = openLakeDatabase(folder);
  const past = createPastTables(folder, database.engine, Infinity);

  const toVersion = async (dataset: Dataset, version: number | null): Promise<TableVersion | null> =>
    version === null ? null : { version, committedAt: await readCommitTime(tableFolder(folder, dataset), version) };

  return {
    versionAt: async (dataset, moment) =>
      toVersion(dataset, await requireVersionAt({ table: tableFolder(folder, dataset), dataset }, moment)),
    findVersion: async (dataset, version) =>
      (await listVersions(tableFolder(folder, dataset))).includes(version) ? toVersion(dataset, version) : null,
    latest: async (dataset) => toVersion(dataset, await past.version(dataset)),
    async compare({ dataset, symbol, from, to }, buildSql) {
      const before = await past.openVersion(dataset, from);
      const after = await past.openVersion(dataset, to);
      const table = tableFolder(folder, dataset);
      const buildSource = async (own: PastTable, other: PastTable): Promise<string> => {
        const { files } = findSymbolFiles(withoutCommonFiles(own, other), { dataset, symbol });
        const [damaged] = await findDamagedFiles(table, dataset, files);
        if (damaged !== undefined)
          throw new LakeError(
            'malformed',
            join(table, damaged.path),
            `${dataset}: ${damaged.path} is damaged (${damaged.problem}), so that its rows cannot be compared`,
            'the next run fetches what is lost; pipe check names every damaged file',
          );
        return `(${buildSelectSql(dataset, table, files, { condition: own.condition })})`;
      };
      const sql = buildSql(await buildSource(before, after), await buildSource(after, before));
      return (await database.engine()).queryRows(sql, table);
    },
    close: () => database.close(),
  };
}

/** The files of a version that do not have the same rows in another. */
function withoutCommonFiles({ snapshot, merged }: PastTable, other: PastTable): Snapshot {
  const files = new Map(
    [...snapshot.files].filter(
      ([path]) => !other.snapshot.files.has(path) || merged.has(path) || other.merged.has(path),
    ),
  );
  return { ...snapshot, files };
}
