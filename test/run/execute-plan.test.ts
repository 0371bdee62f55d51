import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../src/core/time/clock.js';
import type { Failure } from '../../src/core/failure.js';
import type { FetchOutcome } from '../../src/core/request.js';
import { formatSeriesName } from '../../src/core/series.js';
import { hour } from '../../src/core/time/time.js';
import type { ExecutionResult } from '../../src/run/execution-context.js';
import { findEventProblems } from '../fixtures/event-order.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { ExecutionScenario, StartedExecution } from '../fixtures/start-execution.js';
import { createEquityStep, createPipeline, createSymbol } from '../fixtures/pipelines.js';
import { createBarRows } from '../fixtures/rows.js';
import { createPlanningFixture, getRequests } from '../fixtures/planning.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

function start(scenario: Partial<ExecutionScenario> & { symbols?: readonly string[] } = {}): StartedExecution {
  const { symbols = ['AAPL', 'MSFT'], ...rest } = scenario;
  return startExecution({ pipeline: createPipeline(symbols), now: saturday, ...rest });
}

/** Runs it to its end and checks what must hold of every execution. */
async function runToEnd(trial: StartedExecution): Promise<ExecutionResult> {
  const result = await trial.waitForEnd();
  checkEvents(trial);
  expect(result.requests).toBe(trial.provider.calls.length);
  expect(result.tasks.map(({ id }) => id)).toEqual(trial.plan.tasks.map(({ id }) => id));
  return result;
}

function checkEvents({ events, plan, provider }: StartedExecution): void {
  expect(
    findEventProblems(
      events,
      plan.tasks.map(({ id }) => id),
    ),
  ).toEqual([]);
  expect(provider.inFlight).toBe(0);
}

/** `ok 1 5` by task: status, requests, rows, reason. */
function describeTasks({ tasks }: ExecutionResult): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tasks.map(({ id, status, requests, rows, reason }) => [
      id,
      `${status} ${requests} ${rows}${reason === undefined ? '' : ` ${reason}`}`,
    ]),
  );
}

const failWith = (failure: Failure): FetchOutcome => ({ kind: 'failure', failure });
const timeout = failWith({ kind: 'retryable', message: 'no answer within 60 s' });
const dropped = failWith({ kind: 'retryable', message: 'connection lost' });

describe('an execution in which all goes well', () => {
  test('asks for contracts, chains, equity and options of each symbol in this order', async () => {
    const trial = start({ symbols: ['AAPL'], concurrency: 1 });
    const result = await runToEnd(trial);
    expect(trial.provider.names.slice(0, 4)).toEqual([
      'contracts/AAPL',
      'chains/AAPL',
      'equity_bars/AAPL/1 day/TRADES/rth',
      'option_bars/AAPL/2026-11-27/95/C/1 day/TRADES/rth',
    ]);
    expect(describeTasks(result)).toEqual({
      'contracts/AAPL': 'ok 1 1',
      'chains/AAPL': 'ok 1 20',
      'equity/AAPL': 'ok 1 5',
      'options/AAPL': 'ok 12 60',
    });
    expect(result).toMatchObject({ status: 'ok', requests: 15, rows: 86, fatal: null });
  });

  test('plans options from the chain that this very execution received', async () => {
    const trial = start({ symbols: ['AAPL'] });
    expect(trial.plan.tasks.at(-1)?.status).toBe('deferred');
    await runToEnd(trial);
    const started = trial.events.find((event) => event.type === 'task-started' && event.task === 'options/AAPL');
    expect(started).toMatchObject({ requests: 12 });
  });

  test('never has more under way than the provider allows, and that many while there is work', async () => {
    for (const concurrency of [1, 3, 7]) {
      const trial = start({ concurrency, symbols: Array.from({ length: 10 }, (_, index) => `S${index}`) });
      const result = await runToEnd(trial);
      expect(result.status).toBe('ok');
      expect(trial.provider.maxInFlight).toBe(concurrency);
    }
  });

  test('takes no longer than its requests one after the other on each of its lines', async () => {
    const trial = start({ concurrency: 5, delay: 100 });
    await runToEnd(trial);
    // Two contracts, then two chains and two of equity, then 24 options five at a time.
    expect(vi.getMockedSystemTime()?.getTime()).toBe(saturday + 100 + 100 + 500);
  });

  test('stores every answer with what it settles and what it was built on', async () => {
    const trial = start({ symbols: ['AAPL'], concurrency: 1 });
    await runToEnd(trial);
    const { results } = trial.fixture.lake;
    expect(results.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 15 }, (_, n) => `run/${n + 1}`));
    expect(results[0]).toMatchObject({
      step: 'contracts',
      upstream: [],
      requestedAt: saturday,
      answeredAt: saturday + 100,
    });
    expect(results[1]).toMatchObject({ step: 'chains', upstream: ['run/1'], requestedAt: saturday + 100 });
    expect(results[2]).toMatchObject({
      step: 'equity',
      upstream: ['run/1'],
      settled: [{ window: trial.plan.tasks[2]?.gaps[0]?.window, state: 'data', rows: 5 }],
    });
    for (const delivery of results.slice(3)) {
      expect(delivery.upstream).toEqual(['run/2', 'run/3']);
      expect(delivery.rows?.length).toBe(5);
    }
  });

  test('leaves nothing to ask: the next plan is empty', async () => {
    const trial = start();
    await runToEnd(trial);
    expect(trial.fixture.plan(saturday + hour)).toMatchObject({ requests: 0, estimatedRequests: 0 });
    const next = start({ fixture: trial.fixture });
    expect(describeTasks(await runToEnd(next))['options/MSFT']).toBe('satisfied 0 0');
    expect(next.provider.calls).toEqual([]);
    expect(next.events.map(({ type }) => type)).toEqual(Array.from({ length: 8 }, () => 'task-finished'));
  });

  test('of nothing ends at once', async () => {
    expect(await runToEnd(start({ symbols: [] }))).toMatchObject({ status: 'ok', requests: 0, tasks: [] });
  });

  test('tells which request is sent for which task before it is sent', async () => {
    const trial = start({ symbols: ['AAPL'] });
    await runToEnd(trial);
    const [first] = trial.events.filter((event) => event.type === 'request-sent');
    expect(first).toEqual({
      type: 'request-sent',
      request: 'run/1',
      task: 'contracts/AAPL',
      provider: 'mock',
      series: 'contracts/AAPL',
      window: null,
    });
  });
});

describe('an execution in which something fails', () => {
  test('skips what depends on a failed task, and goes on with the other symbols', async () => {
    const trial = start({
      script: ({ series }) =>
        formatSeriesName(series) === 'contracts/AAPL'
          ? failWith({ kind: 'invalid', message: 'no such symbol' })
          : undefined,
    });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'contracts/AAPL': 'failed 1 0 no such symbol',
      'chains/AAPL': 'skipped 0 0 contracts/AAPL failed',
      'equity/AAPL': 'skipped 0 0 contracts/AAPL failed',
      'options/AAPL': 'skipped 0 0 contracts/AAPL failed',
      'options/MSFT': 'ok 12 60',
    });
    expect(result.status).toBe('partial');
    const end = trial.events.find((event) => event.type === 'task-finished' && event.task === 'contracts/AAPL');
    expect(end).toMatchObject({ remedy: 'check the symbol, its kind, exchange and currency in the pipeline' });
    const skipped = trial.events.find((event) => event.type === 'task-finished' && event.task === 'options/AAPL');
    expect(skipped).toMatchObject({ took: 0 });
  });

  test.each([
    ['a timeout', timeout, 'failed'],
    ['a dropped connection', dropped, 'failed'],
    ['asked too fast', failWith({ kind: 'pacing', message: 'too fast' }), 'failed'],
    ['no permission', failWith({ kind: 'denied', message: 'no permission' }), 'denied'],
    ['beyond the history', failWith({ kind: 'lost', message: 'too old' }), 'lost'],
    ['a wrong request', failWith({ kind: 'invalid', message: 'what?' }), 'failed'],
  ])('%s is stored as what it is, and never as empty', async (_, outcome, state) => {
    const trial = start({
      symbols: ['AAPL'],
      script: ({ series }) => (series.dataset === 'equity_bars' ? outcome : undefined),
    });
    const result = await runToEnd(trial);
    const delivery = trial.fixture.lake.results.find(({ step }) => step === 'equity');
    expect(delivery?.closedWindows.map((window) => window.state)).toEqual([state]);
    expect(delivery?.rows).toBeNull();
    expect(describeTasks(result)['equity/AAPL']).toMatch(/^failed 1 0 /);
    expect(describeTasks(result)['options/AAPL']).toBe('skipped 0 0 equity/AAPL failed');
  });

  test('an answer cut short keeps what came, and the rest is asked for by the next plan', async () => {
    const trial = start({
      symbols: ['AAPL'],
      script({ series, window }) {
        if (series.dataset !== 'equity_bars' || window === null) return undefined;
        const answered = { start: window.start, end: window.start + 48 * hour };
        return {
          kind: 'rows',
          rows: createBarRows('equity_bars', [window.start + 10 * hour]),
          answeredWindow: answered,
        };
      },
    });
    const result = await runToEnd(trial);
    expect(describeTasks(result)['equity/AAPL']).toBe('partial 1 1 the answer was cut short');
    expect(describeTasks(result)['options/AAPL']).toBe('ok 12 60');
    expect(result.status).toBe('partial');
    const answered = trial.events.find((event) => event.type === 'request-completed' && event.task === 'equity/AAPL');
    expect(answered).toMatchObject({ outcome: 'partial', rows: 1 });
    const next = trial.fixture.plan(saturday + hour);
    expect(getRequests(next).map(({ window }) => window)).toEqual([
      { start: Date.parse('2026-11-18T05:00:00Z'), end: Date.parse('2026-11-21T05:00:00Z') },
    ]);
  });

  test('a task with good and bad answers is partial, and its dependents go on', async () => {
    const steps = [
      createEquityStep({ needs: [], barSizes: ['1 day', '1 hour'] }),
      createEquityStep({ name: 'more', needs: ['equity'], barSizes: ['5 mins'] }),
    ];
    const trial = start({
      pipeline: createPipeline(['AAPL'], steps),
      script: ({ series }) => (series.dataset === 'equity_bars' && series.barSize === '1 day' ? dropped : undefined),
    });
    expect(describeTasks(await runToEnd(trial))).toEqual({
      'equity/AAPL': 'partial 2 5 connection lost',
      'more/AAPL': 'ok 1 5',
    });
  });

  test('a symbol without options has nothing to fetch there', async () => {
    const trial = start({
      symbols: ['AAPL'],
      script: ({ series }) => (series.dataset === 'chains' ? { kind: 'empty' } : undefined),
    });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'chains/AAPL': 'ok 1 0',
      'options/AAPL': 'satisfied 0 0',
    });
  });

  test('a run in which nothing went well has failed', async () => {
    const result = await runToEnd(start({ script: () => timeout }));
    expect(result.status).toBe('failed');
    expect(result.requests).toBe(2);
  });
});

describe('a source that cannot be used', () => {
  const providerDown: Failure = { kind: 'fatal', message: 'login refused' };

  test('is asked nothing more; its tasks fail, and it is named as the reason of the run', async () => {
    const symbols = Array.from({ length: 20 }, (_, index) => `S${index}`);
    const trial = start({ symbols, concurrency: 2, script: () => failWith(providerDown) });
    const result = await runToEnd(trial);
    expect(trial.provider.calls).toHaveLength(2);
    expect(result.fatal).toEqual(providerDown);
    expect(result.status).toBe('failed');
    expect(describeTasks(result)).toMatchObject({
      'contracts/S0': 'failed 1 0 login refused',
      'contracts/S19': 'failed 0 0 login refused',
      'equity/S19': 'skipped 0 0 contracts/S19 failed',
    });
    expect(trial.fixture.lake.results).toEqual([]);
    const end = trial.events.find((event) => event.type === 'task-finished' && event.task === 'contracts/S19');
    expect(end).toMatchObject({ remedy: expect.stringContaining('credentials') as unknown });
  });

  test('keeps what was answered before, and what is still under way when it fails', async () => {
    const trial = start({
      symbols: ['AAPL'],
      concurrency: 3,
      delay: (call) => (call === 6 ? 50 : 100),
      script: (_, call) => (call === 6 ? failWith(providerDown) : undefined),
    });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'equity/AAPL': 'ok 1 5',
      'options/AAPL': 'partial 3 10 login refused',
    });
    expect(result.status).toBe('partial');
    expect(trial.fixture.lake.results).toHaveLength(5);
  });

  test('before any request goes out counts none, and its tasks fail all the same', async () => {
    const trial = start({ sendsImmediately: false, script: () => failWith(providerDown) });
    const result = await trial.waitForEnd();
    expect(result).toMatchObject({ status: 'failed', requests: 0, fatal: providerDown });
    expect(describeTasks(result)['contracts/AAPL']).toBe('failed 0 0 login refused');
    checkEvents(trial);
  });

  test('what would begin later fails without being asked for', async () => {
    const trial = start({
      pipeline: createPipeline([createSymbol('AAPL'), createSymbol('MSFT')]),
      concurrency: 2,
      delay: (call) => call * 100,
      script: (_, call) => (call === 1 ? failWith(providerDown) : undefined),
    });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'contracts/MSFT': 'ok 1 1',
      'chains/MSFT': 'failed 0 0 login refused',
      'options/MSFT': 'skipped 0 0 chains/MSFT failed',
    });
    expect(trial.provider.calls).toHaveLength(2);
  });
});

describe('an execution that is stopped', () => {
  test('softly asks nothing new and keeps what is under way', async () => {
    const trial = start({ concurrency: 2 });
    await vi.advanceTimersByTimeAsync(350);
    const asked = trial.provider.calls.length;
    trial.stopping.abort();
    const result = await runToEnd(trial);
    expect(trial.provider.calls).toHaveLength(asked);
    expect(result.status).toBe('interrupted');
    expect(trial.fixture.lake.results).toHaveLength(asked);
    expect(result.tasks.filter(({ status }) => status === 'ok').length).toBeGreaterThan(0);
    for (const { status, reason } of result.tasks.filter((task) => task.status !== 'ok')) {
      expect(`${status} ${reason ?? ''}`).toBe('interrupted the run was stopped');
    }
  });

  test('hard gives up what is under way and leaves no fact about it', async () => {
    const trial = start({ concurrency: 2, script: (_, call) => (call > 4 ? 'hang' : undefined) });
    await vi.advanceTimersByTimeAsync(1000);
    trial.stopping.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(trial.provider.inFlight).toBe(2);
    trial.stopped.abort();
    const result = await runToEnd(trial);
    expect(result.status).toBe('interrupted');
    expect(trial.fixture.lake.results).toHaveLength(4);
    expect(trial.fixture.plan(saturday + hour).requests).toBeGreaterThan(0);
  });

  test('a task of which one answer came and another was given up is interrupted', async () => {
    const steps = [createEquityStep({ needs: [], barSizes: ['1 day', '1 hour'] })];
    const trial = start({
      pipeline: createPipeline(['AAPL'], steps),
      concurrency: 2,
      script: (_, call) => (call === 1 ? 'hang' : undefined),
      delay: 500,
    });
    await vi.advanceTimersByTimeAsync(100);
    trial.stopping.abort();
    await vi.advanceTimersByTimeAsync(1000);
    trial.stopped.abort();
    expect(describeTasks(await runToEnd(trial))).toEqual({ 'equity/AAPL': 'interrupted 2 5 the run was stopped' });
  });

  test('what never went out is no request: it is neither told of nor counted', async () => {
    const trial = start({ sendsImmediately: false, script: () => 'hang' });
    await vi.advanceTimersByTimeAsync(1000);
    trial.stopping.abort();
    trial.stopped.abort();
    const result = await trial.waitForEnd();
    expect(result).toMatchObject({ status: 'interrupted', requests: 0 });
    expect(trial.events.some(({ type }) => type === 'request-sent' || type === 'request-completed')).toBe(false);
    checkEvents(trial);
  });

  test('before it begins asks nothing', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const trial = start({ stopping });
    expect(await runToEnd(trial)).toMatchObject({ status: 'interrupted', requests: 0 });
    expect(trial.provider.calls).toEqual([]);
  });

  test('after its end is of no consequence', async () => {
    const trial = start();
    await runToEnd(trial);
    const count = trial.events.length;
    trial.stopping.abort();
    trial.stopped.abort();
    expect(trial.events).toHaveLength(count);
  });
});

describe('an execution that cannot go on', () => {
  test('rejects when an answer cannot be stored, asks nothing more and leaves nothing under way', async () => {
    let stored = 0;
    const trial = start({
      concurrency: 3,
      script: (_, call) => (call > 6 ? 'hang' : undefined),
      beforeReceive: () => (++stored > 4 ? Promise.reject(new Error('disk full')) : Promise.resolve()),
    });
    await expect(trial.waitForEnd()).rejects.toThrow('disk full');
    const asked = trial.provider.calls.length;
    checkRejected(trial);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(trial.provider.calls).toHaveLength(asked);
    expect(trial.fixture.lake.results).toHaveLength(4);
  });

  test('rejects for a bug in a provider', async () => {
    const trial = start({ script: (_, call) => (call === 3 ? 'throw' : undefined) });
    await expect(trial.waitForEnd()).rejects.toThrow('a bug in the provider');
    checkRejected(trial);
  });

  test('still stores what had been answered by then', async () => {
    const trial = start({
      concurrency: 2,
      delay: (call) => (call === 2 ? 50 : 100),
      beforeReceive: ({ requestId }) =>
        requestId === 'run/1' ? Promise.reject(new Error('torn')) : systemClock.sleepUntil(systemClock.now() + 500),
    });
    await expect(trial.waitForEnd()).rejects.toThrow('torn');
    expect(trial.fixture.lake.results.map(({ requestId }) => requestId)).toEqual(['run/2']);
    checkRejected(trial);
  });

  /** The request that broke it has no answer; everything else is in order. */
  function checkRejected(trial: StartedExecution): void {
    const problems = findEventProblems(
      trial.events,
      trial.plan.tasks.map(({ id }) => id),
    );
    expect(problems.filter((problem) => !problem.endsWith('was never answered'))).toEqual([]);
    expect(trial.provider.inFlight).toBe(0);
  }
});

describe('an execution from what is held', () => {
  test('asks only for what was not answered before', async () => {
    const pipeline = createPipeline(['AAPL', 'MSFT']);
    const at = createPlanningFixture(pipeline);
    await at.answerInFull(getRequests(at.plan(saturday, { symbols: ['AAPL'] })), saturday);
    const trial = start({ fixture: at });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'contracts/AAPL': 'satisfied 0 0',
      'options/AAPL': 'ok 12 60',
      'contracts/MSFT': 'ok 1 1',
    });
    const options = at.lake.results.find(({ step }) => step === 'options');
    expect(options?.upstream).toEqual(['earlier/2', 'earlier/3']);
  });

  test('of some steps only does not wait for the others', async () => {
    const pipeline = createPipeline(['AAPL']);
    const at = createPlanningFixture(pipeline);
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    const result = await runToEnd(start({ pipeline, fixture: at, options: { steps: ['options'] } }));
    expect(describeTasks(result)).toEqual({ 'options/AAPL': 'ok 12 60' });
  });

  test('skips what the plan says is blocked', async () => {
    const result = await runToEnd(start({ symbols: ['AAPL'], options: { steps: ['chains'] } }));
    expect(describeTasks(result)['chains/AAPL']).toMatch(/^skipped 0 0 needs contracts of AAPL/);
    expect(result.status).toBe('failed');
  });
});
