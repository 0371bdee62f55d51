import { isRecord } from '../../platform/json.js';
import { join, resolve } from 'node:path';
import type { Snapshot } from '../delta/snapshot.js';
import type { Engine } from '../parquet/engine.js';
import { quoteIdentifier } from '../parquet/sql.js';
import { renderPaths } from '../parquet/table-source.js';
import type { RenderPaths } from '../parquet/table-source.js';
import { isFilePresent } from './user-table-log.js';
import { toViewType } from './stored-type.js';

export interface LoggedColumn {
  readonly name: string;
  readonly type: unknown;
}

export function parseLoggedColumns({ metadata }: Snapshot): readonly LoggedColumn[] {
  const schema: unknown = metadata === null ? null : JSON.parse(metadata.schemaString);
  const fields: unknown = isRecord(schema) ? schema['fields'] : [];
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field: unknown) =>
    isRecord(field) && typeof field['name'] === 'string' ? [{ name: field['name'], type: field['type'] }] : [],
  );
}

/** Defines the view of a user table over its existing files. */
export async function defineUserTableView(
  engine: Engine,
  lake: string,
  name: string,
  snapshot: Snapshot,
  database = 'memory',
  render: RenderPaths = renderPaths,
): Promise<void> {
  const table = resolve(lake, name);
  const columns = parseLoggedColumns(snapshot);
  if (columns.length === 0) return;
  const paths: string[] = [];
  for (const file of snapshot.files.values()) if (await isFilePresent(table, file)) paths.push(join(table, file.path));
  const start = `CREATE OR REPLACE VIEW ${quoteIdentifier(database)}.${quoteIdentifier(name)} AS SELECT`;
  const names = columns.map((column) => quoteIdentifier(column.name));
  const nulls = columns.map((column) => `CAST(NULL AS ${toViewType(column.type)}) AS ${quoteIdentifier(column.name)}`);
  const rows = `${names.join(', ')} FROM read_parquet(${render(paths)}, hive_partitioning = false)`;
  await engine.run(`${start} ${paths.length === 0 ? `${nulls.join(', ')} WHERE false` : rows}`, table);
}
