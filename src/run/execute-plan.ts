import { setMaxListeners } from 'node:events';

import type { RunStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { Request } from '../core/request.js';
import type { DataOrigin } from '../core/series.js';
import { isComputed } from '../core/tables/tables.js';
import type { Duration } from '../core/time/time.js';
import type { Task, TaskId } from '../plan/task-graph.js';
import type { Step } from '../config/pipeline/pipeline.js';
import type { PlannedTask } from '../plan/plan.js';
import { getStepDataset } from '../plan/tasks/planned-task.js';
import { executeRequest } from './execute-request.js';
import type { ExecutionContext, ExecutionResult, TaskResult } from './execution-context.js';
import { createRequestQueue } from './request-queue.js';
import type { RequestQueue } from './request-queue.js';
import { createSymbolLimiter } from './symbol-limiter.js';
import { cancelledEnd, createTaskTracker } from './task-tracker.js';
import type { TaskEnd, TaskTracker } from './task-tracker.js';
import { noTimeLimit, createTaskTimer, taskTimeoutFailure } from './task-timer.js';
import type { TaskTimer } from './task-timer.js';

/** Enough that reading for one goes on while another is computed. */
const maxConcurrentComputations = 4;

interface RunningTask {
  readonly tracker: TaskTracker;
  readonly planned: PlannedTask;
  readonly timer: TaskTimer;
  /** Needs that have not ended yet. */
  pendingNeeds: number;
}

interface QueuedRequest {
  readonly request: Request;
  readonly running: RunningTask;
}

interface ProviderState {
  readonly queue: RequestQueue<QueuedRequest>;
  /** What made it unusable. */
  failure: Failure | null;
}

/**
 * Executes a plan: a task starts when everything it needs has ended well, its requests go to its provider as fast as the
 * provider's limits allow, and every answer is with the lake's writer before it counts. One failing task holds up nothing
 * but what depends on it.
 *
 * Rejects when an answer cannot be stored, or for a bug; by then nothing is under way any more.
 */
export function executePlan(context: ExecutionContext): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    startExecution(context, resolve, reject);
  });
}

function startExecution(
  context: ExecutionContext,
  resolve: (result: ExecutionResult) => void,
  reject: (error: Error) => void,
): void {
  const { graph, plan, clock, emit, stopping } = context;
  const running = new Map<TaskId, RunningTask>();
  const providerStates = new Map<DataOrigin, ProviderState>();
  const abortController = new AbortController();
  const stopped = AbortSignal.any([context.stopped, abortController.signal]);
  // Every request under way listens, which is as many as the source allows and no leak.
  setMaxListeners(0, stopped);
  const noLimit = noTimeLimit(stopped);
  /** The tasks of each symbol that have not ended. */
  const unfinishedBySymbol = new Map<string, Set<RunningTask>>();
  const limiter = createSymbolLimiter(context.symbolLimits, clock, (symbol, failure) => {
    for (const entry of unfinishedBySymbol.get(symbol) ?? []) expire(entry, failure);
  });
  let requestCount = 0;
  let unfinishedCount = 0;
  let fatal: Failure | null = null;
  let internalError: Error | null = null;

  const getProviderState = (name: DataOrigin): ProviderState => {
    let provider = providerStates.get(name);
    if (provider === undefined) {
      provider = {
        queue: createRequestQueue(name === 'pipe' ? maxConcurrentComputations : context.concurrency(name), executeNext),
        failure: null,
      };
      providerStates.set(name, provider);
    }
    return provider;
  };

  const startTask = (entry: RunningTask): void => {
    const { tracker } = entry;
    if (tracker.end !== null) return;
    const { task } = tracker;
    if (stopping.aborted || internalError !== null) {
      endTask(entry, cancelledEnd);
      return;
    }
    const planned = entry.planned.status === 'deferred' ? context.replan(task) : entry.planned;
    if (planned.hasDeniedWindows) tracker.markDenied();
    if (planned.status === 'blocked') {
      endTask(entry, { status: 'skipped', reason: planned.reason });
      return;
    }
    if (planned.requests.length === 0) {
      endTask(entry, { status: 'up-to-date', reason: null });
      return;
    }
    const provider = getProviderState(getDataOrigin(task.step));
    const permanentFailure = provider.failure ?? limiter.timeoutFailure(task.symbol.instrument.symbol);
    if (permanentFailure !== null) {
      tracker.dropRequests(0, permanentFailure);
      endTask(entry, tracker.conclude());
      return;
    }
    tracker.start(planned.requests.length);
    provider.queue.push(planned.requests.map((request) => ({ request, running: entry })));
  };

  const endTask = (entry: RunningTask, taskEnd: TaskEnd): void => {
    const { tracker } = entry;
    if (tracker.end !== null) return;
    unfinishedCount--;
    entry.timer.end();
    tracker.finish(taskEnd);
    const { symbol } = tracker.task.symbol.instrument;
    unfinishedBySymbol.get(symbol)?.delete(entry);
    const isLast = unfinishedBySymbol.get(symbol)?.size === 0;
    for (const id of graph.dependents(tracker.task.id)) {
      const dependent = running.get(id);
      if (dependent === undefined) continue;
      dependent.pendingNeeds--;
      const propagated = propagate(tracker.task.id, taskEnd);
      if (propagated !== null) endTask(dependent, propagated);
      else if (dependent.pendingNeeds === 0 && dependent.tracker.end === null) startTask(dependent);
    }
    if (isLast) limiter.release(symbol);
    if (unfinishedCount === 0) finishRun();
  };

  const endIfDone = (entry: RunningTask): void => {
    if (entry.tracker.openRequests === 0) endTask(entry, entry.tracker.conclude());
  };

  /** Drops what still waits for a source; tasks with nothing under way end with it. */
  const dropQueued = (provider: ProviderState, failure: Failure | 'stopped'): void => {
    for (const { running: entry } of provider.queue.close()) {
      entry.tracker.dropRequests(1, failure);
      endIfDone(entry);
    }
  };

  const executeNext = async ({ request, running: entry }: QueuedRequest): Promise<void> => {
    const { tracker, timer } = entry;
    const id = `${context.runId}/${String(++requestCount)}`;
    const onSent = (): void => {
      tracker.recordSent();
      timer.start();
    };
    try {
      const answer = await executeRequest(
        { request, id, task: tracker.task, onSent, timeoutFailure: () => timer.timeoutFailure, signal: timer.signal },
        context,
        stopped,
      );
      tracker.recordResult(answer);
      if (answer.failure?.kind === 'fatal') failProvider(getDataOrigin(tracker.task.step), answer.failure);
    } catch (error) {
      tracker.dropRequests(1, 'stopped');
      abortAll(error);
    }
    abortOnError(() => {
      endIfDone(entry);
    });
  };

  const failProvider = (name: DataOrigin, failure: Failure): void => {
    const provider = getProviderState(name);
    fatal ??= failure;
    provider.failure ??= failure;
    dropQueued(provider, failure);
  };

  const abortOnError = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      abortAll(error);
    }
  };

  /** Goes no further: what is under way is given up and every task ends, so that nothing happens after the rejection. */
  const abortAll = (error: unknown): void => {
    internalError ??= error instanceof Error ? error : new Error(String(error));
    abortController.abort();
    for (const provider of providerStates.values()) dropQueued(provider, 'stopped');
    for (const entry of running.values()) {
      if (entry.tracker.openRequests === 0) endTask(entry, { status: 'interrupted', reason: internalError.message });
    }
  };

  const finishRun = (): void => {
    stopping.removeEventListener('abort', onStopping);
    const tasks = [...running.values()].map(({ tracker }) => tracker.result());
    const requests = tasks.reduce((sum, task) => sum + task.requests, 0);
    const rows = tasks.reduce((sum, task) => sum + task.rows, 0);
    if (internalError === null) resolve({ status: getRunStatus(tasks), requests, rows, tasks, fatal });
    else reject(internalError);
  };

  /** Gives up what a task still waits for; what it has had stays, and it ends as soon as nothing of it is under way. */
  const expire = (entry: RunningTask, failure: Failure): void => {
    const { tracker, timer } = entry;
    if (tracker.openRequests === 0) return;
    abortOnError(() => {
      timer.expire(failure);
      const { queue } = getProviderState(getDataOrigin(tracker.task.step));
      const dropped = queue.drop(({ running: other }) => other === entry).length;
      if (dropped > 0) tracker.dropRequests(dropped, failure);
      endIfDone(entry);
    });
  };

  const onStopping = (): void => {
    abortOnError(() => {
      for (const provider of providerStates.values()) dropQueued(provider, 'stopped');
      limiter.admitAll();
    });
  };

  const register = (task: Task, planned: PlannedTask): void => {
    const { step } = task;
    const { symbol } = task.symbol.instrument;
    const timeLimit = step.uses === 'overview' ? null : step.timeout;
    const onTimeout = (exceeded: Duration): void => expire(entry, taskTimeoutFailure(step.name, symbol, exceeded));
    const isLimited = timeLimit !== null || context.symbolLimits.timeout !== null;
    const timer = isLimited ? createTaskTimer(timeLimit, clock, onTimeout) : noLimit;
    const entry: RunningTask = { tracker: createTaskTracker(task, clock, emit), planned, timer, pendingNeeds: 0 };
    running.set(task.id, entry);
    const symbolTasks = unfinishedBySymbol.get(symbol) ?? new Set();
    unfinishedBySymbol.set(symbol, symbolTasks.add(entry));
  };

  for (const planned of plan.tasks) {
    const task = graph.task(planned.id);
    if (task !== undefined) register(task, planned);
  }
  unfinishedCount = running.size;
  if (unfinishedCount === 0) {
    finishRun();
    return;
  }
  for (const entry of running.values()) {
    entry.pendingNeeds = entry.tracker.task.needs.filter((need) => running.has(need)).length;
  }
  stopping.addEventListener('abort', onStopping);
  stopped.addEventListener('abort', () => {
    for (const { timer } of running.values()) timer.stop();
  });
  const roots = [...running.values()].filter(({ pendingNeeds }) => pendingNeeds === 0);
  abortOnError(() => {
    for (const entry of roots) limiter.acquire(entry.tracker.task.symbol.instrument.symbol, () => startTask(entry));
  });
}

/** Who answers the requests of a step. */
function getDataOrigin(step: Step): DataOrigin {
  return isComputed(getStepDataset(step)) ? 'pipe' : step.provider;
}

/** How a task ends because of one it needs; null when it may go on. */
function propagate(id: TaskId, { status, reason }: TaskEnd): TaskEnd | null {
  switch (status) {
    case 'ok':
    case 'up-to-date':
    case 'partial':
      return null;
    case 'failed':
      return { status: 'skipped', reason: `${id} failed` };
    case 'skipped':
    case 'interrupted':
      return { status, reason };
  }
}

/** How a run has ended, going by its tasks. */
export function getRunStatus(tasks: readonly TaskResult[]): RunStatus {
  if (tasks.some((task) => task.status === 'interrupted')) return 'interrupted';
  const incomplete = tasks.filter(
    (task) => task.status === 'failed' || task.status === 'skipped' || task.status === 'partial',
  );
  if (incomplete.length === 0) return 'ok';
  const allFailed = tasks.every((task) => task.status === 'failed' || task.status === 'skipped');
  return allFailed ? 'failed' : 'partial';
}
