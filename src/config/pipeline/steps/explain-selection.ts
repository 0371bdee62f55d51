import type { Diagnostic } from '../../../core/diagnostic.js';
import { describePath } from '../../yaml/explain-schema-error.js';
import type { SchemaViolation } from '../../yaml/explain-schema-error.js';
import { problem } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';
import { findLocation } from '../../yaml/tree.js';

/** What may be written for a selection, by the title of its schema, with an example of its rules. */
const forms: Readonly<Record<string, { readonly expected: string; readonly example: string }>> = {
  expiries: { expected: 'a number of expiries, `all`, or rules', example: '{ dte: [7, 30, 60], nearest: 4 }' },
  strikes: { expected: 'a number of strikes on each side, `all`, or rules', example: '{ delta: [0.1, 0.9] }' },
  'days to expiry': { expected: 'days, a list of days, or a range', example: '{ min: 20, max: 60 }' },
  'expiry rules': { expected: 'a number of expiries, `all`, or rules', example: '{ dte: [7, 30, 60], nearest: 4 }' },
  'strike rules': { expected: 'a number of strikes on each side, `all`, or rules', example: '{ delta: [0.1, 0.9] }' },
  'range of days': { expected: 'days, a list of days, or a range', example: '{ min: 20, max: 60 }' },
  'range of deltas': { expected: 'two deltas', example: '[0.1, 0.9]' },
};

/** Explains a selection of expiries or strikes that has the wrong form; null for any other value. */
export function explainSelection({ error, root, path, title }: SchemaViolation): Diagnostic | null {
  const { keyword } = error;
  const location = findLocation(root, path);
  const key = String(path.at(-1));
  if (title === 'selection word' && keyword === 'enum') {
    const form = forms[key];
    if (form === undefined) return null;
    const text = String(error.data);
    const message = `${describePath(path)} is the text ${quote(text)}; it must be ${form.expected}`;
    const suggestion = /^\d+$/.test(text)
      ? `remove the quotes: \`${text}\``
      : `for example \`${key}: ${form.example}\``;
    return problem('wrong-selection', location, message, { suggestion });
  }
  const form = forms[title];
  if (form === undefined) return null;
  const suggestion = `for example \`${key}: ${form.example}\``;
  if (keyword === 'minProperties')
    return problem('wrong-selection', location, `${describePath(path)} has no rule, so nothing would be selected`, {
      suggestion,
    });
  if (keyword === 'minItems' || keyword === 'maxItems')
    return problem('wrong-selection', location, `${describePath(path)} must be ${form.expected}`, { suggestion });
  if (keyword !== 'anyOf' || !['expiries', 'strikes', 'days to expiry'].includes(title)) return null;
  return problem('wrong-selection', location, `${describePath(path)} must be ${form.expected}`, {
    suggestion: suggestForValue(title, key, error.data) ?? suggestion,
  });
}

/** Completes a list of numbers, the likely form of a reader who knows the rules by half. */
function suggestForValue(title: string, key: string, value: unknown): string | null {
  if (!Array.isArray(value) || !value.every((one): one is number => typeof one === 'number')) return null;
  if (title === 'expiries') return `write \`${key}: { dte: [${value.join(', ')}] }\``;
  return title === 'strikes' && value.length === 2 ? `write \`${key}: { delta: [${value.join(', ')}] }\`` : null;
}
