import type { Calendar } from '../core/calendar.js';
import type { Clock } from '../core/clock.js';
import type { Delivery } from '../core/delivery.js';
import type { RunEventBody, RunStatus, TaskStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { Outcome, Request, RequestId, RunId } from '../core/request.js';
import { seriesName } from '../core/series.js';
import type { ProviderName, Series } from '../core/series.js';
import type { Duration, Instant } from '../core/time.js';
import type { Task, TaskGraph, TaskId } from '../graph/task-graph.js';
import type { LakeWriter } from '../lake/contract.js';
import type { GrowingKnowledge } from '../plan/knowledge.js';
import type { Plan, PlannedTask } from '../plan/plan.js';
import type { Provider } from '../providers/contract.js';
import { remedyFor } from './remedy.js';
import { settle } from './settle.js';
import { upstreamOf } from './upstream.js';

/** Everything a plan is executed with. */
export interface Execution {
  readonly runId: RunId;
  readonly graph: TaskGraph;
  readonly plan: Plan;
  /** Plans a deferred task once its inputs are known. */
  replan(task: Task): PlannedTask;
  provider(name: ProviderName): Provider;
  concurrency(name: ProviderName): number;
  calendar(name: string): Calendar;
  settleTime(task: Task): Duration;
  readonly writer: Pick<LakeWriter, 'receive'>;
  readonly knowledge: GrowingKnowledge;
  readonly clock: Clock;
  emit(event: RunEventBody): void;
  /** When it aborts nothing new is asked; what is under way may still end. */
  readonly stopping: AbortSignal;
  /** When it aborts what is under way is given up too. */
  readonly stopped: AbortSignal;
  /** Told which request a provider call is for, so that retries and waits can name it. */
  asking(request: Request, id: RequestId, task: TaskId): void;
}

/** What became of one task. */
export interface TaskResult {
  readonly id: TaskId;
  readonly step: string;
  readonly symbol: string;
  readonly status: TaskStatus;
  readonly requests: number;
  readonly rows: number;
  readonly reason?: string;
}

/** What became of a plan. */
export interface ExecutionResult {
  readonly status: RunStatus;
  readonly requests: number;
  readonly rows: number;
  readonly tasks: readonly TaskResult[];
  /** The failure that made a provider unusable, if one did. */
  readonly fatal: Failure | null;
}

interface RunningTask {
  readonly task: Task;
  planned: PlannedTask;
  waitingFor: number;
  open: number;
  sent: number;
  failures: number;
  rows: number;
  startedAt: Instant;
  firstFailure: Failure | null;
  status: TaskStatus | null;
  reason: string | null;
}

interface QueuedRequest {
  readonly request: Request;
  readonly running: RunningTask;
}

/**
 * Executes a plan: a task starts when everything it needs has ended well, its requests go to its provider as fast as the
 * provider's limits allow, and every answer is with the lake's writer before it counts. One failing task holds up nothing
 * but what depends on it.
 */
export function execute(execution: Execution): Promise<ExecutionResult> {
  const { graph, plan, clock, emit, stopping, stopped } = execution;
  const running = new Map<TaskId, RunningTask>();
  const queues = new Map<ProviderName, { waiting: QueuedRequest[]; next: number; underWay: number; down: Failure | null }>();
  let requests = 0;
  let rows = 0;
  let unfinished = 0;
  let fatal: Failure | null = null;

  return new Promise((resolve, reject) => {
    const queueOf = (name: ProviderName) => {
      let queue = queues.get(name);
      if (queue === undefined) queues.set(name, (queue = { waiting: [], next: 0, underWay: 0, down: null }));
      return queue;
    };

    const begin = (entry: RunningTask): void => {
      if (stopping.aborted) {
        end(entry, 'interrupted', 'the run was stopped');
        return;
      }
      entry.startedAt = clock.now();
      if (entry.planned.status === 'deferred') entry.planned = execution.replan(entry.task);
      const { planned, task } = entry;
      const down = queueOf(task.step.provider).down;
      if (planned.status === 'blocked') end(entry, 'skipped', planned.reason);
      else if (planned.requests.length === 0) end(entry, 'satisfied', null);
      else if (down !== null) end(entry, 'failed', down.message);
      else {
        emit({ type: 'task-started', task: task.id, step: task.step.name, symbol: planned.symbol, requests: planned.requests.length });
        entry.open = planned.requests.length;
        const queue = queueOf(task.step.provider);
        for (const request of planned.requests) queue.waiting.push({ request, running: entry });
        pump(task.step.provider);
      }
    };

    const end = (entry: RunningTask, status: TaskStatus, reason: string | null): void => {
      if (entry.status !== null) return;
      entry.status = status;
      entry.reason = reason;
      const { task } = entry;
      const remedy = entry.firstFailure === null ? null : remedyFor(entry.firstFailure);
      emit({
        type: 'task-finished',
        task: task.id,
        step: task.step.name,
        symbol: task.symbol.instrument.symbol,
        status,
        requests: entry.sent,
        rows: entry.rows,
        took: clock.now() - entry.startedAt,
        ...(reason === null ? {} : { reason }),
        ...(remedy === null ? {} : { remedy }),
      });
      unfinished--;
      const lets = status === 'ok' || status === 'satisfied' || status === 'partial';
      for (const id of graph.dependents(task.id)) {
        const dependent = running.get(id);
        if (dependent === undefined || dependent.status !== null) continue;
        dependent.waitingFor--;
        if (!lets) end(dependent, status === 'interrupted' ? 'interrupted' : 'skipped', `${task.id} ${wordFor(status)}`);
        else if (dependent.waitingFor === 0) begin(dependent);
      }
      if (unfinished === 0) finish();
    };

    const pump = (name: ProviderName): void => {
      const queue = queueOf(name);
      const most = execution.concurrency(name);
      while (queue.underWay < most && queue.next < queue.waiting.length && !stopping.aborted && queue.down === null) {
        const next = queue.waiting[queue.next++];
        if (next === undefined) break;
        // The head of the queue is only moved, not cut off each time: cutting ten thousand times would be quadratic.
        if (queue.next > 4096) queue.waiting.splice(0, queue.next), (queue.next = 0);
        queue.underWay++;
        ask(next).then(
          () => {
            queue.underWay--;
            pump(name);
          },
          (error: unknown) => {
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      }
      if (queue.underWay === 0 && (stopping.aborted || queue.down !== null)) abandon(name);
    };

    /** Ends what still waits for a provider that is down, or for a run that is being stopped. */
    const abandon = (name: ProviderName): void => {
      const queue = queueOf(name);
      const left = queue.waiting.splice(queue.next);
      queue.waiting.length = 0;
      queue.next = 0;
      const { down } = queue;
      for (const { running: entry } of left) {
        entry.firstFailure ??= down;
        if (down !== null) end(entry, 'failed', down.message);
        else end(entry, 'interrupted', 'the run was stopped');
      }
    };

    const ask = async ({ request, running: entry }: QueuedRequest): Promise<void> => {
      const { series } = request;
      const id = `${execution.runId}/${String(++requests)}`;
      const task = entry.task.id;
      const upstream = upstreamOf(series, execution.knowledge);
      entry.sent++;
      execution.asking(request, id, task);
      const requestedAt = clock.now();
      emit({ type: 'request-sent', request: id, task, provider: series.provider, series: seriesName(series), window: request.window });
      const outcome = await execution.provider(series.provider).fetch(request, stopped);
      const answeredAt = clock.now();
      const { settled, rows: kept } = settle(request, outcome, {
        calendar: execution.calendar(series.instrument.calendar),
        settle: execution.settleTime(entry.task),
        answeredAt,
      });
      const unanswered = isUnanswered(outcome);
      if (!unanswered) {
        const delivery: Delivery = { requestId: id, series, step: entry.task.step.name, requestedAt, answeredAt, upstream, settled, rows: kept };
        await execution.writer.receive(delivery);
        execution.knowledge.learn(delivery);
      }
      account(entry, id, series, outcome, settled.some((window) => window.state === 'failed'), kept?.length ?? 0, answeredAt - requestedAt);
    };

    const account = (
      entry: RunningTask,
      id: RequestId,
      series: Series,
      outcome: Outcome,
      someFailed: boolean,
      count: number,
      took: Duration,
    ): void => {
      const failure = outcome.kind === 'failure' ? outcome.failure : null;
      const what = failure === null ? (outcome.kind === 'rows' && someFailed ? 'partial' : outcome.kind) : failure.kind;
      emit({
        type: 'request-answered',
        request: id,
        task: entry.task.id,
        provider: series.provider,
        outcome: what === 'failure' ? 'retryable' : what,
        rows: count,
        took,
        ...(failure === null ? {} : { message: failure.message }),
      });
      rows += count;
      entry.rows += count;
      entry.open--;
      if (failure !== null || someFailed) {
        entry.failures++;
        entry.firstFailure ??= failure ?? { kind: 'retryable', message: 'the answer was cut short' };
      }
      if (failure?.kind === 'fatal') {
        fatal ??= failure;
        queueOf(series.provider).down ??= failure;
      }
      if (entry.open > 0) return;
      const reason = entry.firstFailure?.message ?? null;
      if (failure !== null && isStop(failure)) end(entry, 'interrupted', 'the run was stopped');
      else if (entry.failures === 0) end(entry, 'ok', null);
      else end(entry, entry.failures < entry.sent ? 'partial' : 'failed', reason);
    };

    const finish = (): void => {
      const tasks = [...running.values()].map(resultOf);
      resolve({ status: statusOf(tasks), requests, rows, tasks, fatal });
    };

    for (const planned of plan.tasks) {
      const task = graph.task(planned.id);
      if (task === undefined) continue;
      running.set(planned.id, entryOf(task, planned));
    }
    unfinished = running.size;
    if (unfinished === 0) {
      finish();
      return;
    }
    for (const entry of running.values()) entry.waitingFor = entry.task.needs.filter((need) => running.has(need)).length;
    stopping.addEventListener('abort', () => {
      for (const name of queues.keys()) pump(name);
    });
    for (const entry of [...running.values()].filter(({ waitingFor }) => waitingFor === 0)) begin(entry);
  });
}

function entryOf(task: Task, planned: PlannedTask): RunningTask {
  return {
    task,
    planned,
    waitingFor: 0,
    open: 0,
    sent: 0,
    failures: 0,
    rows: 0,
    startedAt: 0,
    firstFailure: null,
    status: null,
    reason: null,
  };
}

/** Nothing was learned: the source was given up on or we stopped waiting. Such a request leaves no fact behind. */
function isUnanswered(outcome: Outcome): boolean {
  return outcome.kind === 'failure' && (outcome.failure.kind === 'fatal' || isStop(outcome.failure));
}

function isStop(failure: Failure): boolean {
  return 'code' in failure && failure.code === 'interrupted';
}

function wordFor(status: TaskStatus): string {
  return status === 'failed' ? 'failed' : status === 'skipped' ? 'was skipped' : 'was interrupted';
}

function resultOf(entry: RunningTask): TaskResult {
  const { task, status, sent, rows, reason } = entry;
  return {
    id: task.id,
    step: task.step.name,
    symbol: task.symbol.instrument.symbol,
    status: status ?? 'interrupted',
    requests: sent,
    rows,
    ...(reason === null ? {} : { reason }),
  };
}

function statusOf(tasks: readonly TaskResult[]): RunStatus {
  if (tasks.some((task) => task.status === 'interrupted')) return 'interrupted';
  const bad = tasks.filter((task) => task.status === 'failed' || task.status === 'skipped' || task.status === 'partial');
  if (bad.length === 0) return 'ok';
  const nothingWell = tasks.every((task) => task.status === 'failed' || task.status === 'skipped');
  return nothingWell ? 'failed' : 'partial';
}
