import type { ClosedWindow, FetchResult } from '../core/fetch-result.js';
import type { RequestCompleted } from '../core/events.js';
import { noEmptyConfirmation } from '../core/empty-confirmation.js';
import type { EmptyConfirmation } from '../core/empty-confirmation.js';
import { interruptedCode, circuitOpenCode } from '../core/failure.js';
import type { Failure } from '../core/failure.js';
import type { CallParameters, FetchOutcome, Request, RequestId } from '../core/request.js';
import { formatSeriesName } from '../core/series.js';
import type { DataOrigin, OptionContract, Series } from '../core/series.js';
import { isComputed, tables } from '../core/tables/tables.js';
import { describeOutsideBars } from '../core/tables/trading-hours.js';
import type { Calendar } from '../core/time/calendar.js';
import type { Duration, Instant } from '../core/time/time.js';
import { normalize } from '../core/time/window.js';
import type { Derivation } from './compute/deriver.js';
import type { Task } from '../plan/task-graph.js';
import { unpacedCalls } from '../providers/provider.js';
import type { FetchContext } from '../providers/provider.js';
import { dropOutsideBars } from './drop-outside-bars.js';
import { describeOpenWindows, findContents } from './absent-windows.js';
import type { AnswerContents } from './absent-windows.js';
import type { Execution } from './execution.js';
import { omitUndefined } from '../platform/omit-undefined.js';
import { getMaxSharedAge } from './claim-shared-series.js';
import { findLacks } from './find-lacks.js';
import { compareStored, noRestatement, planRestatement, reportChange } from './compare-stored.js';
import type { DetectedChange, Restatement, RestatementAllowance } from './compare-stored.js';
import { keepRescaledRows } from './keep-rescaled-rows.js';
import { doubtUnlisted } from './resolve-empty.js';
import { resolveOutcome } from './resolve-outcome.js';
import { findKnownId, findUpstream } from './find-upstream.js';

/** One request of a task. */
export interface RequestInput {
  readonly request: Request;
  readonly id: RequestId;
  readonly task: Task;
  /** Called once, when the request is sent. */
  readonly onSent: () => void;
  /** Returns the failure of a request that is aborted because the time is over; null while there is time. */
  readonly timeoutFailure: () => Failure | null;
  /** Aborts the request, for any reason. */
  readonly signal: AbortSignal;
}

export interface RequestResult extends AnswerContents {
  /** `full`: all windows are closed · `partial`: the answer covers some of them · `none`: there was no answer. */
  readonly extent: 'full' | 'partial' | 'none';
  readonly rows: number;
  /** The failure that left a window open; null when all windows are closed. */
  readonly failure: Failure | null;
  /** True if the run stopped waiting for the request, so that nothing is known about the provider. */
  readonly isCancelled: boolean;
  /** Requests that follow from the answer, to be sent after all others. */
  readonly followUps?: readonly Request[];
}

/** State that the requests of one execution share. */
export interface RequestContext {
  readonly execution: Execution;
  /** Time of the run's latest answer to a point table. */
  readonly pointClock: PointClock;
  /** Aborts with the run or with an error of it. */
  readonly stopped: AbortSignal;
  readonly restatements: RestatementAllowance;
}

/** Times of the answers to point tables: every call to a provider has its own. */
export interface PointClock {
  last: Instant;
  /** By the request that leads the call and the moment of its response: a request may lead another call when it is repeated. */
  readonly byCall: Map<string, Instant>;
}

/** Executes one request. Its answer is stored by the lake's writer, and known to later tasks, before this resolves. */
export async function executeRequest(input: RequestInput, context: RequestContext): Promise<RequestResult> {
  const { execution, stopped } = context;
  const { request, task } = input;
  const { series } = request;
  const shared = await useSharedAnswer(input, execution);
  if (shared !== null) return shared;
  const sending = trackSending(input, execution);
  const identity = findKnownId(series, execution.prepared.knownState);
  const calendar = execution.deps.calendar(series.instrument.calendar);
  const { outcome: answered, upstream } = await fetchOrCompute(input, execution, sending);
  const confirmation = getConfirmation(series, execution);
  const earlier = execution.prepared.context.coverage(series.provider, formatSeriesName(series));
  const received = doubtUnlisted(dropOutsideBars(answered, series, calendar), series, { confirmation, earlier });
  // An answer that came after the time was over is kept; an abort because of it is a failure of the task.
  const timeoutFailure = input.timeoutFailure();
  const timedOut = timeoutFailure !== null && !stopped.aborted && isRetryable(received);
  const outcome: FetchOutcome = timedOut ? { kind: 'failure', failure: withCause(timeoutFailure, received) } : received;
  const answeredAt = getAnswerTime(series, outcome, context);
  const failure = outcome.kind === 'failure' ? outcome.failure : null;
  const isCancelled = failure !== null && isCancellation(failure, stopped);
  const noAnswer: RequestResult = { extent: 'none', rows: 0, failure, isCancelled };
  const isConclusive = !isCancelled && failure?.kind !== 'fatal' && failure?.code !== circuitOpenCode;
  // The request was aborted before it was sent.
  if (!sending.isSent() && (!isConclusive || timedOut)) {
    await execution.deps.shared?.publish(series, null);
    return noAnswer;
  }
  const requestedAt = sending.markSent();
  reportOutsideBars(received, series, calendar, execution);
  const { symbol } = series.instrument;
  const { knownState } = execution.prepared;
  const detected = await compareStored(request, outcome, execution);
  const closing = detected === null ? request : { ...request, closes: normalize([...request.closes, detected.window]) };
  const resolved = resolveOutcome(closing, outcome, {
    calendar,
    revisionWindow: getRevisionWindow(task, execution),
    ...{ confirmation, earlier, answeredAt },
    lacks: findLacks(series, outcome, {
      ...{ confirmation, earlier, answeredAt, today: calendar.dateAt(answeredAt) },
      price: knownState.price(series.provider, symbol)?.price,
      lastChain: knownState.chain(series.provider, symbol),
    }),
  });
  const answer = {
    requestId: input.id,
    step: task.step.name,
    requestedAt,
    answeredAt,
    ...omitUndefined({ contract: identity }),
  };
  const restatement = detected === null ? noRestatement : planConsequences(detected, input, context);
  const closedWindows = [...keepRescaledRows(request, resolved.closedWindows, execution), ...restatement.closedWindows];
  const rows = execution.deriver.evaluate(series, resolved.rows, answeredAt);
  if (isConclusive) {
    const result = { ...answer, series, upstream, closedWindows, rows };
    if (closedWindows.length > 0) await storeResult(result, outcome, execution);
    if (detected !== null) await reportChange(detected, restatement, answer, request, task, execution);
    await execution.deps.shared?.publish(series, result);
  } else await execution.deps.shared?.publish(series, null);
  const count = rows?.length ?? 0;
  const truncated = outcome.kind === 'rows' ? closedWindows.filter(isTruncated) : [];
  const asked = sending.asked();
  emitCompleted(input, execution, {
    ...(asked.length === 0 ? {} : { sent: asked }),
    // Rows and time of a snapshot say the same.
    ...(isConclusive && tables[series.dataset].kind === 'span' ? { closed: closedWindows } : {}),
    outcome: outcome.kind === 'failure' ? outcome.failure.kind : truncated.length === 0 ? outcome.kind : 'partial',
    rows: count,
    durationMs: answeredAt - requestedAt,
    ...omitUndefined({
      message:
        failure?.message ?? (outcome.kind === 'failure' ? undefined : (outcome.note ?? describeLack(closedWindows))),
    }),
  });
  const sessions = {
    ...addRescaled(findContents(series, closedWindows, calendar, execution), restatement),
    followUps: restatement.requests,
  };
  // Without the comparison, the run has everything that it wanted.
  if (request.purpose === 'comparison' && failure?.kind !== 'fatal' && !isCancelled)
    return { extent: 'full', rows: count, failure: null, isCancelled, ...sessions };
  if (failure !== null) return { ...noAnswer, ...sessions };
  if (truncated.length === 0) return { extent: 'full', rows: count, failure: null, isCancelled, ...sessions };
  const extent = closedWindows.every(({ state }) => state === 'failed') ? 'none' : 'partial';
  return {
    extent,
    rows: count,
    failure: { kind: 'retryable', message: describeOpenWindows(truncated, series.dataset, calendar) },
    isCancelled,
    ...sessions,
  };
}

/** Names bars that were dropped: they are neither stored nor counted as an answer for their time. */
function reportOutsideBars(outcome: FetchOutcome, series: Series, calendar: Calendar, { deps }: Execution): void {
  if (outcome.kind === 'failure' || outcome.outside === undefined || !('hours' in series)) return;
  const description = describeOutsideBars(outcome.outside, series.hours, calendar);
  deps.emit({ type: 'warning', message: `${formatSeriesName(series)}: ${description}` });
}

/** Uses the answer of another run on this lake, which stores it; null if this run has to send the request. */
async function useSharedAnswer(
  { request: { series }, id, task, signal }: RequestInput,
  execution: Execution,
): Promise<RequestResult | null> {
  const { deps, prepared, deriver } = execution;
  const maxAge = getMaxSharedAge(task);
  if (deps.shared === undefined || maxAge === null) return null;
  const answer = await deps.shared.join(series, maxAge, signal);
  if (answer === null) return null;
  const { run, result } = answer;
  prepared.knownState.record(result);
  deriver.record(result);
  const names = { provider: series.provider, series: formatSeriesName(series) };
  deps.emit({ type: 'request-shared', request: id, task: task.id, ...names, run });
  const calendar = deps.calendar(series.instrument.calendar);
  const sessions = findContents(series, result.closedWindows, calendar, execution);
  return { extent: 'full', rows: 0, failure: null, isCancelled: false, ...sessions };
}

/** The sending of one request: when it was sent, and what its calls asked. */
interface Sending {
  readonly isSent: () => boolean;
  readonly markSent: () => Instant;
  readonly describe: (parameters: CallParameters) => void;
  /** What was asked, each once: an attempt that is repeated asks the same. */
  readonly asked: () => readonly CallParameters[];
}

/** A request of more calls than this records the first ones: records stay small. */
const maxRecordedCalls = 20;

/** Reports the request as sent, once, and remembers when. */
function trackSending(
  { request: { series, window }, id, task, onSent }: RequestInput,
  { deps: { clock, emit } }: Execution,
): Sending {
  const asked = new Map<string, CallParameters>();
  let sentAt: Instant | null = null;
  return {
    isSent: () => sentAt !== null,
    describe(parameters) {
      if (asked.size < maxRecordedCalls) asked.set(JSON.stringify(parameters), parameters);
    },
    asked: () => [...asked.values()],
    markSent() {
      if (sentAt !== null) return sentAt;
      sentAt = clock.now();
      onSent();
      const names = { provider: getOrigin(series), series: formatSeriesName(series) };
      emit({ type: 'request-sent', request: id, task: task.id, ...names, window });
      return sentAt;
    },
  };
}

/** Sends the request to its provider, or computes it. `upstream` is what was known before the answer came. */
async function fetchOrCompute(
  { request, id, task, signal }: RequestInput,
  { deps: { clock, emit }, prepared, deriver, providers }: Execution,
  { describe, markSent }: Sending,
): Promise<Derivation> {
  const { series } = request;
  if (isComputed(series.dataset)) return deriver.compute(series, clock.now());
  const provider = providers.get(series.provider);
  // Only planned tasks are executed, and the providers of all of them were opened.
  if (provider === undefined) throw new Error(`a request needs ${series.provider}, which was never opened`);
  const upstream = findUpstream(series, prepared.knownState);
  const context: FetchContext = {
    id,
    signal,
    calls: { ...unpacedCalls, describe },
    onSend: markSent,
    onRetry(attempt, delay, { kind, message }) {
      emit({ type: 'request-retried', request: id, task: task.id, attempt, delay, failure: kind, message });
    },
  };
  return { outcome: await provider.fetch(request, context), upstream };
}

function planConsequences(
  detected: DetectedChange,
  { request: { series }, task }: RequestInput,
  { execution, restatements }: RequestContext,
): Restatement {
  const { step } = task;
  return series.dataset === 'equity_bars' && step.uses === 'equity'
    ? planRestatement(detected, series, { ...task, step }, restatements, execution)
    : noRestatement;
}

function addRescaled(sessions: AnswerContents, { remaining }: Restatement): AnswerContents {
  return remaining.length === 0
    ? sessions
    : { ...sessions, absent: new Map(sessions.absent ?? []).set('rescaled', remaining) };
}

async function storeResult(result: FetchResult, outcome: FetchOutcome, execution: Execution): Promise<void> {
  const { deps, prepared, deriver } = execution;
  await deps.writer.receive(result);
  prepared.knownState.record(result);
  deriver.record(result);
  for (const contract of getUnlisted(outcome)) {
    const unlisted = unlistedResult(result, contract);
    await deps.writer.receive(unlisted);
    prepared.knownState.record(unlisted);
  }
}

function emitCompleted(
  { request, id, task }: RequestInput,
  { deps }: Execution,
  result: Pick<RequestCompleted, 'outcome' | 'rows' | 'durationMs' | 'message' | 'closed' | 'sent'>,
): void {
  const provider = getOrigin(request.series);
  deps.emit({ type: 'request-completed', request: id, task: task.id, provider, ...result });
}

function getOrigin(series: Series): DataOrigin {
  return isComputed(series.dataset) ? 'pipe' : series.provider;
}

function getRevisionWindow({ step }: Task, { deps }: Execution): Duration {
  const stepWindow = step.uses === 'equity' || step.uses === 'options' ? step.revisionWindow : null;
  return stepWindow ?? deps.limits(step.provider).revisionWindow;
}

function getConfirmation({ dataset, provider }: Series, { deps }: Execution): EmptyConfirmation {
  // What is computed from the lake is not answered by anyone.
  return isComputed(dataset) ? noEmptyConfirmation : (deps.limits(provider).confirmEmpty ?? noEmptyConfirmation);
}

/** Returns how far the absence of rows is confirmed; undefined if there are rows everywhere. */
function describeLack(closedWindows: readonly ClosedWindow[]): string | undefined {
  return closedWindows.find(
    ({ state, emptyAnswers }) => state === 'data' || (state === 'failed' && emptyAnswers !== undefined),
  )?.reason;
}

/** Windows with an unconfirmed answer without rows are failed too, but the answer is complete. */
function isTruncated({ state, emptyAnswers }: ClosedWindow): boolean {
  return state === 'failed' && emptyAnswers === undefined;
}

/** Adds to a failure about time what the request waited for: usually the provider does not answer at all. */
function withCause(timeout: Failure, received: FetchOutcome): Failure {
  if (timeout.kind !== 'retryable' || received.kind !== 'failure' || received.failure.kind !== 'retryable')
    return timeout;
  const { cause } = received.failure;
  return cause === undefined ? timeout : { ...timeout, message: `${timeout.message}; cause: ${cause}`, cause };
}

function isRetryable(outcome: FetchOutcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.kind === 'retryable';
}

/**
 * Returns the time of an answer. It identifies the calls that answered point tables: no two of a run share one, and the requests
 * that one call answered have the same.
 */
function getAnswerTime(series: Series, { call }: FetchOutcome, { execution, pointClock }: RequestContext): Instant {
  const answeredAt = call?.answeredAt ?? execution.deps.clock.now();
  if (tables[series.dataset].kind === 'span') return answeredAt;
  const callKey = call === undefined ? null : `${call.id} ${call.answeredAt}`;
  const known = callKey === null ? undefined : pointClock.byCall.get(callKey);
  if (known !== undefined) return known;
  pointClock.last = Math.max(answeredAt, pointClock.last + 1);
  if (callKey !== null) pointClock.byCall.set(callKey, pointClock.last);
  return pointClock.last;
}

function getUnlisted(outcome: FetchOutcome): readonly OptionContract[] {
  return outcome.kind === 'failure' ? [] : (outcome.unlisted ?? []);
}

/**
 * Records that the provider lists an option that it does not know. The record belongs to the chain, so that no step
 * requests the option again.
 */
function unlistedResult({ series, answeredAt, ...result }: FetchResult, contract: OptionContract): FetchResult {
  const { provider, instrument } = series;
  const window = { start: answeredAt, end: answeredAt + 1 };
  return {
    ...result,
    series: { dataset: 'chains', provider, instrument, contract },
    answeredAt,
    closedWindows: [{ window, state: 'empty', rows: 0, reason: 'the provider does not know this option' }],
    rows: null,
  };
}

/** After the run stopped, a retryable failure says nothing about the provider: it may be the abort itself. */
function isCancellation(failure: Failure, stopped: AbortSignal): boolean {
  return failure.kind === 'retryable' && (stopped.aborted || failure.code === interruptedCode);
}
