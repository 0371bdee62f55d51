import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '../../platform/error-message.js';
import { groupBy } from '../../platform/group-by.js';
import type { ColumnType, Dataset } from '../../core/tables/tables.js';
import type { LostPart } from '../coverage/file-scope.js';
import type { LiveFile } from '../delta/actions.js';
import { storedColumns, timeColumn } from '../delta/schema.js';
import { isDamage, toLakeError } from '../lake-error.js';
import { readIntactBytes } from '../parquet/block-checksums.js';
import type { IntactBytes } from '../parquet/block-checksums.js';
import type { Engine } from '../parquet/engine.js';
import { writeParquet } from '../parquet/parquet-files.js';
import type { FileNames, WrittenFile } from '../parquet/parquet-files.js';
import { quoteIdentifier, quoteLiteral, quoteLiterals } from '../parquet/sql.js';
import { haveAllColumns } from '../parquet/table-source.js';
import { quarantineSuffix } from '../verify/quarantine.js';

/** The rows of a quarantined file that are certainly intact, in a new file, and the rows that are lost. */
export interface SalvagedRows {
  readonly file: LiveFile;
  readonly saved: WrittenFile;
  readonly lost: readonly LostPart[];
}

/** Saves the row groups of a quarantined file whose bytes all match their checksums; null if there are none. */
export async function salvageRows(
  openEngine: () => Promise<Engine>,
  dataset: Dataset,
  table: string,
  file: LiveFile,
  names: FileNames,
): Promise<SalvagedRows | null> {
  const path = join(table, file.path + quarantineSuffix);
  if (!haveAllColumns(dataset, [file])) return null;
  try {
    const bytes = await readIntactBytes(path, file);
    if (bytes === null || !(await isFooterIntact(path, bytes))) return null;
    const engine = await openEngine();
    const groups = await readRowGroups(engine, dataset, path);
    const intact = groups.filter(({ start, end }) => bytes.isIntact(start, end));
    if (intact.length === 0 || intact.length === groups.length) return null;
    const columns = Object.keys(storedColumns(dataset)).map(quoteIdentifier).join(', ');
    const selects = intact.map(
      ({ firstRow, rows }) =>
        `SELECT ${columns} FROM read_parquet(${quoteLiterals([path])}, hive_partitioning = false, file_row_number = true) ` +
        `WHERE file_row_number >= ${String(firstRow)} AND file_row_number < ${String(firstRow + rows)}`,
    );
    const { partitionValues } = file;
    const content = { dataset, query: selects.join(' UNION ALL '), isSorted: false, partitionValues };
    const saved = await writeParquet(engine, content, names);
    if (saved === null) return null;
    return { file, saved, lost: groups.filter((group) => !intact.includes(group)).map(({ part }) => part) };
  } catch (error) {
    // Whatever cannot be read is lost as a whole.
    if (isNotFound(error) || isDamage(error)) return null;
    throw toLakeError(error, path);
  }
}

/** The footer names the row groups: with a damaged one nothing is certain. */
async function isFooterIntact(path: string, bytes: IntactBytes): Promise<boolean> {
  const tail = 8;
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(tail), 0, tail, bytes.size - tail);
    const start = bytes.size - tail - buffer.readUInt32LE(0);
    return start >= 0 && bytes.isIntact(start, bytes.size);
  } finally {
    await file.close();
  }
}

interface RowGroup {
  readonly firstRow: number;
  readonly rows: number;
  /** The range of its bytes. */
  readonly start: number;
  readonly end: number;
  readonly part: LostPart;
}

async function readRowGroups(engine: Engine, dataset: Dataset, path: string): Promise<readonly RowGroup[]> {
  const chunks = await engine.queryRows(
    `SELECT row_group_id::DOUBLE AS number, row_group_num_rows::DOUBLE AS rows, path_in_schema AS name, stats_min_value AS low, ` +
      `stats_max_value AS high, least(coalesce(dictionary_page_offset, data_page_offset), data_page_offset)::DOUBLE AS start, ` +
      `total_compressed_size::DOUBLE AS size FROM parquet_metadata(${quoteLiteral(path)}) ORDER BY row_group_id, column_id`,
    path,
  );
  let firstRow = 0;
  return [...groupBy(chunks, ({ number }) => Number(number)).values()].map((columns): RowGroup => {
    const rows = Number(columns[0]?.['rows']);
    const starts = columns.map((column) => Number(column['start']));
    const ends = columns.map((column) => Number(column['start']) + Number(column['size']));
    const group = { firstRow, rows, start: Math.min(...starts), end: Math.max(...ends) };
    firstRow += rows;
    return { ...group, part: toLostPart(dataset, columns) };
  });
}

function toLostPart(dataset: Dataset, columns: readonly Readonly<Record<string, unknown>>[]): LostPart {
  const types = storedColumns(dataset);
  const ranges = columns.flatMap(({ name, low, high }) => {
    const type = types[String(name)]?.type;
    if (type === undefined || typeof low !== 'string' || typeof high !== 'string') return [];
    return [{ name: String(name), low: parseValue(type, low), high: parseValue(type, high) }];
  });
  const times = ranges.find(({ name }) => name === timeColumn(dataset));
  const known = ranges.filter(({ low, high }) => low !== null && high !== null);
  return {
    minValues: Object.fromEntries(known.map(({ name, low }) => [name, low])),
    maxValues: Object.fromEntries(known.map(({ name, high }) => [name, high])),
    times:
      typeof times?.low === 'number' && typeof times.high === 'number'
        ? { start: times.low, end: times.high + 1 }
        : null,
  };
}

/** Instants are in milliseconds. Other types than those that identify series have no meaning here. */
function parseValue(type: ColumnType, text: string): string | number | null {
  switch (type) {
    case 'text':
    case 'date':
      return text;
    case 'number': {
      const number = Number(text);
      return Number.isFinite(number) ? number : null;
    }
    case 'timestamp': {
      const instant = Date.parse(text.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z'));
      return Number.isFinite(instant) ? instant : null;
    }
    case 'integer':
    case 'boolean':
      return null;
  }
}
