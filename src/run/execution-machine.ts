import type { Failure } from '../core/failure.js';
import type { Request } from '../core/request.js';
import type { DataOrigin } from '../core/series.js';
import type { Plan, PlannedTask } from '../plan/plan.js';
import type { TaskGraph, TaskId } from '../plan/task-graph.js';
import type { RequestResult } from './execute-request.js';
import { createRequestQueue } from './request-queue.js';
import type { RequestQueue } from './request-queue.js';
import { createSymbolLimiter } from './symbol-limiter.js';
import type { SymbolLimiter } from './symbol-limiter.js';
import {
  cancelledEnd,
  concludeAbsences,
  concludeTask,
  createTaskState,
  dropRequests,
  propagateEnd,
  recordResult,
} from './task-state.js';
import type { TaskEnd, TaskState } from './task-state.js';

/** Input of the machine: an event outside of it. */
export type ExecutionEvent =
  | { readonly type: 'started' }
  /** Answers `plan-task`. */
  | { readonly type: 'task-planned'; readonly task: TaskState; readonly planned: PlannedTask }
  | { readonly type: 'request-sent'; readonly task: TaskState }
  /** Answers `send-request`, once for each. */
  | { readonly type: 'request-ended'; readonly task: TaskState; readonly result: RequestResult }
  /** Answers `send-request` when the answer cannot be stored, or for a bug. */
  | { readonly type: 'request-crashed'; readonly task: TaskState; readonly error: Error }
  | { readonly type: 'task-timed-out'; readonly task: TaskState; readonly failure: Failure }
  | { readonly type: 'symbol-timed-out'; readonly symbol: string; readonly failure: Failure }
  | { readonly type: 'stopping' }
  | { readonly type: 'crashed'; readonly error: Error };

/** Output of the machine: the actions that the driver has to perform, in this order. */
export type ExecutionAction =
  | { readonly type: 'plan-task'; readonly task: TaskState }
  | { readonly type: 'start-task'; readonly task: TaskState; readonly requests: number }
  | { readonly type: 'send-request'; readonly task: TaskState; readonly request: Request }
  /** Aborts the requests of the task in flight; they still end with `request-ended`. */
  | { readonly type: 'abort-task'; readonly task: TaskState; readonly failure: Failure }
  | { readonly type: 'finish-task'; readonly task: TaskState }
  | { readonly type: 'start-symbol'; readonly symbol: string }
  | { readonly type: 'finish-symbol'; readonly symbol: string }
  | { readonly type: 'abort-all' }
  | { readonly type: 'finish-run' };

interface QueuedRequest {
  readonly task: TaskState;
  readonly request: Request;
}

interface ProviderState {
  readonly queue: RequestQueue<QueuedRequest>;
  /** The failure that made it unusable; null while it can be used. */
  failure: Failure | null;
}

/**
 * State of an execution. Only `transition` changes it, in place: plans have tens of thousands of tasks, and copying them
 * for each event would cost the square of their number.
 */
export interface ExecutionState {
  readonly tasks: ReadonlyMap<TaskId, TaskState>;
  readonly graph: Pick<TaskGraph, 'dependents'>;
  readonly providers: ReadonlyMap<DataOrigin, ProviderState>;
  readonly symbols: SymbolLimiter<TaskState>;
  readonly unfinishedBySymbol: ReadonlyMap<string, Set<TaskState>>;
  /** Tasks that may start, the next one last. */
  readonly startable: TaskState[];
  unfinishedTasks: number;
  isStopping: boolean;
  /** The first failure that made a provider unusable. */
  fatal: Failure | null;
  /** The error that ends the execution: the lake's disk, or a bug. */
  error: Error | null;
}

export interface ExecutionLimits {
  /** Requests in flight of one origin. */
  maxConcurrency(origin: DataOrigin): number;
  /** Symbols in progress at once; null for no limit. */
  readonly maxConcurrentSymbols: number | null;
}

export function createExecutionState(
  plan: Pick<Plan, 'tasks'>,
  graph: Pick<TaskGraph, 'task' | 'dependents'>,
  limits: ExecutionLimits,
): ExecutionState {
  const tasks = new Map<TaskId, TaskState>();
  const providers = new Map<DataOrigin, ProviderState>();
  const unfinishedBySymbol = new Map<string, Set<TaskState>>();
  for (const planned of plan.tasks) {
    const task = graph.task(planned.id);
    if (task === undefined) continue;
    const state = createTaskState(task, planned);
    tasks.set(task.id, state);
    const { origin, symbol } = state;
    unfinishedBySymbol.set(symbol, (unfinishedBySymbol.get(symbol) ?? new Set()).add(state));
    if (!providers.has(origin))
      providers.set(origin, { queue: createRequestQueue(limits.maxConcurrency(origin)), failure: null });
  }
  for (const state of tasks.values()) {
    state.pendingNeeds = state.task.needs.filter((need) => tasks.has(need)).length;
  }
  const symbols = createSymbolLimiter<TaskState>(limits.maxConcurrentSymbols);
  const counters = { unfinishedTasks: tasks.size, isStopping: false, fatal: null, error: null };
  return { tasks, graph, providers, symbols, unfinishedBySymbol, startable: [], ...counters };
}

/** Applies one event to the state and returns what has to be done. Has no other effect and depends on nothing else. */
export function transition(state: ExecutionState, event: ExecutionEvent): readonly ExecutionAction[] {
  const actions: ExecutionAction[] = [];
  const wasUnfinished = state.unfinishedTasks > 0 || event.type === 'started';
  applyEvent(state, event, actions);
  startTasks(state, actions);
  for (const { queue } of state.providers.values()) {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      actions.push({ type: 'send-request', ...next });
    }
  }
  if (wasUnfinished && state.unfinishedTasks === 0) actions.push({ type: 'finish-run' });
  return actions;
}

function applyEvent(state: ExecutionState, event: ExecutionEvent, actions: ExecutionAction[]): void {
  switch (event.type) {
    case 'started':
      for (const task of [...state.tasks.values()].filter(({ pendingNeeds }) => pendingNeeds === 0)) {
        state.symbols.add(task.symbol, task);
        startTasks(state, actions);
      }
      return;
    case 'task-planned':
      event.task.planned = event.planned;
      startTask(state, event.task, actions);
      return;
    case 'request-sent':
      event.task.sentRequests++;
      return;
    case 'request-ended':
      endRequest(state, event.task, event.result, actions);
      return;
    case 'request-crashed':
      state.providers.get(event.task.origin)?.queue.done();
      dropRequests(event.task, 1, 'cancelled');
      crash(state, event.error, actions);
      endTaskIfDone(state, event.task, actions);
      return;
    case 'task-timed-out':
      expireTask(state, event.task, event.failure, actions);
      return;
    case 'symbol-timed-out':
      state.symbols.expire(event.symbol, event.failure);
      for (const task of [...(state.unfinishedBySymbol.get(event.symbol) ?? [])])
        expireTask(state, task, event.failure, actions);
      return;
    case 'stopping':
      state.isStopping = true;
      for (const provider of state.providers.values()) dropQueued(state, provider, 'cancelled', actions);
      state.symbols.admitAll();
      return;
    case 'crashed':
      crash(state, event.error, actions);
  }
}

/** After a stop, tasks are only cancelled. */
function hasStopped({ isStopping, error }: ExecutionState): boolean {
  return isStopping || error !== null;
}

/** Starts the tasks that may start, depth first: the tasks of one symbol before those of the next. */
function startTasks(state: ExecutionState, actions: ExecutionAction[]): void {
  for (;;) {
    const task = state.startable.pop();
    if (task !== undefined) {
      startTask(state, task, actions);
      continue;
    }
    const admitted = state.symbols.admit();
    if (admitted === null) return;
    if (admitted.isNew && !hasStopped(state)) actions.push({ type: 'start-symbol', symbol: admitted.symbol });
    state.startable.push(...[...admitted.items].reverse());
  }
}

function startTask(state: ExecutionState, task: TaskState, actions: ExecutionAction[]): void {
  if (task.end !== null) return;
  if (hasStopped(state)) {
    endTask(state, task, cancelledEnd, actions);
    return;
  }
  const { planned } = task;
  task.plannedAbsences = planned.absences;
  switch (planned.status) {
    case 'deferred':
      actions.push({ type: 'plan-task', task });
      return;
    case 'blocked':
      endTask(state, task, { status: 'skipped', reason: planned.reason }, actions);
      return;
    case 'up-to-date':
      endTask(state, task, concludeAbsences(task, 'up-to-date'), actions);
      return;
    case 'ready': {
      const provider = state.providers.get(task.origin);
      const failure = provider?.failure ?? state.symbols.timeoutFailure(task.symbol);
      if (failure !== null) {
        dropRequests(task, 0, failure);
        endTask(state, task, concludeTask(task), actions);
        return;
      }
      task.openRequests = planned.requests.length;
      actions.push({ type: 'start-task', task, requests: planned.requests.length });
      provider?.queue.push(planned.requests.map((request) => ({ task, request })));
    }
  }
}

function endRequest(state: ExecutionState, task: TaskState, result: RequestResult, actions: ExecutionAction[]): void {
  const provider = state.providers.get(task.origin);
  provider?.queue.done();
  recordResult(task, result);
  if (provider !== undefined && result.failure?.kind === 'fatal') {
    state.fatal ??= result.failure;
    provider.failure ??= result.failure;
    dropQueued(state, provider, result.failure, actions);
  }
  addRequests(state, task, result.followUps ?? []);
  endTaskIfDone(state, task, actions);
}

/** Queues requests that follow from an answer, unless nothing is sent any more. */
function addRequests(state: ExecutionState, task: TaskState, requests: readonly Request[]): void {
  const provider = state.providers.get(task.origin);
  if (requests.length === 0 || provider === undefined || hasStopped(state) || provider.failure !== null) return;
  if (task.end !== null || state.symbols.timeoutFailure(task.symbol) !== null) return;
  task.openRequests += requests.length;
  provider.queue.push(requests.map((request) => ({ task, request })));
}

function endTaskIfDone(state: ExecutionState, task: TaskState, actions: ExecutionAction[]): void {
  if (task.openRequests === 0) endTask(state, task, concludeTask(task), actions);
}

/** Ends a task and, with it, the tasks that cannot start without it. */
function endTask(state: ExecutionState, task: TaskState, end: TaskEnd, actions: ExecutionAction[]): void {
  if (task.end !== null) return;
  task.end = end;
  state.unfinishedTasks--;
  actions.push({ type: 'finish-task', task });
  const startable: TaskState[] = [];
  for (const id of state.graph.dependents(task.task.id)) {
    const dependent = state.tasks.get(id);
    if (dependent === undefined) continue;
    dependent.pendingNeeds--;
    const propagated = statesLackOf(task, end, dependent) ? null : propagateEnd(task.task.id, end);
    if (propagated !== null) endTask(state, dependent, propagated, actions);
    else if (dependent.pendingNeeds === 0 && dependent.end === null) startable.push(dependent);
  }
  state.startable.push(...startable.reverse());
  const unfinished = state.unfinishedBySymbol.get(task.symbol);
  if (unfinished?.delete(task) === true && unfinished.size === 0) {
    state.symbols.release(task.symbol);
    actions.push({ type: 'finish-symbol', symbol: task.symbol });
  }
}

/** Drops the waiting requests of a provider; tasks without requests in flight end. */
function dropQueued(
  state: ExecutionState,
  { queue }: ProviderState,
  failure: Failure | 'cancelled',
  actions: ExecutionAction[],
): void {
  for (const { task } of queue.close()) {
    dropRequests(task, 1, failure);
    endTaskIfDone(state, task, actions);
  }
}

/** Gives up the open requests of a task whose time is over. Its answers stay; it ends with its last request in flight. */
function expireTask(state: ExecutionState, task: TaskState, failure: Failure, actions: ExecutionAction[]): void {
  if (task.openRequests === 0) return;
  actions.push({ type: 'abort-task', task, failure });
  const dropped = state.providers.get(task.origin)?.queue.drop((queued) => queued.task === task).length ?? 0;
  if (dropped > 0) dropRequests(task, dropped, failure);
  endTaskIfDone(state, task, actions);
}

/** Aborts everything: every task ends, and nothing happens after the execution has been rejected. */
function crash(state: ExecutionState, error: Error, actions: ExecutionAction[]): void {
  state.error ??= error;
  actions.push({ type: 'abort-all' });
  for (const provider of state.providers.values()) dropQueued(state, provider, 'cancelled', actions);
  for (const task of state.tasks.values()) {
    if (task.openRequests === 0) endTask(state, task, { status: 'cancelled', reason: state.error.message }, actions);
  }
}

/** Returns whether a task runs although it got nothing from its need: an overview states that no option came. */
function statesLackOf(need: TaskState, end: TaskEnd, { task }: TaskState): boolean {
  return (
    end.status === 'failed' &&
    need.sentRequests > 0 &&
    need.task.step.uses === 'snapshots' &&
    task.step.uses === 'overview'
  );
}
