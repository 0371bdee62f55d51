import { isLocalDate } from '../../core/time/time.js';
import { didYouMean } from './problem.js';
import type { Explanation } from './problem.js';
import { quote } from './quote.js';

/** Explains why a text is not a date; null if it is one. */
export function explainDate(text: string): Explanation | null {
  if (isLocalDate(text)) return null;
  const quoted = quote(text);
  const [, year = '', month = '', date = ''] = /^([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})$/.exec(text) ?? [];
  const normalized = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  if (normalized === text) {
    const lastDay = getLastDayOfMonth(Number(year), Number(month));
    return {
      message: `the calendar has no date ${quoted}`,
      suggestion: lastDay === null ? null : `the last day of that month is \`${lastDay}\``,
    };
  }
  return {
    message: `${quoted} is not a date; write it as year-month-day, such as \`2024-01-31\``,
    suggestion: didYouMean(isLocalDate(normalized) ? normalized : null),
  };
}

function getLastDayOfMonth(year: number, month: number): string | null {
  if (month < 1 || month > 12) return null;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${year}-${String(month).padStart(2, '0')}-${last}`;
}
