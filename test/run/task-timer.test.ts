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
  const pipeline = { ...createPipeline(symbols, steps), symbolLimits: { atOnce: null, ...limit('symbol') } };
  return startExecution({ pipeline, now: saturday, ...scenario });
}

/** Every task as `status requests reason`, after checks of what holds of every execution: no timer goes on after it. */
async function runToEnd(trial: StartedExecution): Promise<Readonly<Record<string, string>>> {
  let left = 0;
  void trial.result.then(() => (left = vi.getTimerCount()));
  const { tasks } = await trial.waitForEnd();
  expect(left).toBe(0);
  const ids = tasks.map(({ id }) => id);
  expect(findEventProblems(trial.events, ids)).toEqual([]);
  expect(trial.provider.inFlight).toBe(0);
  return Object.fromEntries(
    tasks.map(({ id, status, requests, reason = '' }) => [id, `${status} ${requests} ${reason}`.trimEnd()]),
  );
}

/** How long a task went on after its start. */
function getDuration({ events }: StartedExecution, id: string): Duration | undefined {
  return events
    .flatMap((event) => (event.type === 'task-finished' && event.task === id ? [event.durationMs] : []))
    .at(0);
}

const isRequestFor = (dataset: Request['series']['dataset'], symbol: string, { series }: Request): boolean =>
  series.dataset === dataset && series.instrument.symbol === symbol;

/** B hangs there. */
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

const stepTimeoutMessage = 'equity of B took longer than the 5s that the step gives one symbol';

describe('the time limit of a step', () => {
  test('ends a task that hangs, as one that failed, and disturbs no other', async () => {
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
      expect.objectContaining({ type: 'task-finished', task: 'equity/B', remedy: 'the next run asks again' }),
    );
  });

  test('gives each task its own time, however many follow each other', async () => {
    const all = { contracts: 5_000, chains: 5_000, equity: 5_000, options: 5_000 };
    const trial = start(all, { delay: 4_000, concurrency: 100 });
    expect(Object.values(await runToEnd(trial)).every((text) => text.startsWith('ok'))).toBe(true);
    expect(vi.getMockedSystemTime()?.getTime()).toBe(saturday + 12_000);
  });

  test('is counted from when the first request goes out', async () => {
    const waits = (request: Request): Duration => (isRequestFor('equity_bars', 'B', request) ? 60_000 : 0);
    const patient = start({ equity: 5_000 }, { permitDelay: waits, delay: (call) => (call === 3 ? 64_000 : 100) }, [
      'B',
    ]);
    expect(await runToEnd(patient)).toMatchObject({ 'equity/B': 'ok 1', 'options/B': 'ok 12' });

    const hanging = start({ equity: 5_000 }, { permitDelay: waits, script: hangOn('equity_bars') });
    expect(await runToEnd(hanging)).toMatchObject({ 'equity/B': `failed 1 ${stepTimeoutMessage}` });
    expect(getDuration(hanging, 'equity/B')).toBe(65_000);
  });

  test('does not run while the task waits in a queue behind others', async () => {
    const symbols = Array.from({ length: 30 }, (_, index) => `S${String(index)}`);
    const trial = start({ contracts: 1_000, equity: 1_000 }, { concurrency: 1, delay: 900 }, symbols);
    const ends = Object.entries(await runToEnd(trial)).filter(([id]) => /^(contracts|equity)/.test(id));
    expect(ends).toHaveLength(60);
    expect(ends.every(([, text]) => text === 'ok 1')).toBe(true);
  });

  test('keeps what was answered, gives up what is under way and drops what waits', async () => {
    let asked = 0;
    const trial = start(
      { options: 5_000 },
      {
        concurrency: 2,
        script: (request) => (request.series.dataset === 'option_bars' && ++asked > 5 ? 'hang' : undefined),
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

  test('keeps an answer that comes too late after all, and goes on with it', async () => {
    const trial = start({ equity: 5_000 }, { ignoresAbort: true, delay: 6_000 }, ['B']);
    expect(await runToEnd(trial)).toMatchObject({ 'equity/B': 'ok 1', 'options/B': 'ok 12' });
    expect(describeWindows(trial, 'B')).toContain('equity_bars/B/1 day/TRADES/rth data');
  });

  test('does not make a stop a failure', async () => {
    const trial = start({ equity: 5_000 }, { script: hangOn('equity_bars') }, ['B']);
    setTimeout(() => trial.stopping.abort(), 1_000);
    setTimeout(() => trial.stopped.abort(), 2_000);
    expect(await runToEnd(trial)).toMatchObject({ 'equity/B': 'interrupted 1 the run was stopped' });
    expect(describeWindows(trial, 'B')).not.toContainEqual(expect.stringContaining('equity_bars'));

    const slow = start({ equity: 5_000 }, { script: hangOn('equity_bars') }, ['B']);
    setTimeout(() => slow.stopping.abort(), 1_000);
    expect(await runToEnd(slow)).toMatchObject({ 'equity/B': `failed 1 ${stepTimeoutMessage}` });
  });
});

describe('the time limit of a step beside that of a symbol', () => {
  const symbolTimeoutMessage = 'B took longer than the 5s that one symbol may take';

  test.each([
    [3_000, stepTimeoutMessage.replace('5s', '3s')],
    [4_999, stepTimeoutMessage.replace('5s', '4.9s')],
    [5_000, symbolTimeoutMessage],
    [8_000, symbolTimeoutMessage],
  ])('is the reason when it is up first (%i ms beside 5 s)', async (equity, why) => {
    const trial = start({ equity, symbol: 5_000 }, { script: hangOn('equity_bars'), delay: 0 });
    const tasks = await runToEnd(trial);
    expect(tasks).toMatchObject({ 'equity/B': `failed 1 ${why}`, 'options/B': 'skipped 0 equity/B failed' });
    expect(Object.keys(tasks).filter((id) => tasks[id]?.startsWith('ok') === true)).toHaveLength(6);
  });

  test('is not begun for what would begin after the symbol had used up its own', async () => {
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

describe('the time of a task', () => {
  const why: Failure = { kind: 'retryable', message: 'late' };

  test.each([true, false])('is over for all that listen, or will (already listening: %s)', (isListening) => {
    for (const end of ['stop', 'runOut'] as const) {
      const time = createTaskTimer(null, systemClock, () => undefined);
      if (isListening) expect(time.signal.aborted).toBe(false);
      if (end === 'stop') time.stop();
      else time.expire(why);
      expect(time.signal.aborted).toBe(true);
      expect(time.timeoutFailure).toBe(end === 'stop' ? null : why);
    }
  });

  test('ends for the first of two reasons', () => {
    const time = createTaskTimer(null, systemClock, () => undefined);
    time.expire(why);
    time.expire({ kind: 'retryable', message: 'later' });
    expect(time.timeoutFailure).toBe(why);
  });
});

describe('a countdown', () => {
  test.each([0, 1_000])('calls back once after %i ms', async (allowed) => {
    const onUp = vi.fn();
    startTimer(allowed, systemClock, onUp);
    if (allowed > 0) await vi.advanceTimersByTimeAsync(allowed - 1);
    expect(onUp).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(onUp.mock.calls).toEqual([[allowed]]);
  });

  test('is silent once it was ended, be it in the moment in which the time is up', async () => {
    const onUp = vi.fn();
    const end = startTimer(1_000, systemClock, onUp);
    await vi.advanceTimersByTimeAsync(999);
    vi.advanceTimersByTime(1);
    end();
    await vi.runAllTimersAsync();
    expect(onUp).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('without a limit needs no timer', () => {
    startTimer(null, systemClock, () => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });
});
