import { noEmptyConfirmation } from '../../core/empty-confirmation.js';
import { barSizes, isIntraday } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { TradingSession } from '../../core/time/calendar.js';
import type { SeriesCoverage } from '../../core/coverage.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { overlaps } from '../../core/time/window.js';
import type { EquityStep, OptionsStep } from '../../config/pipeline/pipeline.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import { findAbsentSessions, noAbsentSessions } from './absent-sessions.js';
import type { AbsentSessions } from './absent-sessions.js';
import { batchGaps } from './batch-gaps.js';
import type { RequestBatch } from './batch-gaps.js';
import { findLostSessions, isLost } from './lost-sessions.js';
import { joinGaps, sessionGaps } from './session-gaps.js';
import type { GapOptions } from './session-gaps.js';
import type { PlanContext } from '../plan-context.js';
import type { Gap } from '../plan.js';
import { wantedSessions } from './wanted-sessions.js';

/** Missing data of one series of bars, and the fewest requests that fetch it. */
export interface MissingBars {
  readonly gaps: readonly Gap[];
  readonly batches: readonly RequestBatch[];
  /** Wanted sessions that the lake lacks and that are not requested. */
  readonly absent: AbsentSessions;
  /** What the provider said when it denied sessions; undefined if it denied none. */
  readonly deniedReason?: string;
  /** Wanted sessions with rows in the lake; only of options. */
  readonly traded: readonly LocalDate[];
}

/** Finds missing bars. Caches by coverage list, so that series that share one are planned once. */
export interface BarsPlanner {
  getWantedSessions(step: EquityStep | OptionsStep, calendar: string): readonly TradingSession[];
  /** Lost sessions; if `isWanted`, without those that the step wants, which `findMissing` finds. */
  findLost(
    step: EquityStep | OptionsStep,
    calendar: string,
    coverage: SeriesCoverage,
    isWanted: boolean,
  ): AbsentSessions;
  /** Nothing before the day of `historyStart` is missing: the provider has no older data. */
  findMissing(
    step: EquityStep | OptionsStep,
    calendar: string,
    barSize: BarSize,
    coverage: SeriesCoverage,
    historyStart?: Instant,
  ): MissingBars;
}

export function createBarsPlanner(context: PlanContext): BarsPlanner {
  const sessionsByKey = new Map<string, readonly TradingSession[]>();
  const missingByKey = new Map<string, Map<SeriesCoverage, MissingBars>>();

  const getWantedSessions = (step: EquityStep | OptionsStep, calendar: string): readonly TradingSession[] => {
    const key = `${step.name}\n${calendar}`;
    let sessions = sessionsByKey.get(key);
    if (sessions === undefined) {
      sessions = wantedSessions(context.calendar(calendar), step.lookback, step.hours, context.options, context.now);
      sessionsByKey.set(key, sessions);
    }
    return sessions;
  };

  const listLostSessions = (
    step: EquityStep | OptionsStep,
    calendar: string,
    coverage: SeriesCoverage,
  ): readonly TradingSession[] => {
    const { from, to } = context.options;
    return findLostSessions(coverage, context.calendar(calendar), step.hours, context.now).filter(
      ({ date }) => (from === null || date >= from) && (to === null || date < to),
    );
  };

  return {
    getWantedSessions,
    findLost(step, calendar, coverage, isWanted) {
      const { from, to, missing } = context.options;
      // A range says what the plan is about.
      if (missing || from !== null || to !== null || !isLost(coverage)) return noAbsentSessions;
      const wanted = new Set(isWanted ? getWantedSessions(step, calendar).map(({ date }) => date) : []);
      const dates = listLostSessions(step, calendar, coverage).flatMap(({ date }) => (wanted.has(date) ? [] : [date]));
      return dates.length === 0 ? noAbsentSessions : new Map([['lost', dates]]);
    },
    findMissing(step, calendar, barSize, coverage, historyStart = -Infinity) {
      const key = `${step.name}\n${calendar}\n${barSize}\n${historyStart}`;
      let missingByCoverage = missingByKey.get(key);
      if (missingByCoverage === undefined)
        missingByKey.set(key, (missingByCoverage = new Map<SeriesCoverage, MissingBars>()));
      const cached = missingByCoverage.get(coverage);
      if (cached !== undefined) return cached;
      const limits = context.limits(step.provider);
      const sessions = context.options.missing
        ? listLostSessions(step, calendar, coverage)
        : getWantedSessions(step, calendar);
      const firstIndex = sessions.findIndex(({ dayEnd }) => dayEnd > historyStart);
      const existingSessions = firstIndex <= 0 ? (firstIndex === 0 ? sessions : []) : sessions.slice(firstIndex);
      const gapOptions: GapOptions = {
        ...context.options,
        hours: step.hours,
        revisionWindow: step.revisionWindow ?? limits.revisionWindow,
        wholeSessions: !isIntraday(barSize),
        confirmation: limits.confirmEmpty ?? noEmptyConfirmation,
        now: context.now,
      };
      const missing = sessionGaps(coverage, existingSessions, gapOptions);
      const absent = findAbsentSessions(coverage, existingSessions, missing, gapOptions);
      // One bar is the smallest request, even when it is longer than the limit.
      const maxWindow = Math.max(limits.maxWindow[barSize], barSizes[barSize]);
      const batches = batchGaps(missing, maxWindow, step.hours);
      const traded = step.uses === 'options' ? findTradedDates(coverage, existingSessions) : [];
      const deniedReason = absent.has('denied')
        ? coverage.findLast(({ state }) => state === 'denied')?.reason
        : undefined;
      const bars: MissingBars = {
        ...{ absent, gaps: joinGaps(missing), batches, traded },
        ...omitUndefined({ deniedReason }),
      };
      missingByCoverage.set(coverage, bars);
      return bars;
    },
  };
}

function findTradedDates(coverage: SeriesCoverage, sessions: readonly TradingSession[]): readonly LocalDate[] {
  const withRows = coverage.filter(({ state }) => state === 'data' || state === 'provisional');
  return sessions
    .filter(({ open, close }) => withRows.some((window) => overlaps(window, { start: open, end: close })))
    .map(({ date }) => date);
}
