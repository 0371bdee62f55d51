import { isRecord } from '../../platform/json.js';
import type { Column, ColumnType, Dataset } from '../../core/tables/tables.js';
import { storedColumns } from '../delta/schema.js';

/** The statistics of a file in the Delta log. */
export interface FileStatistics {
  readonly numRecords: number;
  readonly minValues: Readonly<Record<string, string | number>>;
  readonly maxValues: Readonly<Record<string, string | number>>;
  readonly nullCount: Readonly<Record<string, number>>;
}

/** The ranges of these columns do not help a reader to skip files, and would make up most of the log. */
const columnsWithoutRange: ReadonlySet<string> = new Set(['run_id', 'request_id']);

/** Converts the result of `COPY … (RETURN_STATS)` to statistics of the log. */
export function parseCopyStatistics(dataset: Dataset, copied: Readonly<Record<string, unknown>>): FileStatistics {
  return parseColumnStatistics(storedColumns(dataset), copied);
}

export function parseColumnStatistics(
  columns: Readonly<Record<string, Pick<Column, 'type'>>>,
  copied: Readonly<Record<string, unknown>>,
): FileStatistics {
  const minValues: Record<string, string | number> = {};
  const maxValues: Record<string, string | number> = {};
  const nullCount: Record<string, number> = {};
  for (const entry of parseEntries(copied['column_statistics'])) {
    const name = entry.key.replace(/^"|"$/g, '').replaceAll('""', '"');
    const column = columns[name];
    if (column === undefined) continue;
    const columnFacts = new Map(parseEntries(entry.value).map(({ key, value }) => [key, value]));
    const nulls = Number(columnFacts.get('null_count'));
    if (Number.isFinite(nulls)) nullCount[name] = nulls;
    if (columnsWithoutRange.has(name)) continue;
    const min = parseValue(column.type, columnFacts.get('min'));
    const max = parseValue(column.type, columnFacts.get('max'));
    if (min === null || max === null) continue;
    minValues[name] = min;
    maxValues[name] = max;
  }
  return { numRecords: Number(copied['count']), minValues, maxValues, nullCount };
}

function parseEntries(map: unknown): readonly { readonly key: string; readonly value: unknown }[] {
  if (!Array.isArray(map)) return [];
  return map.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry['key'] === 'string' ? [{ key: entry['key'], value: entry['value'] }] : [],
  );
}

function parseValue(type: ColumnType, value: unknown): string | number | null {
  if (typeof value !== 'string') return null;
  switch (type) {
    case 'text':
    case 'date':
      return value;
    case 'number':
    case 'integer': {
      const number = Number(value);
      return Number.isFinite(number) ? number : null;
    }
    case 'timestamp': {
      // `2026-01-02 03:04:05.678+00`
      const instant = Date.parse(value.replace(' ', 'T').replace(/\+00$/, 'Z'));
      return Number.isFinite(instant) ? new Date(instant).toISOString() : null;
    }
    case 'boolean':
      return null;
  }
}

/** The range of a column in a file, by the log's statistics; null if they have none. */
export function getRange(
  stats: string | null,
  column: string,
): { readonly min: string | number; readonly max: string | number } | null {
  const parsed = parseStatistics(stats);
  const min = isRecord(parsed?.['minValues']) ? parsed['minValues'][column] : undefined;
  const max = isRecord(parsed?.['maxValues']) ? parsed['maxValues'][column] : undefined;
  if (typeof min === 'string' && typeof max === 'string') return { min, max };
  return typeof min === 'number' && typeof max === 'number' ? { min, max } : null;
}

/** The value that a text column has in every row of a file, by the log's statistics; null if they do not say so. */
export function getConstantText(stats: string | null, column: string): string | null {
  const parsed = parseStatistics(stats);
  if (!isRecord(parsed?.['nullCount']) || parsed['nullCount'][column] !== 0) return null;
  const range = getRange(stats, column);
  return typeof range?.min === 'string' && range.min === range.max ? range.min : null;
}

/** The number of rows in a file, by the log's statistics; 0 if they have none. */
export function getRowCount(stats: string | null): number {
  const rows = parseStatistics(stats)?.['numRecords'];
  return typeof rows === 'number' ? rows : 0;
}

/** The columns whose nulls the log's statistics count: pipe counts those of every column in the file. */
export function getCountedColumns(stats: string | null): ReadonlySet<string> {
  const counts = parseStatistics(stats)?.['nullCount'];
  return new Set(isRecord(counts) ? Object.keys(counts) : []);
}

function parseStatistics(stats: string | null): Readonly<Record<string, unknown>> | null {
  if (stats === null) return null;
  try {
    const value: unknown = JSON.parse(stats);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
