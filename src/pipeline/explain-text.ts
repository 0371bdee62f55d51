import { explainLookback } from './lookback.js';
import { explainSymbol } from './symbol.js';
import { quote } from '../yaml/text.js';
import { dateProblem, durationProblem, freeNameProblem, plainNameProblem } from '../yaml/text-problems.js';
import type { TextProblem } from '../yaml/text-problems.js';
import { zoneMeant } from './time-zone.js';

/** Says what a text lacks to be what its place wants, which the schema names by its title. */
export function explainText(title: string, text: string): TextProblem {
  const shown = quote(text);
  switch (title) {
    case 'symbol': {
      const { message, suggestion } = explainSymbol(text) ?? { message: `${shown} is not a symbol`, suggestion: null };
      return { code: 'bad-symbol', message, suggestion };
    }
    case 'duration':
      return durationProblem(text);
    case 'look-back':
      return { code: 'bad-lookback', ...explainLookback(text) };
    case 'date':
      return dateProblem(text);
    case 'currency':
      return shortCode(
        'bad-currency',
        text,
        /^[A-Z]{3}$/,
        `${shown} is not a currency: write its three letters, such as \`USD\``,
      );
    case 'calendar':
      return shortCode(
        'unknown-calendar',
        text,
        /^[A-Z0-9]{4}$/,
        `${shown} is not a calendar: write its four letters, such as \`XNYS\``,
      );
    case 'name':
    case 'budget name':
      return plainNameProblem(text);
    case 'pipeline name':
      return freeNameProblem(text);
    case 'URL':
      return { code: 'bad-url', message: `${shown} is not a URL`, suggestion: 'begin it with `http://` or `https://`' };
    case 'time zone':
      return {
        code: 'unknown-time-zone',
        message: `there is no time zone ${shown}`,
        suggestion: zoneMeant(text),
      };
    default:
      return { code: 'bad-text', message: `${shown} is not a ${title}`, suggestion: null };
  }
}

function shortCode(code: string, text: string, pattern: RegExp, message: string): TextProblem {
  const upper = text.trim().toUpperCase();
  return { code, message, suggestion: pattern.test(upper) ? `did you mean \`${upper}\`?` : null };
}
