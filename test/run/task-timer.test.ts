import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../src/core/time/clock.js';
import type { Failure } from '../../src/core/failure.js';
import type { Request } from '../../src/core/request.js';
import { formatSeriesName } from '../../src/core/series.js';
import type { Duration } from '../../src/core/time/time.js';
import { startTimer, createTaskTimer } from '../../src/run/task-timer.js';
import { findEventProblems } from '../fixtures/event-order.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { ExecutionScenario, StartedExecution } from '../fixtures/start-execution.js';
import {
  createChainsStep,
  createContractsStep,
  createEquityStep,
  createOptionsStep,
  createPipeline,
} from '../fixtures/pipelines.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

type Limits = Readonly<Partial<Record<'contracts' | 'chains' | 'equity' | 'options' | 'symbol', Duration>>>;

function start(
  limits: Limits,
  scenario: Partial<ExecutionScenario> = {},
  symbols: readonly string[] = ['A', 'B'],
): StartedExecution {
  const limit = (step: keyof Limits): { readonly timeout: Duration | null } => ({ timeout: limits[step] ?? null });
  const steps = [
    createContractsStep(limit('contracts')),
    createChainsStep(limit('chains')),
    createEquityStep(limit('equity')),
    createOptionsStep(limit('options')),
  ];
  const pipeline = { ...createPipeline(symbols, steps), symbolLimits: { maxConcurrent: null, ...limit('symbol') } };
  return startExecution({ pipeline, now: saturday, ...scenario });
}

/** Each task as `status requests reason`. Checks the events, and that no timer is left. */
async function runToEnd(trial: StartedExecution): Promise<Readonly<Record<string, string>>> {
  let remainingTimers = 0;
  void trial.result.then(() => (remainingTimers = vi.getTimerCount()));
  const { tasks } = await trial.waitForEnd();
  expect(remainingTimers).toBe(0);
  const ids = tasks.map(({ id }) => id);
  expect(findEventProblems(trial.events, ids)).toEqual([]);
  expect(trial.provider.inFlight).toBe(0);
  return Object.fromEntries(
    tasks.map(({ id, status, requests, reason = '' }) => [id, `${status} ${requests} ${reason}`.trimEnd()]),
  );
}

function getDuration({ events }: StartedExecution, id: string): Duration | undefined {
  return events
    .flatMap((event) => (event.type === 'task-finished' && event.task === id ? [event.durationMs] : []))
    .at(0);
}

const isRequestFor = (dataset: Request['series']['dataset'], symbol: string, { series }: Request): boolean =>
  series.dataset === dataset && series.instrument.symbol === symbol;

/** Requests of symbol B for this dataset hang. */
const hangOn =
  (dataset: Request['series']['dataset']): NonNullable<ExecutionScenario['script']> =>
  (request) =>
    isRequestFor(dataset, 'B', request) ? 'hang' : undefined;

const describeWindows = ({ fixture }: StartedExecution, symbol: string): readonly string[] =>
  fixture.lake.results
    .filter(({ series }) => series.instrument.symbol === symbol)
    .flatMap(({ series, closedWindows }) =>
      closedWindows.map(({ state, reason = '' }) => `${formatSeriesName(series)} ${state} ${reason}`.trimEnd()),
    );

const stepTimeoutMessage = 'equity of B took longer than the step limit of 5s';

describe('the time limit of a step', () => {
  test('fails a task that hangs and completes the other tasks', async () => {
    const trial = start({ equity: 5_000 }, { script: hangOn('equity_bars') });
    expect(await runToEnd(trial)).toEqual({
      'contracts/A': 'ok 1',
      'chains/A': 'ok 1',
      'equity/A': 'ok 1',
      'options/A': 'ok 12',
      'contracts/B': 'ok 1',
      'chains/B': 'ok 1',
      'equity/B': `failed 1 ${stepTimeoutMessage}`,
      'options/B': 'skipped 0 equity/B failed',
    });
    expect(getDuration(trial, 'equity/B')).toBe(5_000);
    expect(describeWindows(trial, 'B')).toContain(`equity_bars/B/1 day/TRADES/rth failed ${stepTimeoutMessage}`);
    expect(trial.fixture.plan(saturday + 60_000).tasks.find(({ id }) => id === 'equity/B')?.status).toBe('ready');
    expect(trial.events).toContainEqual(
      expect.objectContaining({ type: 'task-finished', task: 'equity/B', hint: 'the next run retries' }),
    );
  });

  test('applies to each task of a chain separately', async () => {
    const all = { contracts: 5_000, chains: 5_000, equity: 5_000, options: 5_000 };
    const trial = start(all, { delay: 4_000, concurrency: 100 });
    expect(Object.values(await runToEnd(trial)).every((text) => text.startsWith('ok'))).toBe(true);
    expect(vi.getMockedSystemTime()?.getTime()).toBe(saturday + 12_000);
  });

  test('starts when the first request is sent', async () => {
    const permitDelay = (request: Request): Duration => (isRequestFor('equity_bars', 'B', request) ? 60_000 : 0);
    const waiting = start({ equity: 5_000 }, { permitDelay, delay: (call) => (call === 3 ? 64_000 : 100) }, ['B']);
    expect(await runToEnd(waiting)).toMatchObject({ 'equity/B': 'ok 1', 'options/B': 'ok 12' });

    const hanging = start({ equity: 5_000 }, { permitDelay, script: hangOn('equity_bars') });
    expect(await runToEnd(hanging)).toMatchObject({ 'equity/B': `failed 1 ${stepTimeoutMessage}` });
    expect(getDuration(hanging, 'equity/B')).toBe(65_000);
  });

  test('does not run while the task waits in the queue', async () => {
    const symbols = Array.from({ length: 30 }, (_, index) => `S${String(index)}`);
    const trial = start({ contracts: 1_000, equity: 1_000 }, { concurrency: 1, delay: 900 }, symbols);
    const ends = Object.entries(await runToEnd(trial)).filter(([id]) => /^(contracts|equity)/.test(id));
    expect(ends).toHaveLength(60);
    expect(ends.every(([, text]) => text === 'ok 1')).toBe(true);
  });

  test('keeps answers, aborts requests in flight and drops waiting requests', async () => {
    let optionRequests = 0;
    const trial = start(
      { options: 5_000 },
      {
        concurrency: 2,
        script: (request) => (request.series.dataset === 'option_bars' && ++optionRequests > 5 ? 'hang' : undefined),
      },
      ['B'],
    );
    const why = stepTimeoutMessage.replace('equity', 'options');
    expect(await runToEnd(trial)).toMatchObject({ 'options/B': `partial 7 ${why}` });
    const options = describeWindows(trial, 'B').filter((text) => text.startsWith('option_bars'));
    expect(options.filter((text) => text.endsWith(' data'))).toHaveLength(5);
    expect(options.filter((text) => text.endsWith(` failed ${why}`))).toHaveLength(2);
    expect(options).toHaveLength(7);
    expect(trial.fixture.plan(saturday + 60_000).requests).toBe(7);
  });

  test('keeps an answer that arrives after the time limit', async () => {
    const trial = start({ equity: 5_000 }, { ignoresAbort: true, delay: 6_000 }, ['B']);
    expect(await runToEnd(trial)).toMatchObject({ 'equity/B': 'ok 1', 'options/B': 'ok 12' });
    expect(describeWindows(trial, 'B')).toContain('equity_bars/B/1 day/TRADES/rth data');
  });

  test('cancels the task when the run stops before the limit', async () => {
    const trial = start({ equity: 5_000 }, { script: hangOn('equity_bars') }, ['B']);
    setTimeout(() => trial.stopping.abort(), 1_000);
    setTimeout(() => trial.stopped.abort(), 2_000);
    expect(await runToEnd(trial)).toMatchObject({ 'equity/B': 'cancelled 1 the run was cancelled' });
    expect(describeWindows(trial, 'B')).not.toContainEqual(expect.stringContaining('equity_bars'));

    const slow = start({ equity: 5_000 }, { script: hangOn('equity_bars') }, ['B']);
    setTimeout(() => slow.stopping.abort(), 1_000);
    expect(await runToEnd(slow)).toMatchObject({ 'equity/B': `failed 1 ${stepTimeoutMessage}` });
  });
});

describe('the time limit of a step beside that of a symbol', () => {
  const symbolTimeoutMessage = 'B took longer than the symbol limit of 5s';

  test.each([
    [3_000, stepTimeoutMessage.replace('5s', '3s')],
    [4_999, stepTimeoutMessage.replace('5s', '4.9s')],
    [5_000, symbolTimeoutMessage],
    [8_000, symbolTimeoutMessage],
  ])('is the failure reason when the step limit expires first (%i ms, symbol limit 5 s)', async (equity, why) => {
    const trial = start({ equity, symbol: 5_000 }, { script: hangOn('equity_bars'), delay: 0 });
    const tasks = await runToEnd(trial);
    expect(tasks).toMatchObject({ 'equity/B': `failed 1 ${why}`, 'options/B': 'skipped 0 equity/B failed' });
    expect(Object.keys(tasks).filter((id) => tasks[id]?.startsWith('ok') === true)).toHaveLength(6);
  });

  test('does not start for tasks after the symbol limit expired', async () => {
    const trial = start({ chains: 5_000, symbol: 5_000 }, { ignoresAbort: true, delay: 6_000 }, ['B']);
    expect(await runToEnd(trial)).toEqual({
      'contracts/B': 'ok 1',
      'chains/B': `failed 0 ${symbolTimeoutMessage}`,
      'equity/B': `failed 0 ${symbolTimeoutMessage}`,
      'options/B': expect.stringMatching(/^skipped 0 (chains|equity)\/B failed$/) as string,
    });
    expect(trial.provider.calls).toHaveLength(1);
    expect(trial.events.filter(({ type }) => type === 'task-started')).toHaveLength(1);
  });
});

describe('createTaskTimer', () => {
  const why: Failure = { kind: 'retryable', message: 'late' };

  test.each([true, false])('aborts its signal on expiry (listener added before: %s)', (isListening) => {
    for (const end of ['stop', 'runOut'] as const) {
      const time = createTaskTimer(null, systemClock, () => undefined);
      if (isListening) expect(time.signal.aborted).toBe(false);
      if (end === 'stop') time.stop();
      else time.expire(why);
      expect(time.signal.aborted).toBe(true);
      expect(time.timeoutFailure).toBe(end === 'stop' ? null : why);
    }
  });

  test('keeps the first of two failures', () => {
    const time = createTaskTimer(null, systemClock, () => undefined);
    time.expire(why);
    time.expire({ kind: 'retryable', message: 'later' });
    expect(time.timeoutFailure).toBe(why);
  });
});

describe('startTimer', () => {
  test.each([0, 1_000])('calls back once after %i ms', async (allowed) => {
    const onUp = vi.fn();
    startTimer(allowed, systemClock, onUp);
    if (allowed > 0) await vi.advanceTimersByTimeAsync(allowed - 1);
    expect(onUp).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(onUp.mock.calls).toEqual([[allowed]]);
  });

  test('does not call back after it was cancelled, even at the time limit', async () => {
    const onUp = vi.fn();
    const end = startTimer(1_000, systemClock, onUp);
    await vi.advanceTimersByTimeAsync(999);
    vi.advanceTimersByTime(1);
    end();
    await vi.runAllTimersAsync();
    expect(onUp).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('sets no timer when there is no limit', () => {
    startTimer(null, systemClock, () => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });
});
