import { barSizes, isIntraday } from '../core/bars.js';
import type { BarSize } from '../core/bars.js';
import type { Session } from '../core/calendar.js';
import type { SeriesCoverage } from '../core/coverage.js';
import type { Instant } from '../core/time.js';
import type { EquityStep, OptionsStep } from '../pipeline/pipeline.js';
import { overlaps } from '../core/window.js';
import { cutGaps } from './cut.js';
import type { Cut } from './cut.js';
import { joinGaps, sessionGaps } from './gaps.js';
import type { PlanContext } from './context.js';
import type { Gap } from './plan.js';
import { wantedSessions } from './wanted.js';

/** What one series of bars lacks, and the fewest requests that bring it. */
export interface BarsNeed {
  readonly gaps: readonly Gap[];
  readonly cuts: readonly Cut[];
  /** Whether some of the wanted sessions were refused and are left alone. */
  readonly refused: boolean;
}

const nothingNeeded: BarsNeed = { gaps: [], cuts: [], refused: false };

/** Says what a series needs; remembers by shared coverage lists, so that equal histories are planned once. */
export interface BarsPlanner {
  wanted(step: EquityStep | OptionsStep, calendar: string): readonly Session[];
  /** `first` is when the source's history begins, where that is known: nothing before its day is missing. */
  need(
    step: EquityStep | OptionsStep,
    calendar: string,
    barSize: BarSize,
    coverage: SeriesCoverage,
    first?: Instant,
  ): BarsNeed;
}

export function barsPlanner(context: PlanContext): BarsPlanner {
  const wantedBy = new Map<string, readonly Session[]>();
  const needsBy = new Map<string, Map<SeriesCoverage, BarsNeed>>();

  const wanted = (step: EquityStep | OptionsStep, calendar: string): readonly Session[] => {
    const key = `${step.name}\n${calendar}`;
    let sessions = wantedBy.get(key);
    if (sessions === undefined) {
      sessions = wantedSessions(context.calendar(calendar), step.lookback, step.hours, context.options, context.now);
      wantedBy.set(key, sessions);
    }
    return sessions;
  };

  return {
    wanted,
    need(step, calendar, barSize, coverage, first = -Infinity) {
      const key = `${step.name}\n${calendar}\n${barSize}\n${first}`;
      let needs = needsBy.get(key);
      if (needs === undefined) needsBy.set(key, (needs = new Map<SeriesCoverage, BarsNeed>()));
      const known = needs.get(coverage);
      if (known !== undefined) return known;
      const limits = context.limits(step.provider);
      const sessions = wanted(step, calendar);
      const begins = sessions.findIndex(({ dayEnd }) => dayEnd > first);
      const possible = begins <= 0 ? (begins === 0 ? sessions : []) : sessions.slice(begins);
      const missing = sessionGaps(coverage, possible, {
        ...context.options,
        hours: step.hours,
        settle: step.settle ?? limits.settleTime,
        wholeSessions: !isIntraday(barSize),
        now: context.now,
      });
      const refused = !context.options.retryDenied && !context.options.force && isRefused(coverage, possible);
      const need =
        missing.length === 0
          ? refused
            ? { ...nothingNeeded, refused }
            : nothingNeeded
          : {
              refused,
              gaps: joinGaps(missing),
              // A bar longer than the limit would allow is still one bar: never cut below the bar itself.
              cuts: cutGaps(missing, Math.max(limits.longestWindow[barSize], barSizes[barSize]), step.hours),
            };
      needs.set(coverage, need);
      return need;
    },
  };
}

/** Whether permission was refused for some of the sessions. */
function isRefused(coverage: SeriesCoverage, sessions: readonly Session[]): boolean {
  const denied = coverage.filter(({ state }) => state === 'denied');
  return (
    denied.length > 0 &&
    sessions.some(({ open, close }) => denied.some((part) => overlaps(part, { start: open, end: close })))
  );
}
