import { formatInstant } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';

/** One row of an answer of the lake. */
export type Row = Readonly<Record<string, unknown>>;

/** A text as SQL has it. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Texts as a list that `IN` takes; nothing is in an empty one. */
export function sqlList(texts: readonly string[]): string {
  return texts.length === 0 ? '(NULL)' : `(${texts.map(sqlString).join(', ')})`;
}

/** An instant as SQL has it. */
export function sqlInstant(instant: Instant): string {
  return `TIMESTAMPTZ ${sqlString(formatInstant(instant))}`;
}

/** A number of a row; null where there is none. */
export function readNumber(row: Row, column: string): number | null {
  const value = row[column];
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A text of a row; null where there is none. */
export function readText(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

/** An instant of a row, which the lake gives as text; NaN where there is none. */
export function readInstant(row: Row, column: string): Instant {
  return Date.parse(readText(row, column) ?? '');
}
