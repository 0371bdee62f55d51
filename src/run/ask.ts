import type { Delivery } from '../core/delivery.js';
import { interruptedCode, leftAloneCode } from '../core/failure.js';
import type { Failure } from '../core/failure.js';
import type { Outcome, Request, RequestId } from '../core/request.js';
import { seriesName } from '../core/series.js';
import type { OptionContract, Series } from '../core/series.js';
import { isComputed, tables } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import type { Computed } from '../derive/contract.js';
import type { Task } from '../graph/task-graph.js';
import type { Execution } from './execution.js';
import { settle } from './settle.js';
import { upstreamOf } from './upstream.js';

/** One request of a task, to be asked. */
export interface Question {
  readonly request: Request;
  readonly id: RequestId;
  readonly task: Task;
  /** Called when it goes out, once. */
  readonly onSent: () => void;
  /** What the request comes to when it is given up because the time is up; null while there is time. */
  readonly late: () => Failure | null;
  /** When it aborts, for whatever reason, the request is given up. */
  readonly signal: AbortSignal;
}

/** What asking one request brought. */
export interface Answer {
  /** `full`: nothing is left open · `partial`: the source spoke about a part only · `none`: it gave no answer. */
  readonly extent: 'full' | 'partial' | 'none';
  readonly rows: number;
  /** Why something is left open; null when nothing is. */
  readonly failure: Failure | null;
  /** We stopped waiting: nothing was learned about the source. */
  readonly interrupted: boolean;
}

type Asking = Pick<
  Execution,
  | 'asking'
  | 'calendar'
  | 'clock'
  | 'computing'
  | 'emit'
  | 'knowledge'
  | 'moments'
  | 'provider'
  | 'settleTime'
  | 'writer'
>;

/** Asks one request. What was answered is with the lake's writer, and known to later tasks, before this resolves. */
export async function ask(question: Question, execution: Asking, stopped: AbortSignal): Promise<Answer> {
  const { clock, emit, knowledge } = execution;
  const { request, id, task } = question;
  const { series, window } = request;
  const provider = isComputed(series.dataset) ? 'pipe' : series.provider;
  let sentAt: Instant | null = null;
  const isSent = (): boolean => sentAt !== null;
  const sent = (): Instant => {
    if (sentAt !== null) return sentAt;
    sentAt = clock.now();
    question.onSent();
    emit({ type: 'request-sent', request: id, task: task.id, provider, series: seriesName(series), window });
    return sentAt;
  };
  execution.asking(request, id, task.id, sent);
  const { outcome: answer, upstream } = await answerTo(request, execution, question.signal);
  // What came after the time was up is kept; what we hung up on ourselves is a failure of the task.
  const late = question.late();
  const hungUp = late !== null && !stopped.aborted && mayPass(answer);
  const outcome: Outcome = hungUp ? { kind: 'failure', failure: late } : answer;
  const answeredAt = momentOf(series, execution);
  const failure = outcome.kind === 'failure' ? outcome.failure : null;
  const interrupted = failure !== null && isInterrupted(failure, stopped);
  const unanswered: Answer = { extent: 'none', rows: 0, failure, interrupted };
  const learned = !interrupted && failure?.kind !== 'fatal' && failure?.code !== leftAloneCode;
  // Given up before its turn came: nobody was asked anything.
  if (!isSent() && (!learned || hungUp)) return unanswered;
  const requestedAt = sent();
  const settlement = settle(request, outcome, {
    calendar: execution.calendar(series.instrument.calendar),
    settle: execution.settleTime(task),
    answeredAt,
  });
  const { settled } = settlement;
  const rows = execution.computing.evaluate(series, settlement.rows, answeredAt);
  if (learned) {
    const step = task.step.name;
    const delivery: Delivery = { requestId: id, series, step, requestedAt, answeredAt, upstream, settled, rows };
    await execution.writer.receive(delivery);
    knowledge.learn(delivery);
    execution.computing.learn(delivery);
    for (const contract of unlistedIn(outcome)) {
      const absent = absenceOf(delivery, contract);
      await execution.writer.receive(absent);
      knowledge.learn(absent);
    }
  }
  const count = rows?.length ?? 0;
  const cutShort = outcome.kind === 'rows' ? settled.find(({ state }) => state === 'failed') : undefined;
  emit({
    type: 'request-answered',
    request: id,
    task: task.id,
    provider,
    outcome: outcome.kind === 'failure' ? outcome.failure.kind : cutShort === undefined ? outcome.kind : 'partial',
    rows: count,
    took: answeredAt - requestedAt,
    ...(failure === null ? {} : { message: failure.message }),
  });
  if (failure !== null) return unanswered;
  if (cutShort === undefined) return { extent: 'full', rows: count, failure: null, interrupted };
  const extent = settled.every(({ state }) => state === 'failed') ? 'none' : 'partial';
  return { extent, rows: count, failure: { kind: 'retryable', message: cutShort.note ?? '' }, interrupted };
}

/** Asks whose turn it is: ourselves for what is computed. What an answer builds on is what was known before it came. */
async function answerTo(request: Request, execution: Asking, signal: AbortSignal): Promise<Computed> {
  const { clock, computing, knowledge } = execution;
  const { series } = request;
  if (isComputed(series.dataset)) return computing.compute(series, clock.now());
  const upstream = upstreamOf(series, knowledge);
  return { outcome: await execution.provider(series.provider).fetch(request, signal), upstream };
}

function mayPass(outcome: Outcome): boolean {
  return outcome.kind === 'failure' && outcome.failure.kind === 'retryable';
}

/** When an answer came. Answers of a point table are told apart by it, so no two of a run share one. */
function momentOf(series: Series, { clock, moments }: Asking): Instant {
  const now = clock.now();
  if (tables[series.dataset].kind === 'span') return now;
  moments.last = Math.max(now, moments.last + 1);
  return moments.last;
}

function unlistedIn(outcome: Outcome): readonly OptionContract[] {
  return outcome.kind === 'failure' ? [] : (outcome.unlisted ?? []);
}

/** That the source lists an option and does not know it: remembered beside the chain, so that no step asks for it again. */
function absenceOf({ series, answeredAt, ...delivery }: Delivery, contract: OptionContract): Delivery {
  const { provider, instrument } = series;
  const window = { start: answeredAt, end: answeredAt + 1 };
  return {
    ...delivery,
    series: { dataset: 'chains', provider, instrument, contract },
    answeredAt,
    settled: [{ window, state: 'empty', rows: 0, note: 'the source does not know this option' }],
    rows: null,
  };
}

/** After a stop a passing failure says nothing about the source: it may be our own hanging up. */
function isInterrupted(failure: Failure, stopped: AbortSignal): boolean {
  return failure.kind === 'retryable' && (stopped.aborted || failure.code === interruptedCode);
}
