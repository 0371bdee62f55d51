import { rowKeyColumns } from '../../core/tables/row-key.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { TableSelection } from '../selection.js';
import { quoteName, quoteText } from '../sql.js';

/** The unit of timestamps; the lake's are whole milliseconds, so that none of these merges two rows. */
export type InfluxPrecision = 'ns' | 'us' | 'ms';

/** A point without any other field has this one: a server stores no point without fields. */
export const emptyPointField = 'held';

/** The tag value of the main class of an option; a server cannot store an empty tag. */
const mainClass = 'main';

/** The columns that identify a row are tags, the others are fields. */
export function tagColumns(dataset: Dataset): readonly string[] {
  return rowKeyColumns(dataset)
    .filter((name) => name !== tables[dataset].time)
    .toSorted();
}

export function fieldColumns({ dataset, columns }: TableSelection): readonly string[] {
  const tags = tagColumns(dataset);
  return columns.filter((name) => !tags.includes(name) && name !== tables[dataset].time);
}

/**
 * The value of a tag as SQL of DuckDB, null for none. The line protocol has no escape for line breaks, and reads a backslash before
 * a separator as its escape: both are percent-encoded, and `%` too, so that different values stay different.
 */
export function tagValueSql(dataset: Dataset, column: string, from: string): string {
  const name = `${from}.${quoteName(column)}`;
  const type = getColumns(dataset)[column]?.type;
  if (type === 'number') return `regexp_replace(CAST(${name} AS VARCHAR), '\\.0$', '')`;
  if (type !== 'text') return `CAST(${name} AS VARCHAR)`;
  const encoded = encodedCharacters.reduce(
    (sql, code) => `replace(${sql}, chr(${String(code)}), ${quoteText(percentEncode(code))})`,
    name,
  );
  const value = `nullif(CASE WHEN regexp_matches(${name}, '[%\\\\\\x01-\\x1f\\x7f]') THEN ${encoded} ELSE ${name} END, '')`;
  return dataset === 'option_bars' && column === 'trading_class' ? `coalesce(${value}, '${mainClass}')` : value;
}

/** `%` first, because the others become it. */
const encodedCharacters = [37, ...Array.from({ length: 31 }, (_, index) => index + 1), 92, 127];

function percentEncode(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

function escapeSql(value: string): string {
  return `replace(replace(replace(${value}, ',', '\\,'), '=', '\\='), ' ', '\\ ')`;
}

/** The value of a field as it is compared: as SQL of DuckDB, null for none. */
export function fieldValueSql(dataset: Dataset, column: string, from: string): string {
  const name = `${from}.${quoteName(column)}`;
  switch (getColumns(dataset)[column]?.type) {
    case 'number':
      return `CASE WHEN isfinite(CAST(${name} AS DOUBLE)) THEN CAST(${name} AS DOUBLE) END`;
    case 'timestamp':
      return `epoch_ms(${name})`;
    case 'integer':
      return `CAST(${name} AS BIGINT)`;
    case 'boolean':
    case 'date':
      return `CAST(${name} AS VARCHAR)`;
    default:
      return `nullif(${name}, '')`;
  }
}

/** The type of a field in DuckDB when it is read back. */
export function comparedType(dataset: Dataset, column: string): 'DOUBLE' | 'BIGINT' | 'VARCHAR' {
  const type = getColumns(dataset)[column]?.type;
  if (type === 'number') return 'DOUBLE';
  return type === 'integer' || type === 'timestamp' ? 'BIGINT' : 'VARCHAR';
}

function fieldSql(dataset: Dataset, column: string, from: string): string {
  const value = fieldValueSql(dataset, column, from);
  const key = quoteText(`${column}=`);
  switch (getColumns(dataset)[column]?.type) {
    case 'number':
    case 'boolean':
      return `${key} || CAST(${value} AS VARCHAR)`;
    case 'integer':
    case 'timestamp':
      return `${key} || CAST(${value} AS VARCHAR) || 'i'`;
    default:
      return `${key} || '"' || replace(replace(${value}, '\\', '\\\\'), '"', '\\"') || '"'`;
  }
}

/** The time of a row in the unit of a precision. */
export function timeSql(dataset: Dataset, precision: InfluxPrecision, from: string): string {
  const microseconds = `epoch_us(${from}.${tables[dataset].time})`;
  if (precision === 'us') return microseconds;
  return precision === 'ns' ? `${microseconds} * 1000` : `${microseconds} // 1000`;
}

/** The three parts of a line as SQL of DuckDB, separated by spaces in the line; `series` and `time` identify the point. */
export function lineSql(
  selection: TableSelection,
  precision: InfluxPrecision,
  from: string,
): { readonly series: string; readonly fields: string; readonly time: string } {
  const { dataset } = selection;
  const tags = tagColumns(dataset).map(
    (column) => `${quoteText(`${column}=`)} || ${escapeSql(tagValueSql(dataset, column, from))}`,
  );
  const fields = fieldColumns(selection).map((column) => fieldSql(dataset, column, from));
  const joined = fields.length === 0 ? "''" : `concat_ws(',', ${fields.join(', ')})`;
  return {
    series: `concat_ws(',', ${quoteText(dataset)}, ${tags.join(', ')})`,
    fields: `coalesce(nullif(${joined}, ''), '${emptyPointField}=true')`,
    time: `CAST(${timeSql(dataset, precision, from)} AS VARCHAR)`,
  };
}
