import { trimEndOf } from '../../platform/text/trim-end.js';
import { parseDuration } from '../../core/time/duration.js';
import { explainDate } from './explain-date.js';
import { didYouMean } from './problem.js';
import type { Explanation } from './problem.js';
import { quote } from './quote.js';

/** An explanation with the code of its diagnostic. */
export interface TextProblem extends Explanation {
  readonly code: string;
}

/** Explains why a text is not a duration. */
export function diagnoseDuration(text: string): TextProblem {
  const parsed = parseDuration(text);
  const message = parsed.ok ? `${quote(text)} is not a duration` : parsed.error.message;
  const closest = parsed.ok ? null : parsed.error.suggestion;
  return { code: 'bad-duration', message, suggestion: didYouMean(closest) };
}

/** Explains why a text is not a date. */
export function diagnoseDate(text: string): TextProblem {
  const { message, suggestion } = explainDate(text) ?? { message: `${quote(text)} is not a date`, suggestion: null };
  return { code: 'bad-date', message, suggestion };
}

/** Explains why a text is not a name that is only displayed, such as a pipeline's. */
export function diagnoseDisplayName(text: string): TextProblem {
  return diagnoseName(
    text,
    'use up to 64 letters, digits, spaces, `.`, `-` or `_`, starting with a letter or digit',
    /[^A-Za-z0-9 ._-]+/g,
  );
}

/** Explains why a text is not a name that other settings refer to. */
export function diagnoseIdentifier(text: string): TextProblem {
  return diagnoseName(text, 'use a letter, followed by up to 63 letters, digits, `-` or `_`', /[^A-Za-z0-9_-]+/g);
}

function diagnoseName(text: string, rule: string, forbidden: RegExp): TextProblem {
  const cleaned = text
    .trim()
    .replaceAll(forbidden, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 64);
  return {
    code: 'bad-name',
    message: `${quote(text)} is not a name: ${rule}`,
    suggestion: didYouMean(cleaned === '' ? null : trimEndOf(cleaned, '-')),
  };
}
