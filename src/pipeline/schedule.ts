import { Cron } from 'croner';
import type { Instant } from '../core/time.js';
import { nearest } from '../core/nearest.js';
import type { Schedule } from './pipeline.js';
import { didYouMean, problem, warning } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { fixedZones, isTimeZone, zoneMeant } from './time-zone.js';
import { placeAt } from '../yaml/tree.js';
import type { Validated } from './validate.js';

/** Any instant does to find out whether a cron line ever fires; the search reaches over many leap years. */
const anyInstant: Instant = Date.UTC(2024, 0, 1);

/** When a schedule is due next after an instant; null when never. */
export function nextDue({ cron, timeZone }: Schedule, after: Instant): Instant | null {
  return (
    new Cron(cron, { mode: '5-part', timezone: timeZone, paused: true }).nextRun(new Date(after))?.getTime() ?? null
  );
}

/** The schedule, if there is one, with its cron line and its time zone checked. */
export function readSchedule({ file, root }: Validated, report: Report): Schedule | null {
  if (file.schedule === undefined) return null;
  const { cron, timezone: timeZone = 'UTC' } = file.schedule;
  const zonePlace = placeAt(root, ['schedule', 'timezone']);
  const isKnownZone = isTimeZone(timeZone);
  if (!isKnownZone) {
    report(
      problem('unknown-time-zone', zonePlace, `there is no time zone ${quote(timeZone)}`, {
        suggestion: zoneMeant(timeZone),
      }),
    );
  } else if (Object.hasOwn(fixedZones, timeZone)) {
    report(
      warning('fixed-time-zone', zonePlace, `${quote(timeZone)} has no summer time, unlike the exchanges there`, {
        suggestion: didYouMean(fixedZones[timeZone] ?? null),
      }),
    );
  }
  const cronPlace = placeAt(root, ['schedule', 'cron']);
  const wrong = explainCron(cron);
  if (wrong !== null) report(problem('bad-cron', cronPlace, wrong.message, wrong));
  else if (nextDue({ cron, timeZone: isKnownZone ? timeZone : 'UTC' }, anyInstant) === null) {
    report(
      problem('cron-never', cronPlace, `${quote(cron)} names a time that never comes`, {
        suggestion: 'look at the day and the month: the third and the fourth field',
      }),
    );
  }
  return { cron, timeZone };
}

const fields = ['minute', 'hour', 'day of month', 'month', 'day of week'];

/** Says what is wrong with a cron line; null when nothing is. */
function explainCron(cron: string): { readonly message: string; readonly suggestion: string | null } | null {
  const parts = cron.trim().split(/\s+/);
  if (!cron.startsWith('@') && parts.length !== 5) {
    return {
      message: `${quote(cron)} has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'}; a cron line has five: ${fields.join(', ')}`,
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
    const range = ranges[field];
    if (range !== undefined)
      return { message: `${quote(value)} is no ${range.name}`, suggestion: `write ${range.values}` };
    if (cron.startsWith('@')) {
      return {
        message: `${quote(cron)} is none of ${enumerate(nicknames)}`,
        suggestion: didYouMean(nearest(cron, nicknames)),
      };
    }
    return { message: `${quote(cron)} is not a cron line: ${reason}`, suggestion: null };
  }
}

const nicknames = ['@hourly', '@daily', '@weekly', '@monthly', '@yearly'];

const ranges: Readonly<Record<string, { readonly name: string; readonly values: string }>> = {
  minute: { name: 'minute', values: '0 to 59' },
  hour: { name: 'hour', values: '0 to 23' },
  day: { name: 'day of a month', values: '1 to 31' },
  month: { name: 'month', values: '1 to 12, or JAN to DEC' },
  dayOfWeek: { name: 'day of the week', values: '0 to 6 from Sunday, or SUN to SAT' },
};
