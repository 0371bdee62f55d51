import { setMaxListeners } from 'node:events';

import type { RunStatus } from '../core/events.js';
import type { Failure } from '../core/failure.js';
import type { Request } from '../core/request.js';
import type { AnswererName } from '../core/series.js';
import { isComputed } from '../core/tables.js';
import type { Duration } from '../core/time.js';
import type { Task, TaskId } from '../graph/task-graph.js';
import type { Step } from '../pipeline/pipeline.js';
import type { PlannedTask } from '../plan/plan.js';
import { datasetOf } from '../plan/planned.js';
import { ask } from './ask.js';
import type { Execution, ExecutionResult, TaskResult } from './execution.js';
import { requestQueue } from './request-queue.js';
import type { RequestQueue } from './request-queue.js';
import { symbolGate } from './symbol-gate.js';
import { stoppedEnd, taskRecord } from './task-record.js';
import type { TaskEnd, TaskRecord } from './task-record.js';
import { endlessTime, taskTime, taskTimedOut } from './time-limits.js';
import type { TaskTime } from './time-limits.js';

/** Enough that reading for one goes on while another is computed. */
const computedAtOnce = 4;

interface RunningTask {
  readonly record: TaskRecord;
  readonly planned: PlannedTask;
  readonly time: TaskTime;
  /** Needs that have not ended yet. */
  waitingFor: number;
}

interface QueuedRequest {
  readonly request: Request;
  readonly running: RunningTask;
}

interface Source {
  readonly queue: RequestQueue<QueuedRequest>;
  /** What made it unusable. */
  down: Failure | null;
}

/**
 * Executes a plan: a task starts when everything it needs has ended well, its requests go to its provider as fast as the
 * provider's limits allow, and every answer is with the lake's writer before it counts. One failing task holds up nothing
 * but what depends on it.
 *
 * Rejects when an answer cannot be stored, or for a bug; by then nothing is under way any more.
 */
export function execute(execution: Execution): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    run(execution, resolve, reject);
  });
}

function run(execution: Execution, resolve: (result: ExecutionResult) => void, reject: (error: Error) => void): void {
  const { graph, plan, clock, emit, stopping } = execution;
  const running = new Map<TaskId, RunningTask>();
  const sources = new Map<AnswererName, Source>();
  const giveUp = new AbortController();
  const stopped = AbortSignal.any([execution.stopped, giveUp.signal]);
  // Every request under way listens, which is as many as the source allows and no leak.
  setMaxListeners(0, stopped);
  const endless = endlessTime(stopped);
  /** The tasks of each symbol that have not ended. */
  const unfinished = new Map<string, Set<RunningTask>>();
  const gate = symbolGate(execution.symbolLimits, clock, (symbol, why) => {
    for (const entry of unfinished.get(symbol) ?? []) runOut(entry, why);
  });
  let asked = 0;
  let left = 0;
  let fatal: Failure | null = null;
  let broken: Error | null = null;

  const sourceOf = (name: AnswererName): Source => {
    let source = sources.get(name);
    if (source === undefined) {
      source = {
        queue: requestQueue(name === 'pipe' ? computedAtOnce : execution.concurrency(name), askNext),
        down: null,
      };
      sources.set(name, source);
    }
    return source;
  };

  const begin = (entry: RunningTask): void => {
    const { record } = entry;
    if (record.end !== null) return;
    const { task } = record;
    if (stopping.aborted || broken !== null) {
      end(entry, stoppedEnd);
      return;
    }
    const planned = entry.planned.status === 'deferred' ? execution.replan(task) : entry.planned;
    if (planned.refused) record.leaveRefused();
    if (planned.status === 'blocked') {
      end(entry, { status: 'skipped', reason: planned.reason });
      return;
    }
    if (planned.requests.length === 0) {
      end(entry, { status: 'satisfied', reason: null });
      return;
    }
    const source = sourceOf(answererOf(task.step));
    const hopeless = source.down ?? gate.late(task.symbol.instrument.symbol);
    if (hopeless !== null) {
      record.givenUp(0, hopeless);
      end(entry, record.verdict());
      return;
    }
    record.start(planned.requests.length);
    source.queue.push(planned.requests.map((request) => ({ request, running: entry })));
  };

  const end = (entry: RunningTask, how: TaskEnd): void => {
    const { record } = entry;
    if (record.end !== null) return;
    left--;
    entry.time.end();
    record.finish(how);
    const { symbol } = record.task.symbol.instrument;
    unfinished.get(symbol)?.delete(entry);
    const isLast = unfinished.get(symbol)?.size === 0;
    for (const id of graph.dependents(record.task.id)) {
      const dependent = running.get(id);
      if (dependent === undefined) continue;
      dependent.waitingFor--;
      const consequence = consequenceOf(record.task.id, how);
      if (consequence !== null) end(dependent, consequence);
      else if (dependent.waitingFor === 0 && dependent.record.end === null) begin(dependent);
    }
    if (isLast) gate.leave(symbol);
    if (left === 0) finish();
  };

  const endIfAnswered = (entry: RunningTask): void => {
    if (entry.record.open === 0) end(entry, entry.record.verdict());
  };

  /** Drops what still waits for a source; tasks with nothing under way end with it. */
  const abandon = (source: Source, why: Failure | 'stopped'): void => {
    for (const { running: entry } of source.queue.close()) {
      entry.record.givenUp(1, why);
      endIfAnswered(entry);
    }
  };

  const askNext = async ({ request, running: entry }: QueuedRequest): Promise<void> => {
    const { record, time } = entry;
    const id = `${execution.runId}/${String(++asked)}`;
    const onSent = (): void => {
      record.sent();
      time.sent();
    };
    try {
      const answer = await ask(
        { request, id, task: record.task, onSent, late: () => time.late, signal: time.signal },
        execution,
        stopped,
      );
      record.answered(answer);
      if (answer.failure?.kind === 'fatal') giveUpSource(answererOf(record.task.step), answer.failure);
    } catch (error) {
      record.givenUp(1, 'stopped');
      breakOff(error);
    }
    unlessBroken(() => {
      endIfAnswered(entry);
    });
  };

  const giveUpSource = (name: AnswererName, failure: Failure): void => {
    const source = sourceOf(name);
    fatal ??= failure;
    source.down ??= failure;
    abandon(source, failure);
  };

  const unlessBroken = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      breakOff(error);
    }
  };

  /** Goes no further: what is under way is given up and every task ends, so that nothing happens after the rejection. */
  const breakOff = (error: unknown): void => {
    broken ??= error instanceof Error ? error : new Error(String(error));
    giveUp.abort();
    for (const source of sources.values()) abandon(source, 'stopped');
    for (const entry of running.values()) {
      if (entry.record.open === 0) end(entry, { status: 'interrupted', reason: broken.message });
    }
  };

  const finish = (): void => {
    stopping.removeEventListener('abort', stop);
    const tasks = [...running.values()].map(({ record }) => record.result());
    const requests = tasks.reduce((sum, task) => sum + task.requests, 0);
    const rows = tasks.reduce((sum, task) => sum + task.rows, 0);
    if (broken === null) resolve({ status: statusOf(tasks), requests, rows, tasks, fatal });
    else reject(broken);
  };

  /** Gives up what a task still waits for; what it has had stays, and it ends as soon as nothing of it is under way. */
  const runOut = (entry: RunningTask, why: Failure): void => {
    const { record, time } = entry;
    if (record.open === 0) return;
    unlessBroken(() => {
      time.runOut(why);
      const { queue } = sourceOf(answererOf(record.task.step));
      const dropped = queue.drop(({ running: other }) => other === entry).length;
      if (dropped > 0) record.givenUp(dropped, why);
      endIfAnswered(entry);
    });
  };

  const stop = (): void => {
    unlessBroken(() => {
      for (const source of sources.values()) abandon(source, 'stopped');
      gate.open();
    });
  };

  const enlist = (task: Task, planned: PlannedTask): void => {
    const { step } = task;
    const { symbol } = task.symbol.instrument;
    const allowed = step.uses === 'overview' ? null : step.timeout;
    const onUp = (limit: Duration): void => runOut(entry, taskTimedOut(step.name, symbol, limit));
    const isLimited = allowed !== null || execution.symbolLimits.timeout !== null;
    const time = isLimited ? taskTime(allowed, clock, onUp) : endless;
    const entry: RunningTask = { record: taskRecord(task, clock, emit), planned, time, waitingFor: 0 };
    running.set(task.id, entry);
    const ofSymbol = unfinished.get(symbol) ?? new Set();
    unfinished.set(symbol, ofSymbol.add(entry));
  };

  for (const planned of plan.tasks) {
    const task = graph.task(planned.id);
    if (task !== undefined) enlist(task, planned);
  }
  left = running.size;
  if (left === 0) {
    finish();
    return;
  }
  for (const entry of running.values()) {
    entry.waitingFor = entry.record.task.needs.filter((need) => running.has(need)).length;
  }
  stopping.addEventListener('abort', stop);
  stopped.addEventListener('abort', () => {
    for (const { time } of running.values()) time.stop();
  });
  const roots = [...running.values()].filter(({ waitingFor }) => waitingFor === 0);
  unlessBroken(() => {
    for (const entry of roots) gate.enter(entry.record.task.symbol.instrument.symbol, () => begin(entry));
  });
}

/** Who answers the requests of a step. */
function answererOf(step: Step): AnswererName {
  return isComputed(datasetOf(step)) ? 'pipe' : step.provider;
}

/** How a task ends because of one it needs; null when it may go on. */
function consequenceOf(id: TaskId, { status, reason }: TaskEnd): TaskEnd | null {
  switch (status) {
    case 'ok':
    case 'satisfied':
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
export function statusOf(tasks: readonly TaskResult[]): RunStatus {
  if (tasks.some((task) => task.status === 'interrupted')) return 'interrupted';
  const bad = tasks.filter(
    (task) => task.status === 'failed' || task.status === 'skipped' || task.status === 'partial',
  );
  if (bad.length === 0) return 'ok';
  const nothingWell = tasks.every((task) => task.status === 'failed' || task.status === 'skipped');
  return nothingWell ? 'failed' : 'partial';
}
