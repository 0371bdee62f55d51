import { compareBars } from '../core/revisions/compare-bars.js';
import { describeChange, isMaterial } from '../core/revisions/describe-comparison.js';
import type { BarChange } from '../core/revisions/describe-comparison.js';
import type { ClosedWindow, FetchResult } from '../core/fetch-result.js';
import type { FetchOutcome, Request, RequestId } from '../core/request.js';
import { formatSeriesName } from '../core/series.js';
import type { SeriesOf } from '../core/series.js';
import type { RowsOf } from '../core/tables/rows.js';
import type { Calendar } from '../core/time/calendar.js';
import { addDays, toDayNumber } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';
import { noWindows, normalize, subtract } from '../core/time/window.js';
import type { Window, Windows } from '../core/time/window.js';
import type { EquityStep } from '../config/pipeline/pipeline.js';
import { createBarsPlanner } from '../plan/gaps/bars-planner.js';
import { defaultPlanOptions } from '../plan/plan-options.js';
import { listRequests } from '../plan/plan.js';
import type { Task } from '../plan/task-graph.js';
import type { Execution } from './execution.js';
import { selectRowsWithin } from './select-rows.js';

/** A difference between stored bars and a second answer for their window. */
export interface DetectedChange {
  readonly change: BarChange;
  /** The compared window, whose rows the answer replaces. */
  readonly window: Window;
  /** The request that returned the stored bars. */
  readonly storedBy: RequestId;
}

/** Compares the answer with the stored bars of the windows that the request names; null if they are equal or nothing can be said. */
export async function compareStored(
  { series, compares = noWindows }: Request,
  outcome: FetchOutcome,
  { deps }: Execution,
): Promise<DetectedChange | null> {
  const [window] = compares;
  if (series.dataset !== 'equity_bars' || window === undefined || deps.readStoredBars === undefined) return null;
  if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'equity_bars' || outcome.answeredWindow === null) return null;
  const answered = subtract([outcome.answeredWindow], normalize((outcome.gaps ?? []).map((gap) => gap.window)));
  if (subtract([window], answered).length > 0) return null;
  const rows = selectRowsWithin(outcome.rows, [window]);
  const stored = await deps.readStoredBars(series, window);
  if (rows?.dataset !== 'equity_bars' || stored === null) return null;
  const change = compareBars(stored.bars, rows.columns);
  if (change.kind === 'equal' || change.kind === 'incomparable') return null;
  return { change, window, storedBy: stored.requestId };
}

/** The consequences of a change of scale for the other stored rows of the series. */
export interface Restatement {
  /** The windows that are on the earlier scale from now on. */
  readonly closedWindows: readonly ClosedWindow[];
  /** The requests of this run that bring them to the new scale. */
  readonly requests: readonly Request[];
  /** Sessions that stay on the earlier scale after this run. */
  readonly remaining: readonly LocalDate[];
  readonly sessions: number;
}

export const noRestatement: Restatement = { closedWindows: [], requests: [], remaining: [], sessions: 0 };

/** Number of requests that the run may still spend on restatement; shared by all requests of the run. */
export interface RestatementAllowance {
  left: number;
}

/** Plans what follows from a change: nothing but the stored answer for a revision, which concerns the compared rows only. */
export function planRestatement(
  { change, window }: DetectedChange,
  series: SeriesOf<'equity_bars'>,
  task: Task & { readonly step: EquityStep },
  allowance: RestatementAllowance,
  execution: Execution,
): Restatement {
  if (change.kind === 'revision') return noRestatement;
  const { context } = execution.prepared;
  const name = formatSeriesName(series);
  const held = context
    .coverage(series.provider, name)
    .filter(({ state }) => state === 'data' || state === 'provisional');
  const windows = subtract(normalize(held), normalize([window, ...listRequestedWindows(task, name, execution)]));
  if (windows.length === 0) return noRestatement;
  const reason = describeChange(change);
  const closedWindows = windows.map((part) => ({ window: part, state: 'rescaled', rows: 0, reason }) as const);
  const calendar = context.calendar(series.instrument.calendar);
  const options = { ...defaultPlanOptions, restate: true };
  const { batches } = createBarsPlanner({ ...context, options }).findMissing(
    task.step,
    series.instrument.calendar,
    series.barSize,
    closedWindows.map((closed) => ({ ...closed.window, state: closed.state, lastRequestedAt: context.now, reason })),
  );
  const requests = context.restate === 'auto' ? batches.slice(0, Math.max(0, allowance.left)) : [];
  allowance.left -= requests.length;
  const restated = normalize(requests.flatMap(({ closes }) => closes));
  return {
    closedWindows,
    requests: requests.map((batch) => ({ series, ...batch })),
    remaining: listSessionDates(subtract(windows, restated), calendar),
    sessions: listSessionDates(windows, calendar).length,
  };
}

/** What other requests of the run fetch on the new scale anyway. */
function listRequestedWindows(task: Task, name: string, { prepared }: Execution): Windows {
  const planned = prepared.plan.tasks.find(({ id }) => id === task.id);
  if (planned === undefined) return noWindows;
  return normalize(
    listRequests(planned)
      .filter((request) => formatSeriesName(request.series) === name)
      .flatMap(({ closes }) => closes),
  );
}

function listSessionDates(windows: Windows, calendar: Calendar): readonly LocalDate[] {
  return windows.flatMap(({ start, end }) =>
    calendar
      .sessions(calendar.dateAt(start), addDays(calendar.dateAt(end - 1), 1))
      .filter((session) => session.open < end && session.close > start)
      .map(({ date }) => date),
  );
}

/** Stores the row of a change and reports it, after the answer that showed it. */
export async function reportChange(
  detected: DetectedChange,
  { sessions, requests }: Restatement,
  answer: Pick<FetchResult, 'requestId' | 'step' | 'requestedAt' | 'answeredAt'>,
  { series }: Request,
  task: Task,
  execution: Execution,
): Promise<void> {
  if (series.dataset !== 'equity_bars') return;
  const { change } = detected;
  await execution.deps.writer.receive(createActionResult(detected, series, answer, execution));
  execution.deps.emit({
    type: 'revision-detected',
    ...{ request: answer.requestId, task: task.id, provider: series.provider, series: formatSeriesName(series) },
    kind: change.kind,
    ratio: change.kind === 'revision' ? null : change.ratio,
    detail: describeChange(change),
    isMaterial: isMaterial(change),
    rescaledSessions: sessions,
    restatementRequests: requests.length,
  });
}

/** Creates the row of the table `corporate_actions`. */
function createActionResult(
  { change, window, storedBy }: DetectedChange,
  series: SeriesOf<'equity_bars'>,
  answer: Pick<FetchResult, 'requestId' | 'step' | 'requestedAt' | 'answeredAt'>,
  { prepared }: Execution,
): FetchResult {
  const { provider, instrument, barSize, priceType, hours } = series;
  const calendar = prepared.context.calendar(instrument.calendar);
  const compared = calendar.dateAt(window.end - 1);
  const date =
    change.kind === 'revision'
      ? compared
      : (calendar.sessions(addDays(compared, 1), addDays(compared, 15))[0]?.date ?? addDays(compared, 1));
  const rows: RowsOf<'corporate_actions'> = {
    dataset: 'corporate_actions',
    length: 1,
    columns: {
      con_id: Float64Array.of(prepared.knownState.contract(provider, instrument.symbol)?.conId ?? NaN),
      date: Float64Array.of(toDayNumber(date)),
      kind: [change.kind],
      ratio: Float64Array.of(change.kind === 'revision' ? NaN : change.ratio),
      detail: [describeChange(change)],
      evidence: [`${storedBy} ${answer.requestId}`],
    },
  };
  const closed = { start: answer.answeredAt, end: answer.answeredAt + 1 };
  return {
    ...answer,
    series: { dataset: 'corporate_actions', provider, instrument, barSize, priceType, hours },
    upstream: [storedBy],
    closedWindows: [{ window: closed, state: 'data', rows: 1 }],
    rows,
  };
}
