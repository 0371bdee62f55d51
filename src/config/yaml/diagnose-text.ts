import { parseDuration } from '../../core/time/duration.js';
import { explainDate } from './explain-date.js';
import { quote } from './quote.js';

/** What is wrong with a text, and what was probably meant. */
export interface TextProblem {
  readonly code: string;
  readonly message: string;
  readonly suggestion: string | null;
}

/** What a text lacks to be a duration. */
export function diagnoseDuration(text: string): TextProblem {
  const parsed = parseDuration(text);
  const message = parsed.ok ? `${quote(text)} is not a duration` : parsed.error.message;
  const closest = parsed.ok ? null : parsed.error.suggestion;
  return { code: 'bad-duration', message, suggestion: closest === null ? null : `did you mean \`${closest}\`?` };
}

/** What a text lacks to be a date. */
export function diagnoseDate(text: string): TextProblem {
  const { message, suggestion } = explainDate(text) ?? { message: `${quote(text)} is not a date`, suggestion: null };
  return { code: 'bad-date', message, suggestion };
}

/** What a text lacks to be the name of a thing of its own, such as a pipeline. */
export function diagnoseDisplayName(text: string): TextProblem {
  return diagnoseName(
    text,
    'up to 64 letters, digits, spaces, `.`, `-` or `_`, a letter or digit first',
    /[^A-Za-z0-9 ._-]+/g,
  );
}

/** What a text lacks to be a name that other things refer to. */
export function diagnoseIdentifier(text: string): TextProblem {
  return diagnoseName(text, 'a letter, then up to 63 letters, digits, `-` or `_`', /[^A-Za-z0-9_-]+/g);
}

function diagnoseName(text: string, rule: string, forbidden: RegExp): TextProblem {
  const cleaned = text
    .trim()
    .replaceAll(forbidden, '-')
    .replace(/^[^A-Za-z]+/, '')
    .replace(/-+$/, '')
    .slice(0, 64);
  return {
    code: 'bad-name',
    message: `${quote(text)} is not a name: ${rule}`,
    suggestion: cleaned === '' ? null : `did you mean \`${cleaned}\`?`,
  };
}
