import type { Duration } from '../core/time/time.js';
import type { PacedRequest } from './paced-request.js';

/** A request to a provider, and how long it is expected to take. */
export interface EstimatedCall {
  readonly request: PacedRequest;
  /** Index of its provider. */
  readonly source: number;
  /** The time for which its messages occupy the connection; calls send one after the other. */
  readonly sending: Duration;
  /** The time from the last message to the answer. */
  readonly answer: Duration;
  /** The instruments that it adds to a call that others share; absent if it has a call of its own. */
  readonly sharedInstruments?: number;
}

/** A task of a plan, as far as it decides when requests may leave. */
export interface EstimatedTask {
  readonly symbol: string;
  /** Indices of the tasks that end before its calls are sent. */
  readonly needs: readonly number[];
  readonly calls: readonly EstimatedCall[];
}

/** The order in which a run starts the tasks of a plan. */
export interface TaskProgress {
  /** Starts the tasks that need nothing. */
  start(): void;
  /** Records the end of one call of a task, and starts what may start then. */
  endCall(task: number): void;
}

/**
 * Starts tasks as a run does: each after those that it needs, depth first, and at most `maxSymbols` symbols at once, a symbol
 * being in progress until its last task has ended.
 */
export function createTaskProgress(
  tasks: readonly EstimatedTask[],
  maxSymbols: number | null,
  onReady: (call: EstimatedCall, task: number) => void,
): TaskProgress {
  const openNeeds = tasks.map(({ needs }) => needs.length);
  const openCalls = tasks.map(({ calls }) => calls.length);
  const dependents = tasks.map((): number[] => []);
  const unfinished = new Map<string, number>();
  for (const [index, { symbol, needs }] of tasks.entries()) {
    unfinished.set(symbol, (unfinished.get(symbol) ?? 0) + 1);
    for (const need of needs) dependents[need]?.push(index);
  }
  const waiting = new Map<string, number[]>();
  const active = new Set<string>();
  /** Tasks that may start, the next one last. */
  const startable: number[] = [];

  const endTask = (index: number, symbol: string): void => {
    const next: number[] = [];
    for (const dependent of dependents[index] ?? []) {
      const left = (openNeeds[dependent] ?? 0) - 1;
      openNeeds[dependent] = left;
      if (left === 0) next.push(dependent);
    }
    startable.push(...next.reverse());
    const left = (unfinished.get(symbol) ?? 0) - 1;
    unfinished.set(symbol, left);
    if (left === 0) active.delete(symbol);
  };

  const admitSymbol = (): boolean => {
    const [next] = waiting;
    if (next === undefined || active.size >= (maxSymbols ?? Infinity)) return false;
    const [symbol, items] = next;
    waiting.delete(symbol);
    active.add(symbol);
    startable.push(...items.reverse());
    return true;
  };

  const startTasks = (): void => {
    do {
      for (let index = startable.pop(); index !== undefined; index = startable.pop()) {
        const task = tasks[index];
        if (task === undefined) continue;
        for (const call of task.calls) onReady(call, index);
        if (task.calls.length === 0) endTask(index, task.symbol);
      }
    } while (admitSymbol());
  };

  return {
    start() {
      for (const [index, { symbol, needs }] of tasks.entries()) {
        if (needs.length > 0) continue;
        if (active.has(symbol)) startable.push(index);
        else if (waiting.has(symbol)) waiting.get(symbol)?.push(index);
        else waiting.set(symbol, [index]);
        startTasks();
      }
    },
    endCall(index) {
      const left = (openCalls[index] ?? 0) - 1;
      openCalls[index] = left;
      if (left > 0) return;
      endTask(index, tasks[index]?.symbol ?? '');
      startTasks();
    },
  };
}
