import { createHash } from 'node:crypto';
import { getColumns, tables } from '../../core/tables/tables.js';
import type { Column, ColumnType, Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { Metadata, Protocol } from './actions.js';

/** The first protocol version, which every reader of Delta Lake supports. */
export const minimumProtocol: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

const deltaTypes: Readonly<Record<ColumnType, string>> = {
  text: 'string',
  number: 'double',
  integer: 'long',
  boolean: 'boolean',
  timestamp: 'timestamp',
  date: 'date',
};

/** The partition columns of a table. */
export function partitionColumns(dataset: Dataset): readonly string[] {
  const { partitionBy } = tables[dataset];
  return partitionBy === 'none' ? [] : partitionBy.split(', ');
}

/** Every column that a reader sees: the columns of the table, then the periods, which only folders hold. */
export function allColumns(dataset: Dataset): Readonly<Record<string, ColumnType>> {
  const dataColumns = Object.entries<Column>(getColumns(dataset)).map(([name, column]): [string, ColumnType] => [
    name,
    column.type,
  ]);
  const periods = partitionColumns(dataset).map((name): [string, ColumnType] => [name, 'text']);
  return Object.fromEntries([...dataColumns, ...periods]);
}

/** The columns that the data files hold: all but the partition columns. */
export function storedColumns(dataset: Dataset): Readonly<Record<string, Column>> {
  const folders = new Set(partitionColumns(dataset));
  return Object.fromEntries(Object.entries<Column>(getColumns(dataset)).filter(([name]) => !folders.has(name)));
}

/** The time column, on which keyed replacement and time ranges are based. */
export function timeColumn(dataset: Dataset): 'ts' | 'as_of' {
  return tables[dataset].time;
}

export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly nullable: true;
  readonly metadata: Readonly<Record<string, never>>;
}

/** The columns of a new table as its log describes them. */
export function schemaFields(dataset: Dataset): readonly SchemaField[] {
  return Object.entries(allColumns(dataset)).map(([name, type]) => ({
    name,
    type: deltaTypes[type],
    nullable: true,
    metadata: {},
  }));
}

/** The metadata of a table's first commit. The id depends on the run, so that a repeated attempt changes nothing. */
export function buildDatasetMetadata(dataset: Dataset, runId: string, createdTime: Instant): Metadata {
  return buildMetadata(dataset, schemaFields(dataset), partitionColumns(dataset), runId, createdTime);
}

/** The metadata of a table of any name and columns. */
export function buildMetadata(
  table: string,
  fields: readonly object[],
  partitioned: readonly string[],
  runId: string,
  createdTime: Instant,
): Metadata {
  return {
    id: tableId(`${runId}/${table}`),
    name: null,
    description: null,
    schemaString: JSON.stringify({ type: 'struct', fields }),
    partitionColumns: partitioned,
    // Commits contain the coverage and the lineage: other writers must not delete them.
    configuration: { 'delta.enableExpiredLogCleanup': 'false', 'delta.logRetentionDuration': 'interval 36500 days' },
    createdTime,
  };
}

function tableId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
