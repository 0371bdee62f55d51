import { parseDuration } from '../core/duration.js';
import { explainDate } from '../yaml/explain-date.js';
import { explainLookback } from './lookback.js';
import { explainSymbol } from './symbol.js';
import type { TextProblem } from '../yaml/explain.js';
import { quote } from '../yaml/text.js';
import { zoneMeant } from './time-zone.js';

/** Says what a text lacks to be what its place wants, which the schema names by its title. */
export function explainText(title: string, text: string): TextProblem {
  const shown = quote(text);
  switch (title) {
    case 'symbol': {
      const { message, suggestion } = explainSymbol(text) ?? { message: `${shown} is not a symbol`, suggestion: null };
      return { code: 'bad-symbol', message, suggestion };
    }
    case 'duration': {
      const parsed = parseDuration(text);
      const message = parsed.ok ? `${shown} is not a duration` : parsed.error.message;
      const meant = parsed.ok ? null : parsed.error.suggestion;
      return { code: 'bad-duration', message, suggestion: meant === null ? null : `did you mean \`${meant}\`?` };
    }
    case 'look-back':
      return { code: 'bad-lookback', ...explainLookback(text) };
    case 'date': {
      const { message, suggestion } = explainDate(text) ?? { message: `${shown} is not a date`, suggestion: null };
      return { code: 'bad-date', message, suggestion };
    }
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
      return badName(
        text,
        `${shown} is not a name: a letter, then up to 63 letters, digits, \`-\` or \`_\``,
        /[^A-Za-z0-9_-]+/g,
      );
    case 'pipeline name':
      return badName(
        text,
        `${shown} is not a name: up to 64 letters, digits, spaces, \`.\`, \`-\` or \`_\`, a letter or digit first`,
        /[^A-Za-z0-9 ._-]+/g,
      );
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

function badName(text: string, message: string, forbidden: RegExp): TextProblem {
  const plain = text
    .trim()
    .replaceAll(forbidden, '-')
    .replace(/^[^A-Za-z]+/, '')
    .replace(/-+$/, '')
    .slice(0, 64);
  return { code: 'bad-name', message, suggestion: plain === '' ? null : `did you mean \`${plain}\`?` };
}
