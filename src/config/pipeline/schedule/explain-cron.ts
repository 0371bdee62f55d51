import { Cron } from 'croner';
import { closestMatch } from '../../../platform/suggest.js';
import type { Instant } from '../../../core/time/time.js';
import { didYouMean } from '../../yaml/problem.js';
import type { Explanation } from '../../yaml/problem.js';
import { errorMessage } from '../../../platform/error-message.js';
import { joinList, pluralize } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';

/** Start of the search for the first match of a cron expression; the search covers many leap years. */
const referenceInstant: Instant = Date.UTC(2024, 0, 1);

/** Returns whether a cron expression ever matches. */
export function hasNextRun(cron: string, timeZone: string): boolean {
  return (
    new Cron(cron, { mode: '5-part', timezone: timeZone, paused: true }).nextRun(new Date(referenceInstant)) !== null
  );
}

const fieldNames = ['minute', 'hour', 'day of month', 'month', 'day of week'];

/** Explains why a text is not a cron expression; null if it is one. */
export function explainCron(cron: string): Explanation | null {
  const parts = cron.trim().split(/\s+/);
  if (!cron.startsWith('@') && parts.length !== 5) {
    return {
      message: `${quote(cron)} has ${pluralize(parts.length, 'field')}; a cron expression has five: ${fieldNames.join(', ')}`,
      suggestion:
        parts.length === 6
          ? `remove the seconds: \`${parts.slice(1).join(' ')}\``
          : 'for example `30 18 * * 1-5` for 18:30 from Monday to Friday',
    };
  }
  try {
    // The paused instance only parses the expression.
    new Cron(cron, { mode: '5-part', paused: true });
    return null;
  } catch (error) {
    const reason = errorMessage(error).replace(/^CronPattern: /, '');
    const [, field = '', value = ''] = /^Invalid value for (\w+): (.*)$/.exec(reason) ?? [];
    const range = fieldRanges[field];
    if (range !== undefined)
      return { message: `${quote(value)} is not a ${range.name}`, suggestion: `use ${range.values}` };
    if (cron.startsWith('@')) {
      return {
        message: `${quote(cron)} is not one of ${joinList(nicknames, 'or')}`,
        suggestion: didYouMean(closestMatch(cron, nicknames)),
      };
    }
    // The parser's message contains numbers that it failed to parse.
    const cleanedReason = reason.replaceAll(/ \((?:NaN)?\)/g, '');
    return { message: `${quote(cron)} is not a cron expression: ${cleanedReason}`, suggestion: null };
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
