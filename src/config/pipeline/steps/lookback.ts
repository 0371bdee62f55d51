import { suggestUnit } from '../../../core/time/duration.js';
import type { Lookback } from '../pipeline.js';
import { didYouMean } from '../../yaml/problem.js';
import type { Explanation } from '../../yaml/problem.js';
import { quote } from '../../yaml/quote.js';

const daysPerUnit = { d: 1, w: 7, mo: 365.25 / 12, y: 365.25 } as const;

/** Parses a lookback; null for a text that is not one or exceeds 100 years. */
export function parseLookback(text: string): Lookback | null {
  const [, digits = '', unit = ''] = /^([0-9]{1,5}) ?(d|w|mo|y|sessions?)$/.exec(text) ?? [];
  const count = Number(digits);
  if (count < 1) return null;
  if (unit.startsWith('session')) return count > 30_000 ? null : { kind: 'sessions', count };
  if (unit !== 'd' && unit !== 'w' && unit !== 'mo' && unit !== 'y') return null;
  const days = Math.round(count * daysPerUnit[unit]);
  return days > 36_525 ? null : { kind: 'days', days };
}

/** Explains why a text is not a valid lookback. */
export function explainLookback(text: string): Explanation {
  const [, digits = '', rest = ''] = text.length > 100 ? [] : (/^([0-9]+)([A-Za-z\s]*)$/.exec(text.trim()) ?? []);
  const word = rest.trim();
  const count = Number(digits);
  const quoted = quote(text);
  if (digits !== '' && count === 0) return { message: `the lookback ${quoted} must be more than 0`, suggestion: null };
  if (hasLookbackForm(text)) return { message: `the lookback ${quoted} is longer than 100 years`, suggestion: null };
  if (digits !== '' && word === '') {
    return {
      message: `the lookback ${quoted} has no unit`,
      suggestion: `write \`${count}d\`, \`${count} sessions\` or another unit: w, mo, y`,
    };
  }
  if (digits !== '' && word === 'm') {
    return {
      message: `the unit of ${quoted} is ambiguous: minutes or months`,
      suggestion: `write \`${count}mo\` for months`,
    };
  }
  const unit = digits === '' ? null : parseLookbackUnit(word);
  return {
    message: `${quoted} is not a lookback; write a number with d, w, mo, y or \`sessions\`, such as \`1y\`, \`90d\` or \`250 sessions\``,
    suggestion: unit === null ? null : didYouMean(unit === 'sessions' ? `${count} sessions` : `${count}${unit}`),
  };
}

function hasLookbackForm(text: string): boolean {
  return /^[0-9]+ ?(d|w|mo|y|sessions?)$/.test(text);
}

function parseLookbackUnit(word: string): string | null {
  const lower = word.toLowerCase();
  if (/^(y|yr|yrs|year|years)$/.test(lower)) return 'y';
  if (/^(mo|mos|mon|mth|mths|month|months)$/.test(lower)) return 'mo';
  if (/^(s|sess|session|sessions|bars?|(trading ?)days? of trading|trading ?days?|td)$/.test(lower)) return 'sessions';
  const unit = suggestUnit(lower);
  return unit === 'd' || unit === 'w' ? unit : null;
}
