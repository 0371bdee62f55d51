import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Failure } from '../../src/core/failure.js';
import { buildTaskGraph } from '../../src/plan/task-graph.js';
import type { Gap, PlannedTask } from '../../src/plan/plan.js';
import type { RequestResult } from '../../src/run/execute-request.js';
import { createExecutionState, transition } from '../../src/run/execution-machine.js';
import type { ExecutionAction, ExecutionEvent, ExecutionState } from '../../src/run/execution-machine.js';
import { propagateEnd } from '../../src/run/task-state.js';
import type { TaskState } from '../../src/run/task-state.js';
import { createContractsStep, createPipeline } from '../fixtures/pipelines.js';

const steps = [
  createContractsStep({ name: 'a', needs: [] }),
  createContractsStep({ name: 'b', needs: ['a'] }),
  createContractsStep({ name: 'c', needs: ['a'] }),
  createContractsStep({ name: 'd', needs: ['b', 'c'] }),
  createContractsStep({ name: 'e', needs: [] }),
];

type Kind = number | 'deferred' | 'blocked' | 'up-to-date';

interface Scenario {
  readonly symbols: number;
  readonly kinds: readonly Kind[];
  readonly maxConcurrency: number;
  readonly maxConcurrentSymbols: number | null;
}

function planTask(id: string, step: string, symbol: string, kind: Kind): PlannedTask {
  const base = { id, step, symbol, dataset: 'contracts', absences: [], reason: String(kind) } as const;
  if (kind === 'deferred') return { ...base, status: 'deferred', estimatedRequests: 1 };
  if (kind === 'blocked' || kind === 'up-to-date') return { ...base, status: kind };
  const instrument = { kind: 'stock', symbol, exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
  const series = { dataset: 'contracts', provider: 'mock', instrument } as const;
  const gaps: readonly Gap[] = [];
  const requests = Array.from({ length: kind }, () => ({ series, window: null, closes: [] }));
  return { ...base, status: 'ready', gaps, requests };
}

function createState({ symbols, kinds, maxConcurrency, maxConcurrentSymbols }: Scenario): ExecutionState {
  const names = Array.from({ length: symbols }, (_, index) => `S${String(index)}`);
  const graph = buildTaskGraph(createPipeline(names, steps));
  const tasks = graph.tasks.map(({ id, step, symbol }, index) =>
    planTask(id, step.name, symbol.instrument.symbol, kinds[index % kinds.length] ?? 'up-to-date'),
  );
  return createExecutionState({ tasks }, graph, { maxConcurrency: () => maxConcurrency, maxConcurrentSymbols });
}

const answered: RequestResult = { extent: 'full', rows: 1, failure: null, isCancelled: false };
const cancelled: RequestResult = { extent: 'none', rows: 0, failure: null, isCancelled: true };
const failWith = (failure: Failure): RequestResult => ({ extent: 'none', rows: 0, failure, isCancelled: false });
const retryable = failWith({ kind: 'retryable', message: 'timeout' });
const fatal = failWith({ kind: 'fatal', message: 'login refused' });
const timeLimit: Failure = { kind: 'retryable', code: 'task-timeout', message: 'too slow' };

/** One thing that may happen at a step: the number chooses a request in flight. */
type Happening = readonly [
  'answer' | 'fail' | 'fatal' | 'crash' | 'timeout' | 'symbol-timeout' | 'stopping' | 'error',
  number,
];

interface Trace {
  readonly actions: readonly ExecutionAction[];
  /** Actions from the event of this index on. */
  readonly starts: ReadonlyMap<ExecutionEvent['type'], number>;
  readonly maxInFlight: number;
  readonly maxSymbols: number;
}

/** Plays the driver: performs the actions in memory and feeds events until the run finishes. */
function play(state: ExecutionState, happenings: readonly Happening[]): Trace {
  const actions: ExecutionAction[] = [];
  const starts = new Map<ExecutionEvent['type'], number>();
  const inFlight: TaskState[] = [];
  const pending: ExecutionEvent[] = [{ type: 'started' }];
  const symbols = new Set<string>();
  let maxInFlight = 0;
  let maxSymbols = 0;
  const isRunFinished = (): boolean => actions.at(-1)?.type === 'finish-run';
  const apply = (event: ExecutionEvent): void => {
    if (!starts.has(event.type)) starts.set(event.type, actions.length);
    for (const action of transition(state, event)) {
      actions.push(action);
      if (action.type === 'plan-task')
        pending.push({
          type: 'task-planned',
          task: action.task,
          planned: planTask(action.task.task.id, action.task.task.step.name, action.task.symbol, 2),
        });
      if (action.type === 'send-request') {
        inFlight.push(action.task);
        pending.push({ type: 'request-sent', task: action.task });
      }
      if (action.type === 'start-symbol') symbols.add(action.symbol);
      if (action.type === 'finish-symbol') symbols.delete(action.symbol);
      maxInFlight = Math.max(maxInFlight, inFlight.length);
      maxSymbols = Math.max(maxSymbols, symbols.size);
    }
  };
  const drain = (): void => {
    for (let event = pending.shift(); event !== undefined; event = pending.shift()) apply(event);
  };
  drain();
  for (let step = 0; !isRunFinished(); step++) {
    const [kind, number] = happenings[step] ?? ['answer', 0];
    const [task] = inFlight.splice(number % Math.max(1, inFlight.length), 1);
    if (task === undefined) throw new Error('nothing is in flight and the run has not finished');
    const isAborted = state.error !== null;
    switch (kind) {
      case 'answer':
      case 'fail':
      case 'fatal': {
        const result = kind === 'answer' ? answered : kind === 'fail' ? retryable : fatal;
        apply({ type: 'request-ended', task, result: isAborted ? cancelled : result });
        break;
      }
      case 'crash':
        apply({ type: 'request-crashed', task, error: new Error('disk full') });
        break;
      default:
        inFlight.push(task);
        if (kind === 'timeout') apply({ type: 'task-timed-out', task, failure: timeLimit });
        if (kind === 'symbol-timeout') apply({ type: 'symbol-timed-out', symbol: task.symbol, failure: timeLimit });
        if (kind === 'stopping') apply({ type: 'stopping' });
        if (kind === 'error') apply({ type: 'crashed', error: new Error('a bug') });
    }
    drain();
  }
  expect(inFlight).toEqual([]);
  return { actions, starts, maxInFlight, maxSymbols };
}

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  symbols: fc.integer({ min: 0, max: 5 }),
  kinds: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 2, arbitrary: fc.constantFrom<Kind>('deferred', 'up-to-date') },
      { weight: 1, arbitrary: fc.constant<Kind>('blocked') },
    ),
    { minLength: 1, maxLength: 25 },
  ),
  maxConcurrency: fc.integer({ min: 1, max: 6 }),
  maxConcurrentSymbols: fc.option(fc.integer({ min: 1, max: 3 })),
});

const anyHappening = (weights: Readonly<Partial<Record<Happening[0], number>>>): fc.Arbitrary<Happening> =>
  fc.tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant<Happening[0]>('answer') },
      ...(Object.entries(weights) as [Happening[0], number][]).map(([kind, weight]) => ({
        weight,
        arbitrary: fc.constant(kind),
      })),
    ),
    fc.nat({ max: 20 }),
  );

const anyHappenings = fc.array(
  anyHappening({ fail: 3, fatal: 1, crash: 1, timeout: 1, 'symbol-timeout': 1, stopping: 1, error: 1 }),
  { maxLength: 60 },
);

function listTasks(actions: readonly ExecutionAction[], type: 'start-task' | 'finish-task'): readonly TaskState[] {
  return actions.flatMap((action) => (action.type === type && 'task' in action ? [action.task] : []));
}

describe('the execution machine', () => {
  test('ends every task exactly once and finishes the run last, for any plan and events', () => {
    fc.assert(
      fc.property(anyScenario, anyHappenings, (scenario, happenings) => {
        const state = createState(scenario);
        const { actions } = play(state, happenings);
        const finished = listTasks(actions, 'finish-task');
        expect(finished).toHaveLength(state.tasks.size);
        expect(new Set(finished).size).toBe(state.tasks.size);
        expect([...state.tasks.values()].every(({ end, openRequests }) => end !== null && openRequests === 0)).toBe(
          true,
        );
        expect(actions.filter(({ type }) => type === 'finish-run')).toHaveLength(1);
        expect(actions.at(-1)?.type).toBe('finish-run');
      }),
      { numRuns: 500 },
    );
  });

  test('starts a task at most once, after its needs have ended and before its own end', () => {
    fc.assert(
      fc.property(anyScenario, anyHappenings, (scenario, happenings) => {
        const state = createState(scenario);
        const { actions } = play(state, happenings);
        const positions = new Map<TaskState, number>();
        for (const [index, action] of actions.entries())
          if (action.type === 'finish-task') positions.set(action.task, index);
        const started = new Set<TaskState>();
        for (const [index, action] of actions.entries()) {
          if (action.type !== 'start-task') continue;
          expect(started.has(action.task)).toBe(false);
          started.add(action.task);
          expect(positions.get(action.task)).toBeGreaterThan(index);
          for (const need of action.task.task.needs) {
            const needed = state.tasks.get(need);
            if (needed !== undefined) expect(positions.get(needed)).toBeLessThan(index);
          }
        }
        for (const action of actions) if (action.type === 'send-request') expect(started.has(action.task)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('passes the end of a failed, skipped or cancelled task on to its dependents', () => {
    fc.assert(
      fc.property(anyScenario, anyHappenings, (scenario, happenings) => {
        const state = createState(scenario);
        play(state, happenings);
        for (const { task, end } of state.tasks.values()) {
          const propagated = task.needs.flatMap((need) => {
            const needEnd = state.tasks.get(need)?.end ?? null;
            const passed = needEnd === null ? null : propagateEnd(need, needEnd);
            return passed === null ? [] : [passed];
          });
          if (propagated.length > 0 && state.error === null) expect(propagated).toContainEqual(end);
          if (propagated.length > 0) expect(['skipped', 'cancelled']).toContain(end?.status);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('starts no task and sends no request after "stopping"', () => {
    fc.assert(
      fc.property(anyScenario, anyHappenings, fc.nat({ max: 30 }), (scenario, happenings, at) => {
        const state = createState(scenario);
        const stopping: Happening = ['stopping', 0];
        const { actions, starts } = play(state, [...happenings.slice(0, at), stopping, ...happenings.slice(at)]);
        const start = starts.get('stopping');
        if (start === undefined) return;
        const later = actions.slice(start).map(({ type }) => type);
        expect(later).not.toContain('start-symbol');
        expect(later).not.toContain('start-task');
        expect(later).not.toContain('send-request');
      }),
      { numRuns: 300 },
    );
  });

  test('sends no request and cancels every unfinished task after a crash', () => {
    fc.assert(
      fc.property(anyScenario, anyHappenings, fc.nat({ max: 30 }), (scenario, happenings, at) => {
        const state = createState(scenario);
        const crash: Happening = ['crash', 0];
        const { actions, starts } = play(state, [...happenings.slice(0, at), crash, ...happenings.slice(at)]);
        const start = starts.get('request-crashed');
        if (start === undefined) return;
        expect(state.error).not.toBeNull();
        const later = actions.slice(start);
        expect(later.map(({ type }) => type)).toContain('abort-all');
        expect(later.map(({ type }) => type)).not.toContain('send-request');
        expect(later.map(({ type }) => type)).not.toContain('start-task');
      }),
      { numRuns: 300 },
    );
  });

  test('never exceeds the limits of requests in flight and of symbols in progress', () => {
    fc.assert(
      fc.property(anyScenario, anyHappenings, (scenario, happenings) => {
        const { maxInFlight, maxSymbols } = play(createState(scenario), happenings);
        expect(maxInFlight).toBeLessThanOrEqual(scenario.maxConcurrency);
        expect(maxSymbols).toBeLessThanOrEqual(scenario.maxConcurrentSymbols ?? Infinity);
      }),
      { numRuns: 300 },
    );
  });

  test('sends all planned requests when every answer is full', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const state = createState({ ...scenario, kinds: scenario.kinds.filter((kind) => kind !== 'blocked') });
        const { actions } = play(state, []);
        const planned = [...state.tasks.values()].reduce(
          (sum, { planned: task }) => sum + (task.status === 'ready' ? task.requests.length : 0),
          0,
        );
        expect(actions.filter(({ type }) => type === 'send-request')).toHaveLength(planned);
        expect([...state.tasks.values()].reduce((sum, { sentRequests }) => sum + sentRequests, 0)).toBe(planned);
        const statuses = new Set([...state.tasks.values()].map(({ end }) => end?.status));
        for (const status of statuses) expect(['ok', 'up-to-date']).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  test('starts the dependents of a symbol before the next symbol when symbols run one at a time', () => {
    const state = createState({ symbols: 2, kinds: [1], maxConcurrency: 1, maxConcurrentSymbols: 1 });
    const { actions } = play(state, []);
    expect(listTasks(actions, 'start-task').map(({ task }) => task.id)).toEqual(
      ['S0', 'S1'].flatMap((symbol) => ['a', 'e', 'b', 'c', 'd'].map((step) => `${step}/${symbol}`)),
    );
  });

  test('fails a task that times out with the timeout, and ends the task with its last request in flight', () => {
    const state = createState({ symbols: 1, kinds: [3, 1, 1, 1, 1], maxConcurrency: 2, maxConcurrentSymbols: null });
    const { actions } = play(state, [
      ['timeout', 0],
      ['fail', 0],
      ['fail', 0],
    ]);
    const task = state.tasks.get('a/S0');
    expect(task?.end).toEqual({ status: 'failed', reason: 'too slow' });
    expect(task?.sentRequests).toBe(2);
    expect(actions.some((action) => action.type === 'abort-task' && action.task === task)).toBe(true);
    expect(state.tasks.get('d/S0')?.end).toEqual({ status: 'skipped', reason: 'a/S0 failed' });
  });

  test('fails all tasks of a provider after a fatal failure', () => {
    const state = createState({ symbols: 3, kinds: [2], maxConcurrency: 2, maxConcurrentSymbols: null });
    play(state, [['fatal', 0]]);
    expect(state.fatal).toEqual({ kind: 'fatal', message: 'login refused' });
    expect(state.tasks.get('e/S2')?.end).toEqual({ status: 'failed', reason: 'login refused' });
    expect(state.tasks.get('d/S2')?.end).toEqual({ status: 'skipped', reason: 'a/S2 failed' });
  });
});
