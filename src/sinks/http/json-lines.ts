import { rowKeyColumns } from '../../core/tables/row-key.js';
import { getColumns } from '../../core/tables/tables.js';
import type { ColumnType, Dataset } from '../../core/tables/tables.js';
import { quoteName } from '../sql.js';

/** The types in DuckDB of the values in lines of JSON. */
export const jsonTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  timestamp: 'VARCHAR',
  date: 'VARCHAR',
};

export function typeOf(dataset: Dataset, column: string): ColumnType {
  return getColumns(dataset)[column]?.type ?? 'text';
}

/** A value as JSON has it: instants as ISO 8601 in UTC, numbers that JSON does not have as null. */
export function cellSql(dataset: Dataset, column: string, from = 'r'): string {
  const name = `${from}.${quoteName(column)}`;
  switch (typeOf(dataset, column)) {
    case 'timestamp':
      return instantSql(name);
    case 'date':
      return `CAST(${name} AS VARCHAR)`;
    case 'number':
      return `CASE WHEN isfinite(CAST(${name} AS DOUBLE)) THEN CAST(${name} AS DOUBLE) END`;
    default:
      return name;
  }
}

/** The same as text, as it is compared. */
export function textSql(dataset: Dataset, column: string): string {
  const type = typeOf(dataset, column);
  const value = cellSql(dataset, column);
  return `CAST(${type === 'number' || type === 'integer' ? `CAST(${value} AS ${jsonTypes[type]})` : value} AS VARCHAR)`;
}

/** An instant as ISO 8601 with milliseconds. */
export function instantSql(instant: string): string {
  return `strftime(make_timestamp(epoch_us(${instant})), '%Y-%m-%dT%H:%M:%S.%gZ')`;
}

/** What identifies a row of a table, as one text. */
export function rowKeySql(dataset: Dataset, from: string): string {
  const parts = rowKeyColumns(dataset).map(
    (column) => `coalesce(CAST(${cellSql(dataset, column, from)} AS VARCHAR), '')`,
  );
  return `concat_ws('|', ${parts.join(', ')})`;
}
