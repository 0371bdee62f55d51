import { explainLookback } from './steps/lookback.js';
import { explainSymbol } from './symbols/explain-symbol.js';
import { quote } from '../yaml/quote.js';
import { diagnoseDate, diagnoseDuration, diagnoseDisplayName, diagnoseIdentifier } from '../yaml/diagnose-text.js';
import type { TextProblem } from '../yaml/diagnose-text.js';
import { suggestTimeZone } from './schedule/time-zone.js';

/** Explains why a text does not match the pattern of the schema part with this title. */
export function explainText(title: string, text: string): TextProblem {
  const quoted = quote(text);
  switch (title) {
    case 'symbol': {
      const { message, suggestion } = explainSymbol(text) ?? { message: `${quoted} is not a symbol`, suggestion: null };
      return { code: 'bad-symbol', message, suggestion };
    }
    case 'duration':
      return diagnoseDuration(text);
    case 'lookback':
      return { code: 'bad-lookback', ...explainLookback(text) };
    case 'date':
      return diagnoseDate(text);
    case 'currency':
      return explainCode(
        'bad-currency',
        text,
        /^[A-Z]{3}$/,
        `${quoted} is not a currency; write its three letters, such as \`USD\``,
      );
    case 'calendar':
      return explainCode(
        'unknown-calendar',
        text,
        /^[A-Z0-9]{4}$/,
        `${quoted} is not a calendar; write its four letters, such as \`XNYS\``,
      );
    case 'name':
    case 'budget name':
      return diagnoseIdentifier(text);
    case 'pipeline name':
      return diagnoseDisplayName(text);
    case 'URL':
      return {
        code: 'bad-url',
        message: `${quoted} is not a URL`,
        suggestion: 'start it with `http://` or `https://`',
      };
    case 'time zone':
      return {
        code: 'unknown-time-zone',
        message: `there is no time zone ${quoted}`,
        suggestion: suggestTimeZone(text),
      };
    default:
      return { code: 'bad-text', message: `${quoted} is not a ${title}`, suggestion: null };
  }
}

function explainCode(code: string, text: string, pattern: RegExp, message: string): TextProblem {
  const upperCased = text.trim().toUpperCase();
  return { code, message, suggestion: pattern.test(upperCased) ? `did you mean \`${upperCased}\`?` : null };
}
