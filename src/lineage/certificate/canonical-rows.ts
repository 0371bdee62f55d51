import { createHash } from 'node:crypto';

import { getColumns, tables } from '../../core/tables/tables.js';
import type { ColumnType, Dataset } from '../../core/tables/tables.js';

/*
 * The canonical form of rows, which others recompute with any program that reads Parquet: docs/reference/certificates.md. A row
 * is one line of fields with tabs between them; lines are sorted by their bytes, so that no order of the lake matters.
 */

/** A column of the hashed rows with its type. */
export type HashedColumn = readonly [name: string, type: ColumnType];

/** The columns of a table that a new certificate hashes: all of them, in their order. */
export function listHashedColumns(dataset: Dataset): readonly HashedColumn[] {
  return Object.entries(getColumns(dataset)).map(([name, { type }]) => [name, type]);
}

/** Selects the columns so that no value loses a digit: instants as microseconds, dates as text. */
export function selectCanonicalSql(columns: readonly HashedColumn[]): string {
  return columns
    .map(([name, type]) => {
      const column = `"${name}"`;
      if (type === 'timestamp') return `CAST(epoch_us(${column}) AS VARCHAR) AS ${column}`;
      if (type === 'date' || type === 'integer') return `CAST(${column} AS VARCHAR) AS ${column}`;
      return column;
    })
    .join(', ');
}

/** The names of the columns that distinguish the rows of one session. */
export function listRowKey(dataset: Dataset): readonly string[] {
  const inRow = ['ts', 'as_of', 'expiry', 'strike', 'right', 'trading_class', 'exchange'];
  const names = Object.keys(getColumns(dataset));
  const isPlain = dataset === 'contracts' || dataset === 'quotes' || dataset === 'overviews';
  return inRow.filter((name) => names.includes(name) && (!isPlain || name === tables[dataset].time));
}

type Row = Readonly<Record<string, unknown>>;

/** One row in its canonical form. */
export interface CanonicalRow {
  /** Without the line break. */
  readonly line: string;
  /** Names the row within its session, for people: `2026-11-20T21:00:00Z`. */
  readonly key: string;
}

export function toCanonicalRow(row: Row, columns: readonly HashedColumn[], key: readonly string[]): CanonicalRow {
  const fields = columns.map(([name, type]) => formatField(row[name], type));
  return { line: fields.join('\t'), key: key.map((name) => formatKeyPart(name, row[name])).join('/') };
}

function formatField(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return String.raw`\N`;
  if (type === 'number') return formatDouble(Number(value));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (type !== 'text') return text;
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
}

/** The 64 bits of a double, in big-endian order: no decimal form of a number is the same in every program. */
function formatDouble(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

function formatKeyPart(name: string, value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (name !== 'ts' && name !== 'as_of') return text;
  return new Date(Number(text) / 1_000).toISOString().replace('.000Z', 'Z');
}

/** The hash of the rows of one session. */
export interface RowsHash {
  readonly rows: number;
  /** SHA-256 (hex) of the sorted lines, each with a line break. */
  readonly hash: string;
  /** Key and first 16 hexadecimal digits of the SHA-256 of each line, in the order of the lines: names the rows that changed. */
  readonly digests: readonly string[];
}

export function hashRows(rows: readonly CanonicalRow[]): RowsHash {
  const lines = rows.map(({ line, key }) => ({ bytes: Buffer.from(line), key }));
  lines.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const hash = createHash('sha256');
  for (const { bytes } of lines) hash.update(bytes).update('\n');
  return {
    rows: lines.length,
    hash: hash.digest('hex'),
    digests: lines.map(({ bytes, key }) => `${key} ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`),
  };
}
