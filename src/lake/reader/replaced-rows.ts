import type { ReplacedRowsQuery } from '../../core/tables/query-tables.js';
import type { LiveFile } from '../delta/actions.js';
import { parseAction } from '../delta/actions.js';
import { parseCommitLine, readCommit } from '../delta/commit-file.js';
import { commitPath } from '../delta/paths.js';
import { tableFolder } from '../delta/table-log.js';
import { buildTableSource } from '../parquet/table-source.js';
import type { LakeDatabase } from './lake-database.js';
import { runQuery } from './run-query.js';
import { findPresentFiles } from './views.js';

/** Queries the files that a commit removed, as far as they are still on disk: superseded files stay for some days. */
export async function queryReplacedRows(
  database: LakeDatabase,
  folder: string,
  { dataset, version, columns, where }: ReplacedRowsQuery,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const table = tableFolder(folder, dataset);
  const present = await findPresentFiles(dataset, table, await readRemovedFiles(table, version));
  if (present.length === 0) return [];
  const source = buildTableSource(dataset, table, present);
  const { rows } = await runQuery(await database.engine(), `SELECT ${columns} FROM ${source} WHERE ${where}`);
  return rows;
}

async function readRemovedFiles(table: string, version: number): Promise<readonly LiveFile[]> {
  const content = await readCommit(table, version);
  if (content === null) return [];
  const location = commitPath(table, version);
  return content
    .toString('utf8')
    .split('\n')
    .flatMap((line, index): readonly LiveFile[] => {
      if (!line.startsWith('{"remove"')) return [];
      const action = parseAction(parseCommitLine(line, table, version, index + 1), `${location}:${String(index + 1)}`);
      if (action?.type !== 'remove') return [];
      const { path, partitionValues, size } = action.tombstone;
      return [{ path, partitionValues, size, modificationTime: 0, stats: null, tags: {} }];
    });
}
