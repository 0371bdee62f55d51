import { noEmptyConfirmation } from '../../core/empty-confirmation.js';
import { holdsRows } from '../../core/coverage-fold.js';
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
import { findSessionsIn, isLost } from './lost-sessions.js';
import { addOverlap } from './overlap.js';
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
    /** Number of final sessions that a request for newer ones compares again. */
    overlap?: number,
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

  const listSessionsIn = (
    state: 'missing' | 'rescaled',
    step: EquityStep | OptionsStep,
    calendar: string,
    coverage: SeriesCoverage,
  ): readonly TradingSession[] => {
    const { from, to } = context.options;
    return findSessionsIn(state, coverage, context.calendar(calendar), step.hours, context.now).filter(
      ({ date }) => (from === null || date >= from) && (to === null || date < to),
    );
  };

  const restates = (context.restate ?? 'auto') === 'auto';

  /** The sessions of the lookback, and those of any age on an earlier price scale. */
  const listSessions = (
    step: EquityStep | OptionsStep,
    calendar: string,
    coverage: SeriesCoverage,
  ): readonly TradingSession[] => {
    if (context.options.missing) return listSessionsIn('missing', step, calendar, coverage);
    if (context.options.restate) return listSessionsIn('rescaled', step, calendar, coverage);
    const wanted = getWantedSessions(step, calendar);
    if (!restates || !coverage.some(({ state }) => state === 'rescaled')) return wanted;
    const dates = new Set(wanted.map(({ date }) => date));
    const rescaled = listSessionsIn('rescaled', step, calendar, coverage).filter(({ date }) => !dates.has(date));
    return [...wanted, ...rescaled].sort((a, b) => a.open - b.open);
  };

  return {
    getWantedSessions,
    findLost(step, calendar, coverage, isWanted) {
      const { from, to, missing, restate } = context.options;
      // A range says what the plan is about.
      if (missing || restate || from !== null || to !== null || !isLost(coverage)) return noAbsentSessions;
      const wanted = new Set(isWanted ? getWantedSessions(step, calendar).map(({ date }) => date) : []);
      const dates = listSessionsIn('missing', step, calendar, coverage).flatMap(({ date }) =>
        wanted.has(date) ? [] : [date],
      );
      return dates.length === 0 ? noAbsentSessions : new Map([['lost', dates]]);
    },
    findMissing(step, calendar, barSize, coverage, historyStart = -Infinity, overlap = 0) {
      const key = `${step.name}\n${calendar}\n${barSize}\n${historyStart}\n${overlap}`;
      let missingByCoverage = missingByKey.get(key);
      if (missingByCoverage === undefined)
        missingByKey.set(key, (missingByCoverage = new Map<SeriesCoverage, MissingBars>()));
      const cached = missingByCoverage.get(coverage);
      if (cached !== undefined) return cached;
      const limits = context.limits(step.provider);
      const sessions = listSessions(step, calendar, coverage);
      const firstIndex = sessions.findIndex(({ dayEnd }) => dayEnd > historyStart);
      const existingSessions = firstIndex <= 0 ? (firstIndex === 0 ? sessions : []) : sessions.slice(firstIndex);
      const gapOptions: GapOptions = {
        ...context.options,
        hours: step.hours,
        revisionWindow: step.revisionWindow ?? limits.revisionWindow,
        wholeSessions: !isIntraday(barSize),
        confirmation: limits.confirmEmpty ?? noEmptyConfirmation,
        restates,
        now: context.now,
      };
      const missing = sessionGaps(coverage, existingSessions, gapOptions);
      const absent = findAbsentSessions(coverage, existingSessions, missing, gapOptions);
      // One bar is the smallest request, even when it is longer than the limit.
      const maxWindow = Math.max(limits.maxWindow[barSize], barSizes[barSize]);
      const rules = { maxWindow, hours: step.hours, calendar: context.calendar(calendar), sessions: overlap };
      const batches = addOverlap(batchGaps(missing, maxWindow, step.hours), missing, coverage, rules);
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
  const withRows = coverage.filter(({ state }) => holdsRows(state));
  return sessions
    .filter(({ open, close }) => withRows.some((window) => overlaps(window, { start: open, end: close })))
    .map(({ date }) => date);
}
