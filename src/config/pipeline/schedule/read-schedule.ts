import { second } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList, quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import { hasNextRun, explainCron } from './explain-cron.js';
import type { DueTimes, PipelineSymbol, Schedule } from '../pipeline.js';
import type { PipelineFile } from '../schema.generated.js';
import { checkSymbolSettings } from '../symbols/symbol-settings.js';
import { fixedOffsetZones, isTimeZone, suggestTimeZone } from './time-zone.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

type ScheduleSection = NonNullable<PipelineFile['schedule']>;

/** What a schedule is read beside. */
export interface ScheduleContext {
  readonly symbols: readonly PipelineSymbol[];
  readonly knownCalendars: readonly string[];
}

/** The schedule, if there is one, with its times, zones and calendars checked. */
export function readSchedule(
  validated: ValidatedPipeline,
  context: ScheduleContext,
  report: ReportDiagnostic,
): Schedule | null {
  const raw = validated.file.schedule;
  if (raw === undefined) return null;
  const times = readTimes(raw, validated, context, report);
  if (times === null) return null;
  const { max_cycles: maxCycles = null, catch_up: catchUp = 'last', overlap = 'skip' } = raw;
  const jitter = createDurationReader(validated, report)(raw.jitter ?? '0s', ['schedule', 'jitter']) ?? 0;
  if (times.kind === 'interval' && jitter >= times.every && times.every > 0) {
    const message = `a jitter of ${raw.jitter} reaches into the next cycle, ${raw.every} later`;
    report(problem('out-of-range', findLocation(validated.root, ['schedule', 'jitter']), message));
  }
  return { times, maxCycles, catchUp, overlap, jitter };
}

function readTimes(
  raw: ScheduleSection,
  validated: ValidatedPipeline,
  context: ScheduleContext,
  report: ReportDiagnostic,
): DueTimes | null {
  const { root } = validated;
  const { cron, every } = raw;
  if (cron !== undefined) {
    const misplaced = (['every', 'during', 'calendar'] as const).find((key) => raw[key] !== undefined);
    if (misplaced !== undefined) rejectSetting(misplaced, 'cron', validated, report);
    return readCron(cron, raw.timezone ?? 'UTC', validated, report);
  }
  if (every !== undefined) {
    if (raw.timezone !== undefined) rejectSetting('timezone', 'every', validated, report);
    const market = readMarket(raw, validated, context, report);
    const duration = createDurationReader(validated, report)(every, ['schedule', 'every']);
    if (duration !== null && duration < second) {
      report(
        problem('out-of-range', findLocation(root, ['schedule', 'every']), 'a cycle takes at least 1s', {
          suggestion: 'such as `every: 5m`',
        }),
      );
    }
    return duration === null ? null : { kind: 'interval', every: duration, market };
  }
  // Of one that could be read only in part, nobody knows what it does not say.
  if (validated.wasDropped(['schedule'])) return null;
  report(
    problem('missing-key', findKeyLocation(root, ['schedule']), 'a schedule needs `cron` or `every`', {
      suggestion: 'add `cron: 30 18 * * 1-5`, or `every: 5m`',
    }),
  );
  return null;
}

function rejectSetting(
  key: string,
  beside: 'cron' | 'every',
  { root }: ValidatedPipeline,
  report: ReportDiagnostic,
): void {
  const reason = beside === 'cron' ? 'says itself when it is' : 'has no zone';
  const message = `\`${key}\` has no meaning beside \`${beside}\`, which ${reason}`;
  report(
    problem('conflicting-keys', findKeyLocation(root, ['schedule', key]), message, {
      suggestion: `leave out \`${key}\``,
    }),
  );
}

/** Whose sessions gate the cycles; null for cycles at all times. */
function readMarket(
  { during = 'always', calendar }: ScheduleSection,
  { root }: ValidatedPipeline,
  { symbols, knownCalendars }: ScheduleContext,
  report: ReportDiagnostic,
): string | null {
  const locate = (key: string) => findLocation(root, ['schedule', key]);
  if (calendar !== undefined) checkSymbolSettings({ calendar }, knownCalendars, () => locate('calendar'), report);
  if (during === 'always') {
    if (calendar !== undefined) {
      report(
        problem('conflicting-keys', locate('calendar'), 'a calendar gates only cycles `during: market`', {
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
      problem('missing-key', locate('during'), `the symbols trade on ${joinList(calendars)}; whose hours are meant?`, {
        suggestion: `add \`calendar: ${only ?? 'XNYS'}\``,
      }),
    );
  }
  // Without symbols something else was wrong, and has been told.
  return only ?? null;
}

function readCron(cron: string, timeZone: string, { root }: ValidatedPipeline, report: ReportDiagnostic): DueTimes {
  const zoneLocation = findLocation(root, ['schedule', 'timezone']);
  const isKnownZone = isTimeZone(timeZone);
  if (!isKnownZone) {
    report(
      problem('unknown-time-zone', zoneLocation, `there is no time zone ${quote(timeZone)}`, {
        suggestion: suggestTimeZone(timeZone),
      }),
    );
  } else if (Object.hasOwn(fixedOffsetZones, timeZone)) {
    report(
      warning('fixed-time-zone', zoneLocation, `${quote(timeZone)} has no summer time, unlike the exchanges there`, {
        suggestion: didYouMean(fixedOffsetZones[timeZone] ?? null),
      }),
    );
  }
  const cronLocation = findLocation(root, ['schedule', 'cron']);
  const explanation = explainCron(cron);
  if (explanation !== null) report(problem('bad-cron', cronLocation, explanation.message, explanation));
  else if (!hasNextRun(cron, isKnownZone ? timeZone : 'UTC')) {
    report(
      problem('cron-never', cronLocation, `${quote(cron)} names a time that never comes`, {
        suggestion: 'look at the day and the month: the third and the fourth field',
      }),
    );
  }
  return { kind: 'cron', cron, timeZone };
}
