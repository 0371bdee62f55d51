import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import type { Column } from '../core/tables.js';
import { dayNumber, isLocalDate } from '../core/time.js';
import { parseMoment } from './moment.js';

/** A value as scenarios write it. */
export type Written = string | number | boolean | null;

/** A value as a column holds it: text, or a number of any type; null for nothing. */
export type Cell = string | number | null;

/** Reads a value for a column; the error says what such a column takes. */
export function cellOf(value: Written, name: string, { type }: Pick<Column, 'type'>): Result<Cell, string> {
  if (value === null) return ok(null);
  if (name === 'right') return value === 'C' || value === 'P' ? ok(value) : err('`C` for calls or `P` for puts');
  const cell = readers[type](value);
  return cell === null ? err(takes[type]) : ok(cell);
}

const readers: Readonly<Record<Column['type'], (value: string | number | boolean) => Cell>> = {
  text: (value) => (typeof value === 'string' ? value : null),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null),
  integer: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null),
  boolean: (value) => (typeof value === 'boolean' ? Number(value) : null),
  timestamp: (value) =>
    typeof value === 'string'
      ? parseMoment(value)
      : typeof value === 'number' && Number.isSafeInteger(value)
        ? value
        : null,
  date: (value) => (typeof value === 'string' && isLocalDate(value) ? dayNumber(value) : null),
};

const takes: Readonly<Record<Column['type'], string>> = {
  text: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  timestamp: 'a moment with its zone such as `2026-11-20T15:00:00-05:00`, or milliseconds since 1970',
  date: 'a date such as `2026-11-20`',
};
