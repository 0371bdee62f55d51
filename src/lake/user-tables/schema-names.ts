import { datasets, getColumns } from '../../core/tables/tables.js';
import type { Engine } from '../parquet/engine.js';
import { quoteIdentifier } from '../parquet/sql.js';
import type { LakeDatabase } from '../reader/lake-database.js';
import type { SchemaNames } from './column-lineage.js';
import { parseLoggedColumns } from './user-table-view.js';

/** Reads the columns of every table and the names of aggregate functions. */
export async function readSchemaNames(database: LakeDatabase, engine: Engine): Promise<SchemaNames> {
  const tables = new Map<string, readonly string[]>();
  for (const dataset of datasets)
    tables.set(dataset, await readViewColumns(engine, dataset, Object.keys(getColumns(dataset))));
  for (const [name, snapshot] of await database.userTables())
    tables.set(
      name,
      parseLoggedColumns(snapshot).map((column) => column.name),
    );
  const functions = await engine.queryRows(
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'",
    'duckdb_functions',
  );
  return { tables, aggregates: new Set(functions.map((row) => String(row['function_name']))) };
}

/** The columns of the table and its partition columns. */
async function readViewColumns(engine: Engine, view: string, fallback: readonly string[]): Promise<readonly string[]> {
  const rows = await engine.queryRows(`SELECT column_name FROM (DESCRIBE ${quoteIdentifier(view)})`, view);
  return rows.length === 0 ? fallback : rows.map((row) => String(row['column_name']));
}
