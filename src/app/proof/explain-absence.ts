import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { CoveredWindow } from '../../core/coverage.js';
import { describeAbsences } from '../../core/describe-absences.js';
import { formatSeriesName, parseSeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import { addDays } from '../../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../core/time/time.js';
import { weekdayName } from '../../core/time/weekday.js';
import { formatZonedTime } from '../../core/time/zoned-time.js';
import type { SeriesName } from '../../core/series.js';
import { toZonedInstant } from '../../core/time/time-zone.js';
import { findLossReason, quarantinedRows } from '../../core/loss-reasons.js';
import type { CommittedFact, LakeReader } from '../../lake/api.js';
import { pluralize } from '../../platform/format.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import { listRequests } from '../../plan/plan.js';
import type { Plan } from '../../plan/plan.js';
import { getStepDataset } from '../../plan/tasks/planned-task.js';
import type { AppContext } from '../context.js';
import { addFolderOptions } from '../folder-options.js';
import type { FolderContext } from '../folder-options.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { describeLoss, fileMissing } from '../../plan/describe-reason.js';
import { planPipeline } from '../plan/plan-pipeline.js';
import { shellQuote } from '../../scheduler/system/scheduled-job.js';
import { findCalendarName } from './find-calendar.js';
import { matchesSeries } from './why-query.js';
import type { WhyQuery } from './why-query.js';

/** Loads the pipelines that could bring a value: a named one, or all of the project that have no errors. */
export type LoadPipelines = () => Promise<readonly Pipeline[]>;

/** Why the lake has no value, and what would bring it. */
export interface AbsentValue {
  readonly reason: string;
  /** True if the value can exist: a run should bring it. */
  readonly isWanted: boolean;
  /** Null if no run of a known pipeline brings it. */
  readonly repair: Repair | null;
  /** Why there is no repair; null with one. */
  readonly obstacle: string | null;
  /** The time zone of the exchange, if a pipeline names it. */
  readonly zone: string | null;
}

/** A run that brings a value, and its cost by the estimate of the plan. */
export interface Repair {
  readonly command: string;
  readonly requests: number;
  /** Requests that are known only after others, by estimate. */
  readonly estimatedRequests: number;
  readonly duration: Duration;
}

/** What is known of the series that would have a value, at its time. */
export interface KnownSeries {
  readonly series: SeriesName | null;
  /** The result that counts, by the log; null if it has none. */
  readonly current: CommittedFact | null;
  /** What the lake holds, by the files on disk; null if nothing is known. */
  readonly covered: CoveredWindow | null;
}

/** The state of a value that the lake lacks. */
type KnownState = Pick<CommittedFact, 'state' | 'requestedAt' | 'reason' | 'emptyAnswers'> & {
  /** Null for a request that the log does not have any more. */
  readonly rows: number | null;
};

type Context = FolderContext & Pick<AppContext, 'clock'>;

export async function explainAbsence(
  query: WhyQuery,
  found: KnownSeries,
  loadPipelines: LoadPipelines,
  reader: LakeReader,
  ctx: Context,
): Promise<AbsentValue> {
  const now = ctx.clock.now();
  const pipelines = await loadPipelines();
  const pipeline = pipelines.find((one) => canBring(one, query)) ?? null;
  const calendarName = await findCalendarName(query.symbol, pipelines, reader);
  const zone = calendarName === null ? null : getCalendarOrExit(calendarName).timeZone;
  const closed =
    calendarName === null
      ? null
      : (explainClosedDay(query, calendarName, now) ??
        (isOfAllHours(found.series) ? null : explainClosedTime(query, calendarName)));
  if (closed !== null) return { ...closed, repair: null, obstacle: null, zone };
  const known = toKnownState(found);
  const reason = describeState(known, query);
  const isLost = known?.state === 'missing';
  const absent = { reason, zone, isWanted: false, repair: null };
  if (known?.state === 'unavailable')
    return { ...absent, obstacle: 'no request brings it: the provider no longer has it' };
  if (known !== null && tables[query.dataset].kind === 'span' && isHeld(known))
    return { ...absent, obstacle: 'nothing is missing: the provider has no row at that time' };
  // Without a pipeline it is not known whether the value is wanted; lost rows always are.
  if (pipeline === null)
    return {
      ...absent,
      isWanted: isLost || pipelines.length === 0,
      obstacle: describeNoPipeline(query, pipelines.length),
    };
  if (isPastObservation(query, zone, now))
    return {
      ...absent,
      isWanted: isLost,
      obstacle: `no request brings it: a provider answers only with its current ${query.dataset}`,
    };
  const planned = await planRepair(query, known, pipeline, reader, ctx);
  const isWanted = known === null ? planned.repair !== null : known.state !== 'empty';
  return { ...absent, isWanted, ...planned };
}

/** Files can disappear without a commit: what is lost on disk is lost, whatever the log says. */
function toKnownState({ current, covered }: KnownSeries): KnownState | null {
  if (covered !== null && (current === null || covered.state === 'missing')) {
    const { state, lastRequestedAt, reason, emptyAnswers } = covered;
    return {
      state,
      requestedAt: current?.requestedAt ?? lastRequestedAt,
      rows: null,
      ...(reason === undefined ? {} : { reason }),
      ...(emptyAnswers === undefined ? {} : { emptyAnswers }),
    };
  }
  return current;
}

function isHeld({ state, rows }: KnownState): boolean {
  return (state === 'data' || state === 'provisional') && rows !== 0;
}

/** Bars of all hours exist outside of the sessions. */
function isOfAllHours(series: SeriesName | null): boolean {
  return series !== null && parseSeriesName(series).parameters.split('/').at(-1) === 'all';
}

/** Returns whether a pipeline has the symbol and a step that fills the table. */
function canBring({ symbols, steps }: Pipeline, { symbol, dataset, provider }: WhyQuery): boolean {
  return (
    symbols.some(({ instrument }) => instrument.symbol === symbol) &&
    steps.some((step) => getStepDataset(step) === dataset && (provider === null || step.provider === provider))
  );
}

function describeNoPipeline({ symbol, dataset }: WhyQuery, pipelines: number): string {
  return pipelines === 0
    ? 'no pipeline to estimate what would bring it: name one with --pipeline'
    : `no pipeline of this project requests ${dataset} of ${symbol}`;
}

/** Explains a date without a session, or whose session has not ended; null for a finished session. */
function explainClosedDay(
  { date, dataset }: WhyQuery,
  calendarName: string,
  now: Instant,
): Pick<AbsentValue, 'reason' | 'isWanted'> | null {
  if (tables[dataset].kind !== 'span') return null;
  const calendar = getCalendarOrExit(calendarName);
  if (date < calendar.firstDate) return null;
  const [session] = calendar.sessions(date, addDays(date, 1));
  if (session === undefined)
    return { reason: `no session of ${calendarName} on ${date} (${weekdayName(date)})`, isWanted: false };
  if (session.close <= now) return null;
  const close = formatZonedTime(session.close, calendar.timeZone);
  return { reason: `the session of ${date} has not finished; it ends at ${close}`, isWanted: true };
}

/** Explains a time outside of the session of its date; null for a time in it, and for a query without a time. */
export function explainClosedTime(
  { date, dataset, minutes }: WhyQuery,
  calendarName: string,
): Pick<AbsentValue, 'reason' | 'isWanted'> | null {
  if (tables[dataset].kind !== 'span' || minutes === null) return null;
  const { timeZone, ...calendar } = getCalendarOrExit(calendarName);
  const [session] = date < calendar.firstDate ? [] : calendar.sessions(date, addDays(date, 1));
  if (session === undefined) return null;
  const at = toZonedInstant(timeZone, date, minutes);
  if (session.open <= at && at < session.close) return null;
  const [time, open, close] = [at, session.open, session.close].map((one) =>
    formatZonedTime(one, timeZone).slice(11, 16),
  );
  return {
    reason: `the market was closed at ${time ?? ''}: the session of ${date} was from ${open ?? ''} to ${close ?? ''}`,
    isWanted: false,
  };
}

/** A quote or a snapshot of a moment that has passed. */
function isPastObservation({ dataset, date }: WhyQuery, zone: string | null, now: Instant): boolean {
  const isObservation = dataset === 'quotes' || dataset === 'option_snapshots' || dataset === 'overviews';
  return isObservation && date < toDate(now, zone);
}

function toDate(now: Instant, zone: string | null): LocalDate {
  return formatZonedTime(now, zone ?? 'UTC').slice(0, 10);
}

function describeState(fact: KnownState | null, { date }: WhyQuery): string {
  if (fact === null) return `never requested for ${date}`;
  const requested = `requested ${formatZonedTime(fact.requestedAt, 'UTC')}`;
  const cause = fact.reason === undefined ? '' : `: ${fact.reason}`;
  switch (fact.state) {
    case 'failed':
      return fact.emptyAnswers === undefined
        ? `the last request failed${cause} (${requested})`
        : `the provider answered without rows ${pluralize(fact.emptyAnswers, 'time')}, which is not confirmed yet (${requested})`;
    case 'empty':
      return `the provider has no rows, which is confirmed (${requested})`;
    case 'denied':
      return `the provider denied it for lack of permission${cause} (${requested})`;
    case 'unavailable':
      return `the provider no longer has it${cause} (${requested})`;
    case 'missing':
      return describeLostRows(fact, requested);
    case 'rescaled':
      return `rows of other sessions are stored, on an earlier price scale${cause} (${requested})`;
    case 'data':
    case 'provisional':
      return fact.rows === 0
        ? `the answer has no rows (${requested})`
        : `the answer has rows, but none here (${requested})`;
  }
}

function describeLostRows(fact: KnownState, requested: string): string {
  if (fact.reason?.startsWith(quarantinedRows) === true)
    return `its rows are ${fact.reason} (${requested}); see pipe check --quarantine`;
  const loss = describeLoss(findLossReason({ state: fact.state, reason: fact.reason ?? '' }) ?? '');
  return loss === fileMissing
    ? `its file is missing or damaged (${requested})`
    : `its rows were stored and are lost: ${loss} (${requested})`;
}

async function planRepair(
  query: WhyQuery,
  current: KnownState | null,
  pipeline: Pipeline,
  reader: LakeReader,
  ctx: Context,
): Promise<Pick<AbsentValue, 'repair' | 'obstacle'>> {
  const { symbol, dataset, date } = query;
  const isSpan = tables[dataset].kind === 'span';
  const options: PlanOptions = {
    ...defaultPlanOptions,
    symbols: [symbol],
    ...(isSpan ? { from: date, to: addDays(date, 1) } : {}),
    retryDenied: current?.state === 'denied',
    retryEmpty: current?.state === 'empty',
  };
  const { plan } = await planPipeline(pipeline, reader, options, ctx.clock.now(), false);
  const obstacle = findObstacle(plan, query, current !== null);
  if (obstacle !== null) return { repair: null, obstacle };
  const words = [
    `pipe run ${shellQuote(pipeline.file)} --symbols ${shellQuote(symbol)}`,
    ...(isSpan ? [`--date ${date}`] : []),
    ...(options.retryDenied ? ['--retry-denied'] : []),
    ...(options.retryEmpty ? ['--retry-empty'] : []),
  ].join(' ');
  const command = addFolderOptions(words, ctx);
  const { requests, estimatedRequests, estimatedMs } = plan;
  return { repair: { command, requests, estimatedRequests, duration: estimatedMs }, obstacle: null };
}

/** Explains why a plan does not bring the value; null if it does. */
function findObstacle({ tasks }: Plan, query: WhyQuery, isKnown: boolean): string | null {
  const relevant = tasks.filter(({ dataset }) => dataset === query.dataset);
  const brings = relevant.some(
    (task) =>
      task.status === 'deferred' ||
      listRequests(task).some(({ series }) =>
        matchesSeries(parseSeriesName(formatSeriesName(series)).parameters, query),
      ),
  );
  if (brings) return null;
  const [first] = relevant;
  if (first === undefined) return `the pipeline does not request ${query.dataset} of ${query.symbol}`;
  const absences = describeAbsences(first.absences);
  if (first.status === 'ready' || (first.status === 'up-to-date' && !isKnown))
    return 'the pipeline does not select this series; change its step to request it';
  return `a run now does not request it: ${absences === '' ? first.reason : absences}`;
}
