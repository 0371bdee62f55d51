import { setMaxListeners } from 'node:events';

import type { Failure } from '../core/failure.js';
import { createRequestIds } from '../core/request.js';
import type { Request } from '../core/request.js';
import type { DataOrigin } from '../core/series.js';
import type { Instant } from '../core/time/time.js';
import { listRequests } from '../plan/plan.js';
import { planDeferred } from '../plan/make-plan.js';
import { toError } from '../platform/error-message.js';
import { executeRequest } from './execute-request.js';
import type { RequestContext } from './execute-request.js';
import type { Execution, RunOutcome } from './execution.js';
import { createExecutionState, transition } from './execution-machine.js';
import type { ExecutionAction, ExecutionEvent, ExecutionState } from './execution-machine.js';
import { getRunStatus, toTaskFinished, toTaskResult } from './task-state.js';
import type { TaskState } from './task-state.js';
import { createTaskTimer, noTimeLimit, startTimer, symbolTimeoutFailure, taskTimeoutFailure } from './task-timer.js';
import type { TaskTimer } from './task-timer.js';

/** Enough to read the inputs of one computation while another one is running. */
const maxConcurrentComputations = 4;

/**
 * Executes a plan: a task starts when everything it needs has ended well, its requests are sent to its provider as fast as
 * the provider's limits allow, and the lake's writer stores each answer before it counts. A failing task affects only the
 * tasks that depend on it.
 *
 * Rejects when an answer cannot be stored, or for a bug; no request is in flight any more by then.
 */
export function executePlan(execution: Execution): Promise<RunOutcome> {
  const { prepared, deps } = execution;
  const { stopping } = deps.shutdown;
  return new Promise((resolve, reject) => {
    const state = createExecutionState(prepared.plan, prepared.graph, {
      maxConcurrency: (origin) => getMaxConcurrency(origin, execution),
      maxConcurrentSymbols: deps.pipeline.symbolLimits.maxConcurrent,
    });
    const onStopping = (): void => dispatch({ type: 'stopping' });
    const { dispatch } = createDriver(execution, state, () => {
      stopping.removeEventListener('abort', onStopping);
      if (state.error === null) resolve(toRunOutcome(state));
      else reject(state.error);
    });
    stopping.addEventListener('abort', onStopping);
    if (stopping.aborted) dispatch({ type: 'stopping' });
    dispatch({ type: 'started' });
  });
}

function getMaxConcurrency(origin: DataOrigin, { deps }: Execution): number {
  if (origin === 'pipe') return maxConcurrentComputations;
  const { budgets, maxConcurrency } = deps.limits(origin);
  // With budgets, pacing chooses the next request among all that wait and enforces the concurrency.
  return budgets.length > 0 ? Infinity : maxConcurrency;
}

function toRunOutcome({ tasks: states, fatal }: ExecutionState): RunOutcome {
  const tasks = [...states.values()].map(toTaskResult);
  const requests = tasks.reduce((sum, task) => sum + task.requests, 0);
  const rows = tasks.reduce((sum, task) => sum + task.rows, 0);
  return { status: getRunStatus(tasks, fatal), requests, rows, tasks, fatal };
}

interface Driver {
  readonly dispatch: (event: ExecutionEvent) => void;
}

/** Performs the actions of the machine and returns their results as events. */
function createDriver(execution: Execution, state: ExecutionState, finish: () => void): Driver {
  const abortController = new AbortController();
  const stopped = AbortSignal.any([execution.deps.shutdown.stopped, abortController.signal]);
  // Every request in flight listens: as many as the provider allows, and no leak.
  setMaxListeners(0, stopped);
  const timers = createTimers(execution, stopped, (event) => dispatch(event));
  const reporter = createTaskReporter(execution.deps);
  const sendRequest = createRequestSender(execution, stopped, timers, (event) => dispatch(event));

  const perform = (action: ExecutionAction): void => {
    switch (action.type) {
      case 'plan-task': {
        const planned = planDeferred(action.task.task, execution.prepared.context);
        dispatch({ type: 'task-planned', task: action.task, planned });
        return;
      }
      case 'start-task':
        reporter.start(action.task, action.requests);
        return;
      case 'send-request':
        void sendRequest(action.task, action.request);
        return;
      case 'abort-task':
        timers.getTaskTimer(action.task).expire(action.failure);
        return;
      case 'finish-task':
        timers.endTask(action.task);
        reporter.finish(action.task);
        return;
      case 'start-symbol':
        timers.startSymbol(action.symbol);
        return;
      case 'finish-symbol':
        timers.endSymbol(action.symbol);
        return;
      case 'abort-all':
        abortController.abort();
        return;
      case 'finish-run':
        finish();
    }
  };

  const performSafely = (action: ExecutionAction): void => {
    try {
      perform(action);
    } catch (error) {
      dispatch({ type: 'crashed', error: toError(error) });
    }
  };

  const apply = (event: ExecutionEvent): readonly ExecutionAction[] => {
    try {
      return transition(state, event);
    } catch (error) {
      state.error ??= toError(error);
      return [{ type: 'abort-all' }, { type: 'finish-run' }];
    }
  };

  const dispatch = createSerialDispatch(apply, performSafely);
  return { dispatch };
}

/** Creates the function that executes requests and reports how they went as events. */
function createRequestSender(
  execution: Execution,
  stopped: AbortSignal,
  timers: Timers,
  dispatch: (event: ExecutionEvent) => void,
): (task: TaskState, request: Request) => Promise<void> {
  const context: RequestContext = {
    execution,
    pointClock: { last: -Infinity, byCall: new Map() },
    stopped,
    restatements: { left: countAllowedRestatements(execution) },
  };
  const { nextRequestId = createRequestIds(execution.deps.runId) } = execution.deps;
  return async (task, request) => {
    const timer = timers.getTaskTimer(task);
    const onSent = (): void => {
      timer.start();
      dispatch({ type: 'request-sent', task });
    };
    const timeoutFailure = (): Failure | null => timer.timeoutFailure;
    const id = nextRequestId();
    const input = { request, id, task: task.task, onSent, timeoutFailure, signal: timer.signal };
    const event = await executeRequest(input, context).then(
      (result): ExecutionEvent => ({ type: 'request-ended', task, result }),
      (error: unknown): ExecutionEvent => ({ type: 'request-crashed', task, error: toError(error) }),
    );
    dispatch(event);
  };
}

/** The requests that the run may add for restatement to those of its plan. */
function countAllowedRestatements({ deps, prepared }: Execution): number {
  const planned = prepared.plan.tasks.flatMap(listRequests).filter(({ purpose }) => purpose === 'restatement');
  return deps.pipeline.restatement.maxRequests - planned.length;
}

interface TaskReporter {
  start(task: TaskState, requests: number): void;
  finish(task: TaskState): void;
}

/** Emits the start and the end of tasks. */
function createTaskReporter({ clock, emit }: Execution['deps']): TaskReporter {
  const startedAt = new Map<TaskState, Instant>();
  return {
    start(state, requests) {
      const { task, symbol } = state;
      startedAt.set(state, clock.now());
      emit({ type: 'task-started', task: task.id, step: task.step.name, symbol, requests });
    },
    finish(state) {
      const now = clock.now();
      const durationMs = now - (startedAt.get(state) ?? now);
      startedAt.delete(state);
      emit(toTaskFinished(state, durationMs));
    },
  };
}

/** Applies events one after the other: one that arrives while actions are performed waits for the end of those. */
function createSerialDispatch(
  apply: (event: ExecutionEvent) => readonly ExecutionAction[],
  perform: (action: ExecutionAction) => void,
): (event: ExecutionEvent) => void {
  const pending: ExecutionEvent[] = [];
  let isBusy = false;
  return (event) => {
    pending.push(event);
    if (isBusy) return;
    isBusy = true;
    // The loop also visits the events that are added meanwhile.
    for (const next of pending) for (const action of apply(next)) perform(action);
    pending.length = 0;
    isBusy = false;
  };
}

interface Timers {
  getTaskTimer(task: TaskState): TaskTimer;
  endTask(task: TaskState): void;
  startSymbol(symbol: string): void;
  endSymbol(symbol: string): void;
}

/** Time limits of tasks and symbols. The timer of a task is created with its first request. */
function createTimers(
  { deps: { clock, pipeline } }: Execution,
  stopped: AbortSignal,
  dispatch: (event: ExecutionEvent) => void,
): Timers {
  const { timeout: symbolTimeout } = pipeline.symbolLimits;
  const noLimit = noTimeLimit(stopped);
  const taskTimers = new Map<TaskState, TaskTimer>();
  const symbolTimers = new Map<string, () => void>();
  stopped.addEventListener('abort', () => {
    for (const timer of taskTimers.values()) timer.stop();
  });

  const createTimer = (task: TaskState): TaskTimer => {
    const { step } = task.task;
    const timeLimit = step.uses === 'overview' ? null : step.timeout;
    if (timeLimit === null && symbolTimeout === null) return noLimit;
    return createTaskTimer(timeLimit, clock, (exceeded) => {
      dispatch({ type: 'task-timed-out', task, failure: taskTimeoutFailure(step.name, task.symbol, exceeded) });
    });
  };

  return {
    getTaskTimer(task) {
      let timer = taskTimers.get(task);
      if (timer === undefined) {
        timer = createTimer(task);
        if (stopped.aborted) timer.stop();
        taskTimers.set(task, timer);
      }
      return timer;
    },
    endTask(task) {
      taskTimers.get(task)?.end();
      taskTimers.delete(task);
    },
    startSymbol(symbol) {
      const cancel = startTimer(symbolTimeout, clock, (exceeded) => {
        dispatch({ type: 'symbol-timed-out', symbol, failure: symbolTimeoutFailure(symbol, exceeded) });
      });
      symbolTimers.set(symbol, cancel);
    },
    endSymbol(symbol) {
      symbolTimers.get(symbol)?.();
      symbolTimers.delete(symbol);
    },
  };
}
