import { isLocalDate } from '../../core/time/time.js';
import { quote } from './quote.js';

/** Why a text is no date, and what was probably meant; null when it is one. */
export function explainDate(text: string): { readonly message: string; readonly suggestion: string | null } | null {
  if (isLocalDate(text)) return null;
  const quoted = quote(text);
  const [, year = '', month = '', date = ''] = /^([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})$/.exec(text) ?? [];
  const normalized = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  if (normalized === text) {
    const lastDay = getLastDayOfMonth(Number(year), Number(month));
    return {
      message: `${quoted} is not in the calendar`,
      suggestion: lastDay === null ? null : `that month ends with \`${lastDay}\``,
    };
  }
  return {
    message: `${quoted} is not a date: write year-month-day, such as \`2024-01-31\``,
    suggestion: isLocalDate(normalized) ? `did you mean \`${normalized}\`?` : null,
  };
}

function getLastDayOfMonth(year: number, month: number): string | null {
  if (month < 1 || month > 12) return null;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${year}-${String(month).padStart(2, '0')}-${last}`;
}
