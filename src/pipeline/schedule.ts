import { second } from '../core/time.js';
import { durationReader } from '../yaml/duration-reader.js';
import { didYouMean, problem, warning } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import { everFires, explainCron } from './cron-line.js';
import type { DueTimes, PipelineSymbol, Schedule } from './pipeline.js';
import type { PipelineFile } from './schema.generated.js';
import { checkSettings } from './settings.js';
import { fixedZones, isTimeZone, zoneMeant } from './time-zone.js';
import type { Validated } from './validate.js';

type ScheduleSection = NonNullable<PipelineFile['schedule']>;

/** What a schedule is read beside. */
export interface ScheduleContext {
  readonly symbols: readonly PipelineSymbol[];
  readonly knownCalendars: readonly string[];
}

/** The schedule, if there is one, with its times, zones and calendars checked. */
export function readSchedule(validated: Validated, context: ScheduleContext, report: Report): Schedule | null {
  const written = validated.file.schedule;
  if (written === undefined) return null;
  const times = readTimes(written, validated, context, report);
  if (times === null) return null;
  const { max_cycles: maxCycles = null, catch_up: catchUp = 'last', overlap = 'skip' } = written;
  const jitter = durationReader(validated, report)(written.jitter ?? '0s', ['schedule', 'jitter']) ?? 0;
  if (times.kind === 'interval' && jitter >= times.every && times.every > 0) {
    const message = `a jitter of ${written.jitter} reaches into the next cycle, ${written.every} later`;
    report(problem('out-of-range', placeAt(validated.root, ['schedule', 'jitter']), message));
  }
  return { times, maxCycles, catchUp, overlap, jitter };
}

function readTimes(
  written: ScheduleSection,
  validated: Validated,
  context: ScheduleContext,
  report: Report,
): DueTimes | null {
  const { root } = validated;
  const { cron, every } = written;
  if (cron !== undefined) {
    const misplaced = (['every', 'during', 'calendar'] as const).find((key) => written[key] !== undefined);
    if (misplaced !== undefined) refuse(misplaced, 'cron', validated, report);
    return readCron(cron, written.timezone ?? 'UTC', validated, report);
  }
  if (every !== undefined) {
    if (written.timezone !== undefined) refuse('timezone', 'every', validated, report);
    const market = readMarket(written, validated, context, report);
    const duration = durationReader(validated, report)(every, ['schedule', 'every']);
    if (duration !== null && duration < second) {
      report(
        problem('out-of-range', placeAt(root, ['schedule', 'every']), 'a cycle takes at least 1s', {
          suggestion: 'such as `every: 5m`',
        }),
      );
    }
    return duration === null ? null : { kind: 'interval', every: duration, market };
  }
  // Of one that could be read only in part, nobody knows what it does not say.
  if (validated.wasDropped(['schedule'])) return null;
  report(
    problem('missing-key', keyPlaceAt(root, ['schedule']), 'a schedule needs `cron` or `every`', {
      suggestion: 'add `cron: 30 18 * * 1-5`, or `every: 5m`',
    }),
  );
  return null;
}

function refuse(key: string, beside: 'cron' | 'every', { root }: Validated, report: Report): void {
  const reason = beside === 'cron' ? 'says itself when it is' : 'has no zone';
  const message = `\`${key}\` has no meaning beside \`${beside}\`, which ${reason}`;
  report(
    problem('conflicting-keys', keyPlaceAt(root, ['schedule', key]), message, { suggestion: `leave out \`${key}\`` }),
  );
}

/** Whose sessions gate the cycles; null for cycles at all times. */
function readMarket(
  { during = 'always', calendar }: ScheduleSection,
  { root }: Validated,
  { symbols, knownCalendars }: ScheduleContext,
  report: Report,
): string | null {
  const place = (key: string) => placeAt(root, ['schedule', key]);
  if (calendar !== undefined) checkSettings({ calendar }, knownCalendars, () => place('calendar'), report);
  if (during === 'always') {
    if (calendar !== undefined) {
      report(
        problem('conflicting-keys', place('calendar'), 'a calendar gates only cycles `during: market`', {
          suggestion: 'add `during: market`',
        }),
      );
    }
    return null;
  }
  if (calendar !== undefined) return calendar;
  const calendars = [...new Set(symbols.map(({ instrument }) => instrument.calendar))];
  const [only] = calendars;
  if (calendars.length > 1) {
    report(
      problem('missing-key', place('during'), `the symbols trade on ${enumerate(calendars)}; whose hours are meant?`, {
        suggestion: `add \`calendar: ${only ?? 'XNYS'}\``,
      }),
    );
  }
  // Without symbols something else was wrong, and has been told.
  return only ?? null;
}

function readCron(cron: string, timeZone: string, { root }: Validated, report: Report): DueTimes {
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
  else if (!everFires(cron, isKnownZone ? timeZone : 'UTC')) {
    report(
      problem('cron-never', cronPlace, `${quote(cron)} names a time that never comes`, {
        suggestion: 'look at the day and the month: the third and the fourth field',
      }),
    );
  }
  return { kind: 'cron', cron, timeZone };
}
