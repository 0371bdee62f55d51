import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../../src/core/time/clock.js';
import type { Failure } from '../../../src/core/failure.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { hour, minute, second } from '../../../src/core/time/time.js';
import type { Duration } from '../../../src/core/time/time.js';
import { pointSeries } from '../../../src/plan/tasks/step-series.js';
import { createBreakers } from '../../../src/providers/resilience/circuit-breakers.js';
import type { Breakers, BreakerOptions } from '../../../src/providers/resilience/circuit-breakers.js';
import type { Provider } from '../../../src/providers/provider.js';
import { isInterrupted, withResilience } from '../../../src/providers/resilience/with-resilience.js';
import type { AcquirePermit, ResilienceOptions } from '../../../src/providers/resilience/with-resilience.js';
import { createCountingProvider } from '../../fixtures/counting-provider.js';
import type { CountingProvider, Script } from '../../fixtures/counting-provider.js';
import { createContractsStep, createInstrument } from '../../fixtures/pipelines.js';
import { createContractRows } from '../../fixtures/rows.js';

const startTime = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: startTime });
});

afterEach(() => {
  // A timer left behind is a process kept alive.
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const createRequest = (symbol: string): Request => ({
  series: pointSeries(createContractsStep(), createInstrument(symbol)),
  window: null,
  closes: [],
});
const request = createRequest('AAPL');
const rows: FetchOutcome = { kind: 'rows', rows: createContractRows(), answeredWindow: null };
const fail = (failure: Failure): FetchOutcome => ({ kind: 'failure', failure });
const dropped = fail({ kind: 'retryable', message: 'connection lost' });

/** Fails so many times, then answers. */
const after =
  (failures: number, failure: FetchOutcome = dropped): Script =>
  (_, call) =>
    call > failures ? rows : failure;

interface TestBench {
  readonly source: CountingProvider;
  readonly provider: Provider;
  readonly controller: AbortController;
  readonly retries: { readonly attempt: number; readonly delay: Duration; readonly failure: Failure }[];
  readonly breaker: string[];
  /** For each permit, how it was let go. */
  readonly permits: FetchOutcome[][];
  /** When each attempt was made, from the beginning. */
  readonly attemptedAt: Duration[];
  /** When each attempt was said to go out. */
  readonly sentAt: Duration[];
  readonly fetch: (symbol?: string) => Promise<FetchOutcome>;
}

const defaultOptions: ResilienceOptions = {
  attempts: 3,
  delay: second,
  maxDelay: 10 * second,
  timeout: minute,
  maxSourcePauses: 2,
};
const neverOpening: BreakerOptions = { threshold: 100, cooldown: hour };

function createBench(
  script: Script,
  overrides: Partial<ResilienceOptions & BreakerOptions> = {},
  wait: Duration = 0,
): TestBench {
  const attemptedAt: Duration[] = [];
  const source = createCountingProvider(systemClock, 10, (asking, call) => {
    attemptedAt.push(systemClock.now() - startTime);
    return script(asking, call);
  });
  const controller = new AbortController();
  const retries: TestBench['retries'] = [];
  const breaker: string[] = [];
  const sentAt: Duration[] = [];
  const permits: FetchOutcome[][] = [];
  const pace: AcquirePermit = async (_, signal) => {
    if (wait > 0) await systemClock.sleepUntil(systemClock.now() + wait, signal);
    const permit: FetchOutcome[] = [];
    permits.push(permit);
    return { release: (outcome) => void permit.push(outcome) };
  };
  const { threshold, cooldown, ...resilience } = { ...defaultOptions, ...neverOpening, ...overrides };
  const breakerSet = createBreakers({ threshold, cooldown }, [], systemClock, (symbol, state) => {
    breaker.push(symbol === null ? state : `${symbol} ${state}`);
  });
  const provider = withResilience(source, resilience, breakerSet, pace, systemClock, {
    onSend: () => void sentAt.push(systemClock.now() - startTime),
    onRetry: (_, attempt, delay, failure) => void retries.push({ attempt, delay, failure }),
  });
  const fetch = (symbol = 'AAPL'): Promise<FetchOutcome> => provider.fetch(createRequest(symbol), controller.signal);
  return { source, provider, controller, retries, breaker, permits, attemptedAt, sentAt, fetch };
}

function createNeverOpeningBreakers(): Breakers {
  return createBreakers(neverOpening, [], systemClock, () => undefined);
}

async function runTimers(outcome: Promise<FetchOutcome>): Promise<FetchOutcome> {
  // A rejection is looked at by whoever awaits the result.
  outcome.catch(() => undefined);
  await vi.runAllTimersAsync();
  return outcome;
}

describe('retry', () => {
  test('asks again until it is answered, and tells of each failure', async () => {
    const { fetch, source, retries } = createBench(after(2));
    expect(await runTimers(fetch())).toEqual(rows);
    expect(source.calls).toHaveLength(3);
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    for (const { delay, failure } of retries) {
      expect(failure.message).toBe('connection lost');
      expect(delay).toBeLessThanOrEqual(10 * second);
      expect(Number.isInteger(delay)).toBe(true);
    }
  });

  test.each([1, 2, 5])('makes %i attempts in all, then says what the last one said', async (attempts) => {
    const { fetch, source, retries } = createBench(
      (_, call) => fail({ kind: 'retryable', message: `failure ${call}` }),
      {
        attempts,
      },
    );
    expect(await runTimers(fetch())).toEqual(fail({ kind: 'retryable', message: `failure ${attempts}` }));
    expect(source.calls).toHaveLength(attempts);
    expect(retries).toHaveLength(attempts - 1);
  });

  test.each<[string, FetchOutcome]>([
    ['rows', rows],
    ['nothing there', { kind: 'empty' }],
    ['denied', fail({ kind: 'denied', message: 'x' })],
    ['lost', fail({ kind: 'lost', message: 'x' })],
    ['invalid', fail({ kind: 'invalid', message: 'x' })],
    ['fatal', fail({ kind: 'fatal', message: 'x' })],
  ])('does not ask again after %s', async (_, outcome) => {
    const { fetch, source, retries } = createBench(() => outcome);
    expect(await runTimers(fetch())).toEqual(outcome);
    expect(source.calls).toHaveLength(1);
    expect(retries).toEqual([]);
  });

  test.each(['retryable', 'pacing'] as const)('waits as long as the source asks: %s', async (kind) => {
    const { fetch, attemptedAt, retries } = createBench(
      after(1, fail({ kind, message: 'wait', retryAfter: 5 * minute })),
    );
    expect(await runTimers(fetch())).toEqual(rows);
    expect(retries.map(({ delay }) => delay)).toEqual([5 * minute]);
    expect((attemptedAt[1] ?? 0) - (attemptedAt[0] ?? 0)).toBeGreaterThanOrEqual(5 * minute);
  });

  test('waits no longer than the longest delay', async () => {
    const { fetch, retries } = createBench(after(9), { attempts: 10, delay: second, maxDelay: 3 * second });
    await runTimers(fetch());
    expect(Math.max(...retries.map(({ delay }) => delay))).toBe(3 * second);
  });

  test('a bug in the provider is not retried and not hidden', async () => {
    const { fetch, source, permits } = createBench(() => 'throw');
    await expect(runTimers(fetch())).rejects.toThrow('a bug in the provider');
    expect(source.calls).toHaveLength(1);
    expect(permits.map((releases) => releases.length)).toEqual([1]);
  });
});

describe('time-out', () => {
  test('gives up on an attempt, tells the source to stop, and asks again', async () => {
    const { fetch, source, retries, permits } = createBench((_, call) => (call === 1 ? 'hang' : rows), {
      timeout: 30 * second,
    });
    expect(await runTimers(fetch())).toEqual(rows);
    expect(source.inFlight).toBe(0);
    expect(retries[0]?.failure).toEqual({ kind: 'retryable', code: 'timeout', message: 'no answer within 30 s' });
    expect(permits.map((releases) => releases.length)).toEqual([1, 1]);
  });

  test('is for each attempt, and does not count waiting for leave', async () => {
    const { fetch, source } = createBench(() => rows, { timeout: second }, hour);
    expect(await runTimers(fetch())).toEqual(rows);
    expect(source.calls).toHaveLength(1);
  });

  test('that never ends is a failure like any other', async () => {
    const { fetch, source } = createBench(() => 'hang');
    expect(await runTimers(fetch())).toMatchObject({ failure: { code: 'timeout' } });
    expect(source.calls).toHaveLength(3);
  });
});

describe('pacing', () => {
  test('is asked for leave before each attempt, and told what came of it once', async () => {
    const { fetch, permits, attemptedAt, sentAt } = createBench(after(2), { delay: 0 }, minute);
    await runTimers(fetch());
    expect(permits).toEqual([[dropped], [dropped], [rows]]);
    expect(sentAt).toEqual(attemptedAt);
    for (const [index, at] of attemptedAt.entries()) expect(at).toBeGreaterThanOrEqual((index + 1) * minute);
  });
});

describe('breaker', () => {
  const lowThreshold = { attempts: 1, threshold: 3, recovery: hour, patience: 2 };

  test('leaves the source alone after so many failures in a row, and asks once when it may be well again', async () => {
    const { fetch, attemptedAt, breaker } = createBench(after(3), lowThreshold);
    for (let count = 0; count < 3; count++) expect(await runTimers(fetch())).toEqual(dropped);
    expect(breaker).toEqual(['open']);
    const openedAt = systemClock.now() - startTime;
    expect(await runTimers(fetch())).toEqual(rows);
    expect(attemptedAt[3]).toBe(openedAt + hour);
    expect(breaker).toEqual(['open', 'half-open', 'closed']);
  });

  test('counts failures in a row only', async () => {
    const { fetch, breaker } = createBench((_, call) => (call % 3 === 0 ? rows : dropped), lowThreshold);
    for (let count = 0; count < 12; count++) await runTimers(fetch());
    expect(breaker).toEqual([]);
  });

  test('an answer that no retry would change is a sign of health', async () => {
    const { fetch, breaker } = createBench(() => fail({ kind: 'denied', message: 'x' }), lowThreshold);
    for (let count = 0; count < 12; count++) await runTimers(fetch());
    expect(breaker).toEqual([]);
  });

  test('requests that come late wait for the rest of the pause only', async () => {
    const { fetch, attemptedAt } = createBench(after(3), lowThreshold);
    for (let count = 0; count < 3; count++) await runTimers(fetch());
    const openedAt = systemClock.now() - startTime;
    await vi.advanceTimersByTimeAsync(hour - minute);
    expect(await runTimers(fetch())).toEqual(rows);
    expect(attemptedAt[3]).toBe(openedAt + hour);
  });

  test('requests under way together all wait, one tries, and the others follow', async () => {
    const { fetch, source, breaker } = createBench(after(3), lowThreshold);
    for (let count = 0; count < 3; count++) await runTimers(fetch());
    const outcomes = Promise.all(Array.from({ length: 5 }, () => fetch()));
    await vi.advanceTimersByTimeAsync(hour + 5);
    expect(source.inFlight).toBe(1);
    await vi.runAllTimersAsync();
    expect(await outcomes).toEqual([rows, rows, rows, rows, rows]);
    expect(source.calls).toHaveLength(3 + 5);
    expect(breaker).toEqual(['open', 'half-open', 'closed']);
  });

  const sourceUnavailable = fail({
    kind: 'fatal',
    code: 'circuit-open',
    message: 'mock failed 5 times in a row and did not recover in 2 pauses',
  });

  test('gives the source up when it does not recover in so many pauses', async () => {
    const { fetch, source, breaker } = createBench(() => dropped, { ...lowThreshold, attempts: 3 });
    expect(await runTimers(fetch())).toEqual(dropped);
    expect(await runTimers(fetch())).toEqual(sourceUnavailable);
    // One try after each pause.
    expect(source.calls).toHaveLength(3 + 2);
    expect(breaker).toEqual(['open', 'half-open', 'open', 'half-open', 'open']);
  });

  test('counts pauses of the source, whichever requests they fell to', async () => {
    const { fetch, source } = createBench(() => dropped, lowThreshold);
    for (let count = 0; count < 5; count++) expect(await runTimers(fetch())).toEqual(dropped);
    expect(systemClock.now() - startTime).toBeGreaterThanOrEqual(2 * hour);
    expect(await runTimers(fetch())).toEqual(sourceUnavailable);
    expect(source.calls).toHaveLength(3 + 2);
  });

  test('an answer after a pause gives the source all its patience back', async () => {
    const { fetch } = createBench((_, call) => (call % 4 === 0 ? rows : dropped), lowThreshold);
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 3; count++) expect(await runTimers(fetch())).toEqual(dropped);
      expect(await runTimers(fetch())).toEqual(rows);
    }
  });

  test('with no patience gives up at the first pause', async () => {
    const { fetch, source } = createBench(() => dropped, { ...lowThreshold, maxSourcePauses: 0 });
    for (let count = 0; count < 3; count++) await runTimers(fetch());
    expect(await runTimers(fetch())).toMatchObject({ failure: { kind: 'fatal' } });
    expect(source.calls).toHaveLength(3);
  });

  test('opens in the middle of the attempts of one request, which goes on after the pause', async () => {
    const { fetch, attemptedAt } = createBench(after(3), { ...lowThreshold, attempts: 10, delay: 0 });
    expect(await runTimers(fetch())).toEqual(rows);
    expect(attemptedAt).toHaveLength(4);
    expect(attemptedAt[3]).toBeGreaterThanOrEqual(hour);
  });
});

describe('the breaker of a symbol', () => {
  const lowThreshold = { attempts: 1, threshold: 3, recovery: hour };
  /** BAD always fails, the others never do. */
  const onlyBadFails: Script = ({ series }) => (series.instrument.symbol === 'BAD' ? dropped : rows);

  test('opens when the source answers for others, who go on; nobody waits', async () => {
    const { fetch, source, breaker } = createBench(onlyBadFails, lowThreshold);
    for (let count = 0; count < 3; count++) {
      expect(await runTimers(fetch('BAD'))).toEqual(dropped);
      expect(await runTimers(fetch('GOOD'))).toEqual(rows);
    }
    expect(breaker).toEqual(['BAD open']);
    expect(await runTimers(fetch('BAD'))).toEqual(
      fail({
        kind: 'retryable',
        code: 'left-alone',
        message: 'mock failed 3 times in a row for BAD, which is left alone until 2026-11-21T13:00:00Z',
      }),
    );
    expect(await runTimers(fetch('GOOD'))).toEqual(rows);
    expect(source.calls).toHaveLength(7);
    expect(systemClock.now() - startTime).toBeLessThan(second);
  });

  test('a request says what its last attempt said, when that made the breaker open', async () => {
    const { fetch, source, retries } = createBench(onlyBadFails, { ...lowThreshold, attempts: 10, delay: 0 });
    await runTimers(fetch('GOOD'));
    expect(await runTimers(fetch('BAD'))).toEqual(dropped);
    expect(source.calls).toHaveLength(1 + 3);
    expect(retries).toHaveLength(3);
  });

  test('lets one attempt through after the recovery time, and what comes of it decides', async () => {
    let isHealthy = false;
    const script: Script = ({ series }) => (series.instrument.symbol === 'BAD' && !isHealthy ? dropped : rows);
    const { fetch, source, breaker } = createBench(script, lowThreshold);
    await runTimers(fetch('GOOD'));
    for (let count = 0; count < 3; count++) await runTimers(fetch('BAD'));
    await vi.advanceTimersByTimeAsync(hour);
    expect(await runTimers(fetch('BAD'))).toEqual(dropped);
    expect(await runTimers(fetch('BAD'))).toMatchObject({ failure: { code: 'left-alone' } });
    await vi.advanceTimersByTimeAsync(hour);
    isHealthy = true;
    const both = Promise.all([fetch('BAD'), fetch('BAD')]);
    await vi.advanceTimersByTimeAsync(5);
    expect(source.inFlight).toBe(1);
    await vi.runAllTimersAsync();
    expect(await both).toEqual([rows, rows]);
    expect(breaker).toEqual(['BAD open', 'BAD half-open', 'BAD open', 'BAD half-open', 'BAD closed']);
  });

  test('stays closed in an outage, which is the fault of the source', async () => {
    const { fetch, breaker } = createBench(() => dropped, lowThreshold);
    for (const symbol of ['A', 'B', 'C']) await runTimers(fetch(symbol));
    expect(breaker).toEqual(['open']);
  });

  test('of the only symbol there is stays closed: nothing tells it from its source', async () => {
    const { fetch, breaker } = createBench(() => dropped, lowThreshold);
    for (let count = 0; count < 3; count++) await runTimers(fetch('BAD'));
    expect(breaker).toEqual(['open']);
  });

  test('is spared what the source says of itself', async () => {
    const tooFast = fail({ kind: 'pacing', message: 'too fast' });
    const { fetch, breaker } = createBench(
      ({ series }) => (series.instrument.symbol === 'BAD' ? tooFast : rows),
      lowThreshold,
    );
    await runTimers(fetch('GOOD'));
    for (let count = 0; count < 3; count++) await runTimers(fetch('BAD'));
    expect(breaker).toEqual(['open']);
  });
});

describe('an interruption', () => {
  /** Aborts at a time and gives the outcome with how long it took to come. */
  async function abortAt(at: TestBench, when: Duration): Promise<{ outcome: FetchOutcome; elapsed: Duration }> {
    const outcome = at.fetch().then((value) => ({ value, at: systemClock.now() }));
    await vi.advanceTimersByTimeAsync(when);
    at.controller.abort();
    const { value, at: ended } = await outcome;
    const calls = at.source.calls.length;
    await vi.runAllTimersAsync();
    expect(at.source.calls).toHaveLength(calls);
    expect(at.source.inFlight).toBe(0);
    for (const releases of at.permits) expect(releases).toHaveLength(1);
    return { outcome: value, elapsed: ended - startTime };
  }

  test('ends a wait between attempts at once', async () => {
    const at = createBench(() => fail({ kind: 'retryable', message: 'x', retryAfter: hour }));
    const { outcome, elapsed } = await abortAt(at, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(minute);
    expect(at.source.calls).toHaveLength(1);
  });

  test('ends an attempt at once, and the source is told', async () => {
    const at = createBench(() => 'hang');
    const { outcome, elapsed } = await abortAt(at, second);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(second);
    expect(at.retries).toEqual([]);
  });

  test('ends a wait for leave at once', async () => {
    const at = createBench(() => rows, {}, hour);
    const { outcome, elapsed } = await abortAt(at, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(minute);
    expect(at.source.calls).toEqual([]);
  });

  test('ends a pause of the breaker at once', async () => {
    const at = createBench(() => dropped, { attempts: 2, threshold: 1, cooldown: hour });
    const { outcome, elapsed } = await abortAt(at, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(minute);
    expect(at.source.calls).toHaveLength(1);
  });

  test('of the wait for leave by whoever gives it asks nothing', async () => {
    const source = createCountingProvider(systemClock, 0, () => rows);
    const provider = withResilience(
      source,
      defaultOptions,
      createNeverOpeningBreakers(),
      () => Promise.resolve(null),
      systemClock,
      {
        onSend: () => undefined,
        onRetry: () => undefined,
      },
    );
    expect(isInterrupted(await provider.fetch(request, new AbortController().signal))).toBe(true);
    expect(source.calls).toEqual([]);
  });

  test('before it is asked asks nothing', async () => {
    const at = createBench(() => rows);
    at.controller.abort();
    expect(isInterrupted(await at.fetch())).toBe(true);
    expect(at.permits).toEqual([]);
  });

  test('after the answer is of no consequence', async () => {
    const at = createBench(() => rows);
    const outcome = await runTimers(at.fetch());
    at.controller.abort();
    expect(isInterrupted(outcome)).toBe(false);
  });
});

test('opening and closing go to the source as they are', async () => {
  const source = createCountingProvider(systemClock, 0, () => rows);
  const refused: Failure = { kind: 'fatal', message: 'login refused' };
  const close = vi.fn(() => Promise.resolve());
  const provider = withResilience(
    { ...source, open: () => Promise.resolve(refused), close },
    defaultOptions,
    createNeverOpeningBreakers(),
    () => Promise.resolve({ release: () => undefined }),
    systemClock,
    { onSend: () => undefined, onRetry: () => undefined },
  );
  expect(provider.name).toBe('mock');
  expect(await provider.open(new AbortController().signal)).toEqual(refused);
  await provider.close();
  expect(close).toHaveBeenCalledOnce();
});
