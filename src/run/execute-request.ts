import type { FetchResult } from '../core/fetch-result.js';
import type { RequestCompleted } from '../core/events.js';
import { interruptedCode, circuitOpenCode } from '../core/failure.js';
import type { Failure } from '../core/failure.js';
import type { FetchOutcome, Request, RequestId } from '../core/request.js';
import { formatSeriesName } from '../core/series.js';
import type { DataOrigin, OptionContract, Series } from '../core/series.js';
import { isComputed, tables } from '../core/tables/tables.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { Derivation } from './compute/deriver.js';
import type { Task } from '../plan/task-graph.js';
import type { FetchContext } from '../providers/provider.js';
import type { Execution } from './execution.js';
import { resolveOutcome } from './resolve-outcome.js';
import { findUpstream } from './find-upstream.js';

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

export interface RequestResult {
  /** `full`: all windows are closed · `partial`: the answer covers some of them · `none`: there was no answer. */
  readonly extent: 'full' | 'partial' | 'none';
  readonly rows: number;
  /** The failure that left a window open; null when all windows are closed. */
  readonly failure: Failure | null;
  /** True if the run stopped waiting for the request, so that nothing is known about the provider. */
  readonly isCancelled: boolean;
}

/** State that the requests of one execution share. */
export interface RequestContext {
  readonly execution: Execution;
  /** Time of the run's latest answer to a point table. */
  readonly pointClock: { last: Instant };
  /** Aborts with the run or with an error of it. */
  readonly stopped: AbortSignal;
}

/** Executes one request. Its answer is stored by the lake's writer, and known to later tasks, before this resolves. */
export async function executeRequest(input: RequestInput, context: RequestContext): Promise<RequestResult> {
  const { execution, stopped } = context;
  const { request, task } = input;
  const { series } = request;
  const sending = trackSending(input, execution);
  const { outcome: received, upstream } = await fetchOrCompute(input, execution, sending.markSent);
  // An answer that came after the time was over is kept; an abort because of it is a failure of the task.
  const timeoutFailure = input.timeoutFailure();
  const timedOut = timeoutFailure !== null && !stopped.aborted && isRetryable(received);
  const outcome: FetchOutcome = timedOut ? { kind: 'failure', failure: timeoutFailure } : received;
  const answeredAt = nextAnswerTime(series, context);
  const failure = outcome.kind === 'failure' ? outcome.failure : null;
  const isCancelled = failure !== null && isCancellation(failure, stopped);
  const noAnswer: RequestResult = { extent: 'none', rows: 0, failure, isCancelled };
  const isConclusive = !isCancelled && failure?.kind !== 'fatal' && failure?.code !== circuitOpenCode;
  // The request was aborted before it was sent.
  if (!sending.isSent() && (!isConclusive || timedOut)) return noAnswer;
  const requestedAt = sending.markSent();
  const { closedWindows, rows: resolvedRows } = resolveOutcome(request, outcome, {
    calendar: execution.deps.calendar(series.instrument.calendar),
    revisionWindow: getRevisionWindow(task, execution),
    answeredAt,
  });
  const rows = execution.deriver.evaluate(series, resolvedRows, answeredAt);
  if (isConclusive) {
    const times = { requestedAt, answeredAt };
    const result = { requestId: input.id, series, step: task.step.name, ...times, upstream, closedWindows, rows };
    await storeResult(result, outcome, execution);
  }
  const count = rows?.length ?? 0;
  const truncated = outcome.kind === 'rows' ? closedWindows.find(({ state }) => state === 'failed') : undefined;
  emitCompleted(input, execution, {
    outcome: outcome.kind === 'failure' ? outcome.failure.kind : truncated === undefined ? outcome.kind : 'partial',
    rows: count,
    durationMs: answeredAt - requestedAt,
    ...(failure === null ? {} : { message: failure.message }),
  });
  if (failure !== null) return noAnswer;
  if (truncated === undefined) return { extent: 'full', rows: count, failure: null, isCancelled };
  const extent = closedWindows.every(({ state }) => state === 'failed') ? 'none' : 'partial';
  return { extent, rows: count, failure: { kind: 'retryable', message: truncated.reason ?? '' }, isCancelled };
}

/** Reports the request as sent, once, and remembers when. */
function trackSending(
  { request: { series, window }, id, task, onSent }: RequestInput,
  { deps: { clock, emit } }: Execution,
): { readonly isSent: () => boolean; readonly markSent: () => Instant } {
  let sentAt: Instant | null = null;
  return {
    isSent: () => sentAt !== null,
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
  markSent: () => void,
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
    onSend: markSent,
    onRetry(attempt, delay, { kind, message }) {
      emit({ type: 'request-retried', request: id, task: task.id, attempt, delay, failure: kind, message });
    },
  };
  return { outcome: await provider.fetch(request, context), upstream };
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
  result: Pick<RequestCompleted, 'outcome' | 'rows' | 'durationMs' | 'message'>,
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

function isRetryable(outcome: FetchOutcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.kind === 'retryable';
}

/** Returns the time of an answer. It identifies the answers of a point table, so no two of a run share one. */
function nextAnswerTime(series: Series, { execution, pointClock }: RequestContext): Instant {
  const now = execution.deps.clock.now();
  if (tables[series.dataset].kind === 'span') return now;
  pointClock.last = Math.max(now, pointClock.last + 1);
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
