import { Cron } from 'croner';
import { closestMatch } from '../../../platform/suggest.js';
import type { Instant } from '../../../core/time/time.js';
import { didYouMean } from '../../yaml/problem.js';
import { joinList, quote } from '../../yaml/quote.js';

/** Any instant does to find out whether a cron line ever fires; the search reaches over many leap years. */
const referenceInstant: Instant = Date.UTC(2024, 0, 1);

/** Whether a cron line names a time that comes. */
export function hasNextRun(cron: string, timeZone: string): boolean {
  return (
    new Cron(cron, { mode: '5-part', timezone: timeZone, paused: true }).nextRun(new Date(referenceInstant)) !== null
  );
}

const fieldNames = ['minute', 'hour', 'day of month', 'month', 'day of week'];

/** Says what is wrong with a cron line; null when nothing is. */
export function explainCron(cron: string): { readonly message: string; readonly suggestion: string | null } | null {
  const parts = cron.trim().split(/\s+/);
  if (!cron.startsWith('@') && parts.length !== 5) {
    return {
      message: `${quote(cron)} has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'}; a cron line has five: ${fieldNames.join(', ')}`,
      suggestion:
        parts.length === 6
          ? `without seconds: \`${parts.slice(1).join(' ')}\``
          : 'at 18:30 from Monday to Friday: `30 18 * * 1-5`',
    };
  }
  try {
    // Stopped before it starts: only its reading of the line is wanted.
    new Cron(cron, { mode: '5-part', paused: true });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    const [, field = '', value = ''] = /^Invalid value for (\w+): (.*)$/.exec(reason) ?? [];
    const range = fieldRanges[field];
    if (range !== undefined)
      return { message: `${quote(value)} is no ${range.name}`, suggestion: `write ${range.values}` };
    if (cron.startsWith('@')) {
      return {
        message: `${quote(cron)} is none of ${joinList(nicknames)}`,
        suggestion: didYouMean(closestMatch(cron, nicknames)),
      };
    }
    // The parser names numbers that it has not read.
    const cleanedReason = reason.replaceAll(/ \((?:NaN)?\)/g, '');
    return { message: `${quote(cron)} is not a cron line: ${cleanedReason}`, suggestion: null };
  }
}

const nicknames = ['@hourly', '@daily', '@weekly', '@monthly', '@yearly'];

const fieldRanges: Readonly<Record<string, { readonly name: string; readonly values: string }>> = {
  minute: { name: 'minute', values: '0 to 59' },
  hour: { name: 'hour', values: '0 to 23' },
  day: { name: 'day of a month', values: '1 to 31' },
  month: { name: 'month', values: '1 to 12, or JAN to DEC' },
  dayOfWeek: { name: 'day of the week', values: '0 to 6 from Sunday, or SUN to SAT' },
};
