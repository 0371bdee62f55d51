import type { FetchResult } from '../core/fetch-result.js';
import { interruptedCode, circuitOpenCode } from '../core/failure.js';
import type { Failure } from '../core/failure.js';
import type { FetchOutcome, Request, RequestId } from '../core/request.js';
import { formatSeriesName } from '../core/series.js';
import type { OptionContract, Series } from '../core/series.js';
import { isComputed, tables } from '../core/tables/tables.js';
import type { Instant } from '../core/time/time.js';
import type { Derivation } from './compute/deriver.js';
import type { Task } from '../plan/task-graph.js';
import type { ExecutionContext } from './execution-context.js';
import { resolveOutcome } from './resolve-outcome.js';
import { findUpstream } from './find-upstream.js';

/** One request of a task, to be asked. */
export interface RequestInput {
  readonly request: Request;
  readonly id: RequestId;
  readonly task: Task;
  /** Called when it goes out, once. */
  readonly onSent: () => void;
  /** What the request comes to when it is given up because the time is up; null while there is time. */
  readonly timeoutFailure: () => Failure | null;
  /** When it aborts, for whatever reason, the request is given up. */
  readonly signal: AbortSignal;
}

/** What asking one request brought. */
export interface RequestResult {
  /** `full`: nothing is left open · `partial`: the source spoke about a part only · `none`: it gave no answer. */
  readonly extent: 'full' | 'partial' | 'none';
  readonly rows: number;
  /** Why something is left open; null when nothing is. */
  readonly failure: Failure | null;
  /** We stopped waiting: nothing was learned about the source. */
  readonly interrupted: boolean;
}

type RequestContext = Pick<
  ExecutionContext,
  | 'onRequest'
  | 'calendar'
  | 'clock'
  | 'deriver'
  | 'emit'
  | 'knownState'
  | 'pointClock'
  | 'provider'
  | 'revisionWindow'
  | 'writer'
>;

/** Asks one request. What was answered is with the lake's writer, and known to later tasks, before this resolves. */
export async function executeRequest(
  input: RequestInput,
  context: RequestContext,
  stopped: AbortSignal,
): Promise<RequestResult> {
  const { clock, emit, knownState } = context;
  const { request, id, task } = input;
  const { series, window } = request;
  const provider = isComputed(series.dataset) ? 'pipe' : series.provider;
  let sentAt: Instant | null = null;
  const isSent = (): boolean => sentAt !== null;
  const markSent = (): Instant => {
    if (sentAt !== null) return sentAt;
    sentAt = clock.now();
    input.onSent();
    emit({ type: 'request-sent', request: id, task: task.id, provider, series: formatSeriesName(series), window });
    return sentAt;
  };
  context.onRequest(request, id, task.id, markSent);
  const { outcome: received, upstream } = await fetchOrCompute(request, context, input.signal);
  // What came after the time was up is kept; what we hung up on ourselves is a failure of the task.
  const timeoutFailure = input.timeoutFailure();
  const timedOut = timeoutFailure !== null && !stopped.aborted && isTransient(received);
  const outcome: FetchOutcome = timedOut ? { kind: 'failure', failure: timeoutFailure } : received;
  const answeredAt = nextAnswerTime(series, context);
  const failure = outcome.kind === 'failure' ? outcome.failure : null;
  const interrupted = failure !== null && isInterrupted(failure, stopped);
  const noAnswer: RequestResult = { extent: 'none', rows: 0, failure, interrupted };
  const isConclusive = !interrupted && failure?.kind !== 'fatal' && failure?.code !== circuitOpenCode;
  // Given up before its turn came: nobody was asked anything.
  if (!isSent() && (!isConclusive || timedOut)) return noAnswer;
  const requestedAt = markSent();
  const resolution = resolveOutcome(request, outcome, {
    calendar: context.calendar(series.instrument.calendar),
    revisionWindow: context.revisionWindow(task),
    answeredAt,
  });
  const { closedWindows } = resolution;
  const rows = context.deriver.evaluate(series, resolution.rows, answeredAt);
  if (isConclusive) {
    const step = task.step.name;
    const result: FetchResult = { requestId: id, series, step, requestedAt, answeredAt, upstream, closedWindows, rows };
    await context.writer.receive(result);
    knownState.record(result);
    context.deriver.record(result);
    for (const contract of getUnlisted(outcome)) {
      const unlisted = unlistedResult(result, contract);
      await context.writer.receive(unlisted);
      knownState.record(unlisted);
    }
  }
  const count = rows?.length ?? 0;
  const truncated = outcome.kind === 'rows' ? closedWindows.find(({ state }) => state === 'failed') : undefined;
  emit({
    type: 'request-completed',
    request: id,
    task: task.id,
    provider,
    outcome: outcome.kind === 'failure' ? outcome.failure.kind : truncated === undefined ? outcome.kind : 'partial',
    rows: count,
    durationMs: answeredAt - requestedAt,
    ...(failure === null ? {} : { message: failure.message }),
  });
  if (failure !== null) return noAnswer;
  if (truncated === undefined) return { extent: 'full', rows: count, failure: null, interrupted };
  const extent = closedWindows.every(({ state }) => state === 'failed') ? 'none' : 'partial';
  return { extent, rows: count, failure: { kind: 'retryable', message: truncated.reason ?? '' }, interrupted };
}

/** Asks whose turn it is: ourselves for what is computed. What an answer builds on is what was known before it came. */
async function fetchOrCompute(request: Request, context: RequestContext, signal: AbortSignal): Promise<Derivation> {
  const { clock, deriver, knownState } = context;
  const { series } = request;
  if (isComputed(series.dataset)) return deriver.compute(series, clock.now());
  const upstream = findUpstream(series, knownState);
  return { outcome: await context.provider(series.provider).fetch(request, signal), upstream };
}

function isTransient(outcome: FetchOutcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.kind === 'retryable';
}

/** When an answer came. Answers of a point table are told apart by it, so no two of a run share one. */
function nextAnswerTime(series: Series, { clock, pointClock }: RequestContext): Instant {
  const now = clock.now();
  if (tables[series.dataset].kind === 'span') return now;
  pointClock.last = Math.max(now, pointClock.last + 1);
  return pointClock.last;
}

function getUnlisted(outcome: FetchOutcome): readonly OptionContract[] {
  return outcome.kind === 'failure' ? [] : (outcome.unlisted ?? []);
}

/** That the source lists an option and does not know it: remembered beside the chain, so that no step asks for it again. */
function unlistedResult({ series, answeredAt, ...result }: FetchResult, contract: OptionContract): FetchResult {
  const { provider, instrument } = series;
  const window = { start: answeredAt, end: answeredAt + 1 };
  return {
    ...result,
    series: { dataset: 'chains', provider, instrument, contract },
    answeredAt,
    closedWindows: [{ window, state: 'empty', rows: 0, reason: 'the source does not know this option' }],
    rows: null,
  };
}

/** After a stop a passing failure says nothing about the source: it may be our own hanging up. */
function isInterrupted(failure: Failure, stopped: AbortSignal): boolean {
  return failure.kind === 'retryable' && (stopped.aborted || failure.code === interruptedCode);
}
