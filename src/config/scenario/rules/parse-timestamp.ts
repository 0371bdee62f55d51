import { isLocalDate } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { quote } from '../../yaml/quote.js';
import type { TextProblem } from '../../yaml/diagnose-text.js';

const timestampPattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The instant of a moment with a zone, such as `2026-11-20T15:00:00-05:00`; null for one that is none. */
export function parseTimestamp(text: string): Instant | null {
  const [, date] = timestampPattern.exec(text) ?? [];
  if (date === undefined || !isLocalDate(date)) return null;
  // Engines differ in what they make of 30 February, so the date is checked before.
  const instant = Date.parse(text);
  return Number.isFinite(instant) ? instant : null;
}

/** What a text lacks to be a moment. */
export function diagnoseTimestamp(text: string): TextProblem {
  const code = 'bad-moment';
  if (timestampPattern.test(text)) return { code, message: `${quote(text)} is not in the calendar`, suggestion: null };
  const withZone = [`${text.replace(' ', 'T')}Z`, `${text}T00:00:00Z`].find(
    (candidate) => parseTimestamp(candidate) !== null,
  );
  if (withZone !== undefined) {
    const message = `${quote(text)} does not say in which zone`;
    return { code, message, suggestion: `write \`${withZone}\`, or an offset such as \`-05:00\` for the \`Z\`` };
  }
  const message = `${quote(text)} is not a moment: write it as \`2026-11-20T15:00:00-05:00\``;
  return { code, message, suggestion: null };
}
