import { formatInstant } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';

/** One row of a query result. */
export type Row = Readonly<Record<string, unknown>>;

/** Formats a text as a SQL literal. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Formats texts as a list for `IN`; an empty list matches nothing. */
export function sqlList(texts: readonly string[]): string {
  return texts.length === 0 ? '(NULL)' : `(${texts.map(sqlString).join(', ')})`;
}

/** Formats an instant as a SQL literal. */
export function sqlInstant(instant: Instant): string {
  return `TIMESTAMPTZ ${sqlString(formatInstant(instant))}`;
}

/** Reads a number; null when there is none. */
export function readNumber(row: Row, column: string): number | null {
  const value = row[column];
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Reads a text; null when there is none. */
export function readText(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

/** Reads an instant, which query results have as text; NaN when there is none. */
export function readInstant(row: Row, column: string): Instant {
  return Date.parse(readText(row, column) ?? '');
}
