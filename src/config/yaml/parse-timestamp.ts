import { isLocalDate } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { quote } from './quote.js';
import type { TextProblem } from './diagnose-text.js';

const timestampPattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Parses a timestamp with a zone, such as `2026-11-20T15:00:00-05:00`; null if it is not one. */
export function parseTimestamp(text: string): Instant | null {
  const [, date] = timestampPattern.exec(text) ?? [];
  if (date === undefined || !isLocalDate(date)) return null;
  // JavaScript engines parse 30 February differently, so the date is checked first.
  const instant = Date.parse(text);
  return Number.isFinite(instant) ? instant : null;
}

/** Explains why a text is not a timestamp. */
export function diagnoseTimestamp(text: string): TextProblem {
  const code = 'bad-timestamp';
  if (timestampPattern.test(text))
    return { code, message: `the calendar has no date of ${quote(text)}`, suggestion: null };
  const withZone = [`${text.replace(' ', 'T')}Z`, `${text}T00:00:00Z`].find(
    (candidate) => parseTimestamp(candidate) !== null,
  );
  if (withZone !== undefined) {
    const message = `${quote(text)} has no time zone`;
    return { code, message, suggestion: `write \`${withZone}\`, or an offset such as \`-05:00\` instead of \`Z\`` };
  }
  const message = `${quote(text)} is not a timestamp; write it as \`2026-11-20T15:00:00-05:00\``;
  return { code, message, suggestion: null };
}
