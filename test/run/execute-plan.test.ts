import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../src/core/time/clock.js';
import type { Failure } from '../../src/core/failure.js';
import type { FetchOutcome } from '../../src/core/request.js';
import { formatSeriesName } from '../../src/core/series.js';
import { hour } from '../../src/core/time/time.js';
import { listGaps } from '../../src/plan/plan.js';
import type { RunOutcome } from '../../src/run/execution.js';
import { findEventProblems } from '../fixtures/event-order.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { ExecutionScenario, StartedExecution } from '../fixtures/start-execution.js';
import { createContractsStep, createEquityStep, createPipeline, createSymbol } from '../fixtures/pipelines.js';
import { createBarRows } from '../fixtures/rows.js';
import { createFullOutcome } from '../fixtures/full-outcome.js';
import { createPlanningFixture, getRequests, smallChain } from '../fixtures/planning.js';
import { requireCalendar } from '../fixtures/require-calendar.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

function startTrial(scenario: Partial<ExecutionScenario> & { symbols?: readonly string[] } = {}): StartedExecution {
  const { symbols = ['AAPL', 'MSFT'], ...rest } = scenario;
  return startExecution({ pipeline: createPipeline(symbols), now: saturday, ...rest });
}

/** Runs an execution to its end and checks its events. */
async function runToEnd(trial: StartedExecution): Promise<RunOutcome> {
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
function describeTasks({ tasks }: RunOutcome): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tasks.map(({ id, status, requests, rows, reason }) => [
      id,
      `${status} ${requests} ${rows}${reason === undefined ? '' : ` ${reason}`}`,
    ]),
  );
}

const failWith = (failure: Failure): FetchOutcome => ({ kind: 'failure', failure });
const timeout = failWith({ kind: 'retryable', message: 'no response within 60 s' });
const dropped = failWith({ kind: 'retryable', message: 'connection lost' });

describe('a successful execution', () => {
  test('requests contracts, chains, equity and options of a symbol in this order', async () => {
    const trial = startTrial({ symbols: ['AAPL'], concurrency: 1 });
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

  test('plans options from the chain that the execution received', async () => {
    const trial = startTrial({ symbols: ['AAPL'] });
    expect(trial.plan.tasks.at(-1)?.status).toBe('deferred');
    await runToEnd(trial);
    const started = trial.events.find((event) => event.type === 'task-started' && event.task === 'options/AAPL');
    expect(started).toMatchObject({ requests: 12 });
  });

  test('keeps exactly the allowed number of requests in flight while there is work', async () => {
    for (const concurrency of [1, 3, 7]) {
      const trial = startTrial({ concurrency, symbols: Array.from({ length: 10 }, (_, index) => `S${index}`) });
      const result = await runToEnd(trial);
      expect(result.status).toBe('ok');
      expect(trial.provider.maxInFlight).toBe(concurrency);
    }
  });

  test('takes the minimum time for 5 requests at once', async () => {
    const trial = startTrial({ concurrency: 5, delay: 100 });
    await runToEnd(trial);
    // Two contracts, then two chains and two of equity, then 24 options five at a time.
    expect(vi.getMockedSystemTime()?.getTime()).toBe(saturday + 100 + 100 + 500);
  });

  test('stores each answer with its closed windows and upstream requests', async () => {
    const trial = startTrial({ symbols: ['AAPL'], concurrency: 1 });
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
      closedWindows: [{ window: trial.plan.tasks.map(listGaps)[2]?.[0]?.window, state: 'data', rows: 5 }],
    });
    for (const result of results.slice(3)) {
      expect(result.upstream).toEqual(['run/2', 'run/3']);
      expect(result.rows?.length).toBe(5);
    }
  });

  test('gives the answers of one call one time, and every other answer its own', async () => {
    const trial = startTrial({
      delay: 100,
      script: (request) => {
        if (request.series.dataset !== 'chains') return undefined;
        const call = { id: 'run/3', answeredAt: saturday + 250 };
        return { ...createFullOutcome(request, requireCalendar('XNYS'), smallChain), call };
      },
    });
    await runToEnd(trial);
    const times = (dataset: string): readonly number[] =>
      trial.fixture.lake.results
        .filter(({ series }) => series.dataset === dataset)
        .map(({ answeredAt }) => answeredAt - saturday);
    expect(times('contracts')).toEqual([100, 101]);
    expect(times('chains')).toEqual([250, 250]);
  });

  test('plans no requests for the next run', async () => {
    const trial = startTrial();
    await runToEnd(trial);
    expect(trial.fixture.plan(saturday + hour)).toMatchObject({ requests: 0, estimatedRequests: 0 });
    const next = startTrial({ fixture: trial.fixture });
    expect(describeTasks(await runToEnd(next))['options/MSFT']).toBe('up-to-date 0 0');
    expect(next.provider.calls).toEqual([]);
    expect(next.events.map(({ type }) => type)).toEqual(Array.from({ length: 8 }, () => 'task-finished'));
  });

  test('ends at once when the plan is empty', async () => {
    expect(await runToEnd(startTrial({ symbols: [] }))).toMatchObject({ status: 'ok', requests: 0, tasks: [] });
  });

  test('emits request-sent with the task, provider and series of a request', async () => {
    const trial = startTrial({ symbols: ['AAPL'] });
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

describe('an execution with failures', () => {
  test('skips the dependents of a failed task and completes the other symbols', async () => {
    const trial = startTrial({
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
    expect(end).toMatchObject({ hint: 'check the symbol, its kind, exchange and currency in the pipeline' });
    const skipped = trial.events.find((event) => event.type === 'task-finished' && event.task === 'options/AAPL');
    expect(skipped).toMatchObject({ durationMs: 0 });
  });

  test.each([
    ['a timeout', timeout, 'failed'],
    ['a dropped connection', dropped, 'failed'],
    ['a pacing violation', failWith({ kind: 'pacing', message: 'too fast' }), 'failed'],
    ['no permission', failWith({ kind: 'denied', message: 'no permission' }), 'denied'],
    ['beyond the history', failWith({ kind: 'unavailable', message: 'too old' }), 'unavailable'],
    ['a wrong request', failWith({ kind: 'invalid', message: 'what?' }), 'failed'],
  ])('stores %s with its own state and never as empty', async (_, outcome, state) => {
    const trial = startTrial({
      symbols: ['AAPL'],
      script: ({ series }) => (series.dataset === 'equity_bars' ? outcome : undefined),
    });
    const result = await runToEnd(trial);
    const stored = trial.fixture.lake.results.find(({ step }) => step === 'equity');
    expect(stored?.closedWindows.map((window) => window.state)).toEqual([state]);
    expect(stored?.rows).toBeNull();
    expect(describeTasks(result)['equity/AAPL']).toMatch(/^failed 1 0 /);
    expect(describeTasks(result)['options/AAPL']).toBe('skipped 0 0 equity/AAPL failed');
  });

  test('stores the rows of a truncated answer, and the next plan requests the rest', async () => {
    const trial = startTrial({
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
    expect(describeTasks(result)['equity/AAPL']).toBe(
      'partial 1 1 the response was truncated (2026-11-18, 2026-11-19, 2026-11-20)',
    );
    expect(describeTasks(result)['options/AAPL']).toBe('ok 12 60');
    expect(result.status).toBe('partial');
    const answered = trial.events.find((event) => event.type === 'request-completed' && event.task === 'equity/AAPL');
    expect(answered).toMatchObject({ outcome: 'partial', rows: 1 });
    const next = trial.fixture.plan(saturday + hour);
    expect(getRequests(next).map(({ window }) => window)).toEqual([
      { start: Date.parse('2026-11-18T05:00:00Z'), end: Date.parse('2026-11-21T05:00:00Z') },
    ]);
  });

  test('marks a task with good and bad answers as partial and runs its dependents', async () => {
    const steps = [
      createEquityStep({ needs: [], barSizes: ['1 day', '1 hour'] }),
      createEquityStep({ name: 'more', needs: ['equity'], barSizes: ['5 mins'] }),
    ];
    const trial = startTrial({
      pipeline: createPipeline(['AAPL'], steps),
      script: ({ series }) => (series.dataset === 'equity_bars' && series.barSize === '1 day' ? dropped : undefined),
    });
    expect(describeTasks(await runToEnd(trial))).toEqual({
      'equity/AAPL': 'partial 2 5 connection lost',
      'more/AAPL': 'ok 1 5',
    });
  });

  test('marks the options of a symbol without listed options as up to date', async () => {
    const trial = startTrial({
      symbols: ['AAPL'],
      script: ({ series }) => (series.dataset === 'chains' ? { kind: 'empty' } : undefined),
    });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'chains/AAPL': 'ok 1 0',
      'options/AAPL': 'up-to-date 0 0',
    });
  });

  test('fails when every task failed or was skipped', async () => {
    const result = await runToEnd(startTrial({ script: () => timeout }));
    expect(result.status).toBe('failed');
    expect(result.requests).toBe(2);
  });
});

describe('a provider with a fatal failure', () => {
  const providerDown: Failure = { kind: 'fatal', message: 'login refused' };

  test('receives no more requests, fails its tasks and is the failure of the run', async () => {
    const symbols = Array.from({ length: 20 }, (_, index) => `S${index}`);
    const trial = startTrial({ symbols, concurrency: 2, script: () => failWith(providerDown) });
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
    expect(end).toMatchObject({ hint: expect.stringContaining('credentials') as unknown });
  });

  test('keeps earlier answers and those of requests in flight', async () => {
    const trial = startTrial({
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

  test('fails its tasks without any request sent', async () => {
    const trial = startTrial({ sendsImmediately: false, script: () => failWith(providerDown) });
    const result = await trial.waitForEnd();
    expect(result).toMatchObject({ status: 'failed', requests: 0, fatal: providerDown });
    expect(describeTasks(result)['contracts/AAPL']).toBe('failed 0 0 login refused');
    checkEvents(trial);
  });

  test('fails later tasks without a request', async () => {
    const trial = startTrial({
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
  test('sends no new request after "stopping" and stores the answers of requests in flight', async () => {
    const trial = startTrial({ concurrency: 2 });
    await vi.advanceTimersByTimeAsync(350);
    const sent = trial.provider.calls.length;
    trial.stopping.abort();
    const result = await runToEnd(trial);
    expect(trial.provider.calls).toHaveLength(sent);
    expect(result.status).toBe('cancelled');
    expect(trial.fixture.lake.results).toHaveLength(sent);
    expect(result.tasks.filter(({ status }) => status === 'ok').length).toBeGreaterThan(0);
    for (const { status, reason } of result.tasks.filter((task) => task.status !== 'ok')) {
      expect(`${status} ${reason ?? ''}`).toBe('cancelled the run was cancelled');
    }
  });

  test('aborts requests in flight after "stopped" and stores no facts about them', async () => {
    const trial = startTrial({ concurrency: 2, script: (_, call) => (call > 4 ? 'hang' : undefined) });
    await vi.advanceTimersByTimeAsync(1000);
    trial.stopping.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(trial.provider.inFlight).toBe(2);
    trial.stopped.abort();
    const result = await runToEnd(trial);
    expect(result.status).toBe('cancelled');
    expect(trial.fixture.lake.results).toHaveLength(4);
    expect(trial.fixture.plan(saturday + hour).requests).toBeGreaterThan(0);
  });

  test('cancels a task with one answer and one aborted request', async () => {
    const steps = [createEquityStep({ needs: [], barSizes: ['1 day', '1 hour'] })];
    const trial = startTrial({
      pipeline: createPipeline(['AAPL'], steps),
      concurrency: 2,
      script: (_, call) => (call === 1 ? 'hang' : undefined),
      delay: 500,
    });
    await vi.advanceTimersByTimeAsync(100);
    trial.stopping.abort();
    await vi.advanceTimersByTimeAsync(1000);
    trial.stopped.abort();
    expect(describeTasks(await runToEnd(trial))).toEqual({ 'equity/AAPL': 'cancelled 2 5 the run was cancelled' });
  });

  test('neither counts nor reports requests that were never sent', async () => {
    const trial = startTrial({ sendsImmediately: false, script: () => 'hang' });
    await vi.advanceTimersByTimeAsync(1000);
    trial.stopping.abort();
    trial.stopped.abort();
    const result = await trial.waitForEnd();
    expect(result).toMatchObject({ status: 'cancelled', requests: 0 });
    expect(trial.events.some(({ type }) => type === 'request-sent' || type === 'request-completed')).toBe(false);
    checkEvents(trial);
  });

  test('sends no request when "stopping" comes before the start', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const trial = startTrial({ stopping });
    expect(await runToEnd(trial)).toMatchObject({ status: 'cancelled', requests: 0 });
    expect(trial.provider.calls).toEqual([]);
  });

  test('emits no event when "stopping" comes after the end', async () => {
    const trial = startTrial();
    await runToEnd(trial);
    const count = trial.events.length;
    trial.stopping.abort();
    trial.stopped.abort();
    expect(trial.events).toHaveLength(count);
  });
});

describe('an execution that crashes', () => {
  test('rejects when an answer cannot be stored, sends no more requests and leaves none in flight', async () => {
    let stored = 0;
    const trial = startTrial({
      concurrency: 3,
      script: (_, call) => (call > 6 ? 'hang' : undefined),
      beforeReceive: () => (++stored > 4 ? Promise.reject(new Error('disk full')) : Promise.resolve()),
    });
    await expect(trial.waitForEnd()).rejects.toThrow('disk full');
    const sent = trial.provider.calls.length;
    checkRejected(trial);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(trial.provider.calls).toHaveLength(sent);
    expect(trial.fixture.lake.results).toHaveLength(4);
  });

  test('rejects when a provider throws', async () => {
    const trial = startTrial({ script: (_, call) => (call === 3 ? 'throw' : undefined) });
    await expect(trial.waitForEnd()).rejects.toThrow('a bug in the provider');
    checkRejected(trial);
  });

  test('stores the answers that arrived before the crash', async () => {
    const trial = startTrial({
      concurrency: 2,
      delay: (call) => (call === 2 ? 50 : 100),
      beforeReceive: ({ requestId }) =>
        requestId === 'run/1' ? Promise.reject(new Error('torn')) : systemClock.sleepUntil(systemClock.now() + 500),
    });
    await expect(trial.waitForEnd()).rejects.toThrow('torn');
    expect(trial.fixture.lake.results.map(({ requestId }) => requestId)).toEqual(['run/2']);
    checkRejected(trial);
  });

  /** The events are in order, apart from the request that crashed and has no answer. */
  function checkRejected(trial: StartedExecution): void {
    const problems = findEventProblems(
      trial.events,
      trial.plan.tasks.map(({ id }) => id),
    );
    expect(problems.filter((problem) => !problem.endsWith('was never answered'))).toEqual([]);
    expect(trial.provider.inFlight).toBe(0);
  }
});

describe('an execution with data in the lake', () => {
  test('requests only the data that is not in the lake', async () => {
    const pipeline = createPipeline(['AAPL', 'MSFT']);
    const fixture = createPlanningFixture(pipeline);
    await fixture.answerInFull(getRequests(fixture.plan(saturday, { symbols: ['AAPL'] })), saturday);
    const trial = startTrial({ fixture });
    const result = await runToEnd(trial);
    expect(describeTasks(result)).toMatchObject({
      'contracts/AAPL': 'up-to-date 0 0',
      'options/AAPL': 'ok 12 60',
      'contracts/MSFT': 'ok 1 1',
    });
    const options = fixture.lake.results.find(({ step }) => step === 'options');
    expect(options?.upstream).toEqual(['earlier/2', 'earlier/3']);
  });

  test('runs a selected step without waiting for unselected steps', async () => {
    const pipeline = createPipeline(['AAPL']);
    const fixture = createPlanningFixture(pipeline);
    await fixture.answerInFull(getRequests(fixture.plan(saturday)), saturday);
    const result = await runToEnd(startTrial({ pipeline, fixture, options: { steps: ['options'] } }));
    expect(describeTasks(result)).toEqual({ 'options/AAPL': 'ok 12 60' });
  });

  test('skips blocked tasks', async () => {
    const result = await runToEnd(startTrial({ symbols: ['AAPL'], options: { steps: ['chains'] } }));
    expect(describeTasks(result)['chains/AAPL']).toMatch(/^skipped 0 0 needs contracts of AAPL/);
    expect(result.status).toBe('failed');
  });
});

describe('an execution with denied windows', () => {
  const denied: FetchOutcome = failWith({ kind: 'denied', message: 'no permission' });
  const denyBars: NonNullable<ExecutionScenario['script']> = ({ series }) =>
    series.dataset === 'equity_bars' && series.instrument.symbol === 'GOOGL' ? denied : undefined;
  const denyContracts: NonNullable<ExecutionScenario['script']> = ({ series }) =>
    series.dataset === 'contracts' && series.instrument.symbol === 'GOOGL' ? denied : undefined;

  /** Runs twice on the same lake; the provider denies in both. */
  async function runTwice(acceptsDenied: boolean, script = denyBars): Promise<readonly [RunOutcome, RunOutcome]> {
    const pipeline = createPipeline(
      ['AAPL', createSymbol('GOOGL', { acceptsDenied })],
      [createContractsStep(), createEquityStep()],
    );
    const fixture = createPlanningFixture(pipeline);
    const first = await runToEnd(startTrial({ pipeline, fixture, script }));
    return [first, await runToEnd(startTrial({ pipeline, fixture, script }))];
  }

  test('is partial in the run of the denial and in every later one, which requests nothing', async () => {
    const [first, second] = await runTwice(false);
    const absences = [{ kind: 'denied', windows: 5, isAccepted: false, reason: 'no permission' }];
    expect(first).toMatchObject({ status: 'partial' });
    expect(first.tasks.at(-1)).toMatchObject({ id: 'equity/GOOGL', status: 'failed', absences });
    expect(second).toMatchObject({ status: 'partial', requests: 0 });
    expect(second.tasks.at(-1)).toMatchObject({
      status: 'partial',
      reason: '5 sessions denied (no permission)',
      absences,
    });
  });

  test('is ok and names the sessions if the pipeline accepts the denial', async () => {
    const runs = await runTwice(true);
    const absences = [{ kind: 'denied', windows: 5, isAccepted: true, reason: 'no permission' }];
    expect(runs.map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(runs.map(({ tasks }) => tasks.at(-1))).toMatchObject([
      { id: 'equity/GOOGL', status: 'ok', requests: 1, rows: 0, absences },
      { id: 'equity/GOOGL', status: 'up-to-date', requests: 0, absences },
    ]);
  });

  test('ends the dependents of an accepted denial without a request, also in the next run', async () => {
    const runs = await runTwice(true, denyContracts);
    for (const { status, tasks } of runs) {
      expect(status).toBe('ok');
      expect(tasks.at(-1)).toMatchObject({
        id: 'equity/GOOGL',
        status: 'up-to-date',
        requests: 0,
        absences: [{ kind: 'denied', isAccepted: true, reason: 'needs contracts' }],
      });
    }
  });

  test('skips the dependents of a denial that is not accepted', async () => {
    const runs = await runTwice(false, denyContracts);
    expect(runs.map(({ status, tasks }) => `${status} ${String(tasks.at(-1)?.status)}`)).toEqual([
      'partial skipped',
      'partial skipped',
    ]);
  });
});
