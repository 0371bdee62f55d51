import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import type { Column } from '../../../core/tables/tables.js';
import { toDayNumber, isLocalDate } from '../../../core/time/time.js';
import { parseTimestamp } from '../../yaml/parse-timestamp.js';

/** A value as written in a scenario. */
export type RawValue = string | number | boolean | null;

/** A value as stored in a column: text, or a number for every other type. */
export type CellValue = string | number | null;

/** Parses a value for a column; the error describes the values that the column accepts. */
export function parseCell(value: RawValue, name: string, { type }: Pick<Column, 'type'>): Result<CellValue, string> {
  if (value === null) return ok(null);
  if (name === 'right') return value === 'C' || value === 'P' ? ok(value) : err('`C` for calls or `P` for puts');
  const cell = parseByType[type](value);
  return cell === null ? err(expectedByType[type]) : ok(cell);
}

const parseByType: Readonly<Record<Column['type'], (value: string | number | boolean) => CellValue>> = {
  text: (value) => (typeof value === 'string' ? value : null),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null),
  integer: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null),
  boolean: (value) => (typeof value === 'boolean' ? Number(value) : null),
  timestamp: (value) =>
    typeof value === 'string'
      ? parseTimestamp(value)
      : typeof value === 'number' && Number.isSafeInteger(value)
        ? value
        : null,
  date: (value) => (typeof value === 'string' && isLocalDate(value) ? toDayNumber(value) : null),
};

const expectedByType: Readonly<Record<Column['type'], string>> = {
  text: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  timestamp: 'a timestamp with a zone, such as `2026-11-20T15:00:00-05:00`, or milliseconds since 1970',
  date: 'a date such as `2026-11-20`',
};
