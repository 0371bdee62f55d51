import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import type { Failure } from '../../src/core/failure.js';
import type { Request } from '../../src/core/request.js';
import { seriesName } from '../../src/core/series.js';
import type { Duration } from '../../src/core/time.js';
import { countdown, taskTime } from '../../src/run/time-limits.js';
import { eventProblems } from '../fixtures/event-rules.js';
import { begin } from '../fixtures/execution.js';
import type { Scenario, Trial } from '../fixtures/execution.js';
import { chainsStep, contractsStep, equityStep, optionsStep, pipelineOf } from '../fixtures/pipelines.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

type Limits = Readonly<Partial<Record<'contracts' | 'chains' | 'equity' | 'options' | 'symbol', Duration>>>;

function start(limits: Limits, scenario: Partial<Scenario> = {}, symbols: readonly string[] = ['A', 'B']): Trial {
  const limit = (step: keyof Limits): { readonly timeout: Duration | null } => ({ timeout: limits[step] ?? null });
  const steps = [
    contractsStep(limit('contracts')),
    chainsStep(limit('chains')),
    equityStep(limit('equity')),
    optionsStep(limit('options')),
  ];
  const pipeline = { ...pipelineOf(symbols, steps), symbolLimits: { atOnce: null, ...limit('symbol') } };
  return begin({ pipeline, now: saturday, ...scenario });
}

/** Every task as `status requests reason`, after checks of what holds of every execution: no timer goes on after it. */
async function ended(trial: Trial): Promise<Readonly<Record<string, string>>> {
  let left = 0;
  void trial.result.then(() => (left = vi.getTimerCount()));
  const { tasks } = await trial.ended();
  expect(left).toBe(0);
  const ids = tasks.map(({ id }) => id);
  expect(eventProblems(trial.events, ids)).toEqual([]);
  expect(trial.provider.underWay).toBe(0);
  return Object.fromEntries(
    tasks.map(({ id, status, requests, reason = '' }) => [id, `${status} ${requests} ${reason}`.trimEnd()]),
  );
}

/** How long a task went on after its start. */
function tookOf({ events }: Trial, id: string): Duration | undefined {
  return events.flatMap((event) => (event.type === 'task-finished' && event.task === id ? [event.took] : [])).at(0);
}

const is = (dataset: Request['series']['dataset'], symbol: string, { series }: Request): boolean =>
  series.dataset === dataset && series.instrument.symbol === symbol;

/** B hangs there. */
const hangs =
  (dataset: Request['series']['dataset']): NonNullable<Scenario['script']> =>
  (request) =>
    is(dataset, 'B', request) ? 'hang' : undefined;

const states = ({ desk }: Trial, symbol: string): readonly string[] =>
  desk.memory.deliveries
    .filter(({ series }) => series.instrument.symbol === symbol)
    .flatMap(({ series, settled }) =>
      settled.map(({ state, note = '' }) => `${seriesName(series)} ${state} ${note}`.trimEnd()),
    );

const late = 'equity of B took longer than the 5s that the step gives one symbol';

describe('the time limit of a step', () => {
  test('ends a task that hangs, as one that failed, and disturbs no other', async () => {
    const trial = start({ equity: 5_000 }, { script: hangs('equity_bars') });
    expect(await ended(trial)).toEqual({
      'contracts/A': 'ok 1',
      'chains/A': 'ok 1',
      'equity/A': 'ok 1',
      'options/A': 'ok 12',
      'contracts/B': 'ok 1',
      'chains/B': 'ok 1',
      'equity/B': `failed 1 ${late}`,
      'options/B': 'skipped 0 equity/B failed',
    });
    expect(tookOf(trial, 'equity/B')).toBe(5_000);
    expect(states(trial, 'B')).toContain(`equity_bars/B/1 day/TRADES/rth failed ${late}`);
    expect(trial.desk.plan(saturday + 60_000).tasks.find(({ id }) => id === 'equity/B')?.status).toBe('ready');
    expect(trial.events).toContainEqual(
      expect.objectContaining({ type: 'task-finished', task: 'equity/B', remedy: 'the next run asks again' }),
    );
  });

  test('gives each task its own time, however many follow each other', async () => {
    const all = { contracts: 5_000, chains: 5_000, equity: 5_000, options: 5_000 };
    const trial = start(all, { delay: 4_000, concurrency: 100 });
    expect(Object.values(await ended(trial)).every((text) => text.startsWith('ok'))).toBe(true);
    expect(vi.getMockedSystemTime()?.getTime()).toBe(saturday + 12_000);
  });

  test('is counted from when the first request goes out', async () => {
    const waits = (request: Request): Duration => (is('equity_bars', 'B', request) ? 60_000 : 0);
    const patient = start({ equity: 5_000 }, { waits, delay: (call) => (call === 3 ? 64_000 : 100) }, ['B']);
    expect(await ended(patient)).toMatchObject({ 'equity/B': 'ok 1', 'options/B': 'ok 12' });

    const hanging = start({ equity: 5_000 }, { waits, script: hangs('equity_bars') });
    expect(await ended(hanging)).toMatchObject({ 'equity/B': `failed 1 ${late}` });
    expect(tookOf(hanging, 'equity/B')).toBe(65_000);
  });

  test('does not run while the task waits in a queue behind others', async () => {
    const symbols = Array.from({ length: 30 }, (_, index) => `S${String(index)}`);
    const trial = start({ contracts: 1_000, equity: 1_000 }, { concurrency: 1, delay: 900 }, symbols);
    const ends = Object.entries(await ended(trial)).filter(([id]) => /^(contracts|equity)/.test(id));
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
    const why = late.replace('equity', 'options');
    expect(await ended(trial)).toMatchObject({ 'options/B': `partial 7 ${why}` });
    const options = states(trial, 'B').filter((text) => text.startsWith('option_bars'));
    expect(options.filter((text) => text.endsWith(' data'))).toHaveLength(5);
    expect(options.filter((text) => text.endsWith(` failed ${why}`))).toHaveLength(2);
    expect(options).toHaveLength(7);
    expect(trial.desk.plan(saturday + 60_000).requests).toBe(7);
  });

  test('keeps an answer that comes too late after all, and goes on with it', async () => {
    const trial = start({ equity: 5_000 }, { isDeaf: true, delay: 6_000 }, ['B']);
    expect(await ended(trial)).toMatchObject({ 'equity/B': 'ok 1', 'options/B': 'ok 12' });
    expect(states(trial, 'B')).toContain('equity_bars/B/1 day/TRADES/rth data');
  });

  test('does not make a stop a failure', async () => {
    const trial = start({ equity: 5_000 }, { script: hangs('equity_bars') }, ['B']);
    setTimeout(() => trial.stopping.abort(), 1_000);
    setTimeout(() => trial.stopped.abort(), 2_000);
    expect(await ended(trial)).toMatchObject({ 'equity/B': 'interrupted 1 the run was stopped' });
    expect(states(trial, 'B')).not.toContainEqual(expect.stringContaining('equity_bars'));

    const slow = start({ equity: 5_000 }, { script: hangs('equity_bars') }, ['B']);
    setTimeout(() => slow.stopping.abort(), 1_000);
    expect(await ended(slow)).toMatchObject({ 'equity/B': `failed 1 ${late}` });
  });
});

describe('the time limit of a step beside that of a symbol', () => {
  const symbolLate = 'B took longer than the 5s that one symbol may take';

  test.each([
    [3_000, late.replace('5s', '3s')],
    [4_999, late.replace('5s', '4.9s')],
    [5_000, symbolLate],
    [8_000, symbolLate],
  ])('is the reason when it is up first (%i ms beside 5 s)', async (equity, why) => {
    const trial = start({ equity, symbol: 5_000 }, { script: hangs('equity_bars'), delay: 0 });
    const tasks = await ended(trial);
    expect(tasks).toMatchObject({ 'equity/B': `failed 1 ${why}`, 'options/B': 'skipped 0 equity/B failed' });
    expect(Object.keys(tasks).filter((id) => tasks[id]?.startsWith('ok') === true)).toHaveLength(6);
  });

  test('is not begun for what would begin after the symbol had used up its own', async () => {
    const trial = start({ chains: 5_000, symbol: 5_000 }, { isDeaf: true, delay: 6_000 }, ['B']);
    expect(await ended(trial)).toEqual({
      'contracts/B': 'ok 1',
      'chains/B': `failed 0 ${symbolLate}`,
      'equity/B': `failed 0 ${symbolLate}`,
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
      const time = taskTime(null, systemClock, () => undefined);
      if (isListening) expect(time.signal.aborted).toBe(false);
      if (end === 'stop') time.stop();
      else time.runOut(why);
      expect(time.signal.aborted).toBe(true);
      expect(time.late).toBe(end === 'stop' ? null : why);
    }
  });

  test('ends for the first of two reasons', () => {
    const time = taskTime(null, systemClock, () => undefined);
    time.runOut(why);
    time.runOut({ kind: 'retryable', message: 'later' });
    expect(time.late).toBe(why);
  });
});

describe('a countdown', () => {
  test.each([0, 1_000])('calls back once after %i ms', async (allowed) => {
    const onUp = vi.fn();
    countdown(allowed, systemClock, onUp);
    if (allowed > 0) await vi.advanceTimersByTimeAsync(allowed - 1);
    expect(onUp).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(onUp.mock.calls).toEqual([[allowed]]);
  });

  test('is silent once it was ended, be it in the moment in which the time is up', async () => {
    const onUp = vi.fn();
    const end = countdown(1_000, systemClock, onUp);
    await vi.advanceTimersByTimeAsync(999);
    vi.advanceTimersByTime(1);
    end();
    await vi.runAllTimersAsync();
    expect(onUp).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('without a limit needs no timer', () => {
    countdown(null, systemClock, () => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });
});
