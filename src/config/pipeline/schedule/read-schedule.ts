import { second } from '../../../core/time/time.js';
import { createDurationReader } from '../../yaml/duration-reader.js';
import { didYouMean, problem, warning } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import { hasNextRun, explainCron } from './explain-cron.js';
import type { DueTimes, PipelineSymbol, Schedule } from '../pipeline.js';
import type { PipelineFile } from '../schema.generated.js';
import { checkSymbolSettings } from '../symbols/symbol-settings.js';
import { isTimeZone } from '../../../core/time/time-zone.js';
import { fixedOffsetZones, suggestTimeZone } from './time-zone.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

type ScheduleSection = NonNullable<PipelineFile['schedule']>;

export interface ScheduleContext {
  readonly symbols: readonly PipelineSymbol[];
  readonly knownCalendars: readonly string[];
}

/** Reads the schedule and checks its times, time zone and calendar; null without a schedule. */
export function readSchedule(
  validated: ValidatedPipeline,
  context: ScheduleContext,
  report: ReportDiagnostic,
): Schedule | null {
  const raw = validated.file.schedule;
  if (raw === undefined) return null;
  const times = readTimes(raw, validated, context, report);
  const { max_cycles: maxCycles = null, catch_up: catchUp = 'last', overlap = 'skip', priority = 'normal' } = raw;
  const jitter = createDurationReader(validated, report)(raw.jitter ?? '0s', ['schedule', 'jitter']) ?? 0;
  if (times === null) return null;
  if (times.kind === 'interval' && jitter >= times.every && times.every > 0) {
    const message = `the jitter of ${raw.jitter} must be less than the interval of ${raw.every}`;
    report(problem('out-of-range', findLocation(validated.root, ['schedule', 'jitter']), message));
  }
  return { times, maxCycles, catchUp, overlap, priority, jitter };
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
    for (const key of ['every', 'market_hours', 'calendar'] as const)
      if (raw[key] !== undefined) rejectSetting(key, 'cron', validated, report);
    return readCron(cron, raw.timezone ?? 'UTC', validated, report);
  }
  if (every !== undefined) {
    if (raw.timezone !== undefined) rejectSetting('timezone', 'every', validated, report);
    const market = readMarket(raw, validated, context, report);
    const duration = createDurationReader(validated, report)(every, ['schedule', 'every']);
    if (duration !== null && duration < second) {
      report(
        problem('out-of-range', findLocation(root, ['schedule', 'every']), 'the interval must be at least 1s', {
          suggestion: 'for example `every: 5m`',
        }),
      );
    }
    return duration === null ? null : { kind: 'interval', every: duration, market };
  }
  // A setting that was dropped as invalid is not missing.
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
  const message = `\`${key}\` cannot be combined with \`${beside}\``;
  report(
    problem('conflicting-keys', findKeyLocation(root, ['schedule', key]), message, {
      suggestion: `remove \`${key}\``,
    }),
  );
}

/** Returns the calendar whose sessions limit the schedule; null for a schedule at all hours. */
function readMarket(
  { market_hours: isMarketHours = false, calendar }: ScheduleSection,
  { root }: ValidatedPipeline,
  { symbols, knownCalendars }: ScheduleContext,
  report: ReportDiagnostic,
): string | null {
  const locate = (key: string) => findLocation(root, ['schedule', key]);
  if (calendar !== undefined) checkSymbolSettings({ calendar }, knownCalendars, () => locate('calendar'), report);
  if (!isMarketHours) {
    if (calendar !== undefined) {
      report(
        problem('conflicting-keys', locate('calendar'), '`calendar` has no effect without `market_hours: true`', {
          suggestion: 'add `market_hours: true`, or remove `calendar`',
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
      problem('missing-key', locate('market_hours'), `the symbols have several calendars: ${joinList(calendars)}`, {
        suggestion: `add \`calendar: ${only ?? 'XNYS'}\``,
      }),
    );
  }
  // A pipeline without symbols has been reported.
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
      warning(
        'fixed-time-zone',
        zoneLocation,
        `${quote(timeZone)} has no daylight saving time, unlike the exchanges of that region`,
        {
          suggestion: didYouMean(fixedOffsetZones[timeZone] ?? null),
        },
      ),
    );
  }
  const cronLocation = findLocation(root, ['schedule', 'cron']);
  const explanation = explainCron(cron);
  if (explanation !== null) report(problem('bad-cron', cronLocation, explanation.message, explanation));
  else if (!hasNextRun(cron, isKnownZone ? timeZone : 'UTC')) {
    report(
      problem('never-due', cronLocation, `${quote(cron)} never matches`, {
        suggestion: 'check the third and fourth field: the day and the month',
      }),
    );
  }
  return { kind: 'cron', cron, timeZone };
}
