import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../../src/core/time/clock.js';
import type { Failure } from '../../../src/core/failure.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { err } from '../../../src/core/result.js';
import { hour, minute, second } from '../../../src/core/time/time.js';
import type { Duration } from '../../../src/core/time/time.js';
import { pointSeries } from '../../../src/plan/tasks/step-series.js';
import { createBreakers } from '../../../src/providers/resilience/circuit-breakers.js';
import type { Breakers, BreakerOptions } from '../../../src/providers/resilience/circuit-breakers.js';
import { unpacedCalls } from '../../../src/providers/provider.js';
import type { FetchContext, Provider } from '../../../src/providers/provider.js';
import { isInterrupted, withResilience } from '../../../src/providers/resilience/with-resilience.js';
import type { AcquirePermit, ResilienceOptions } from '../../../src/providers/resilience/with-resilience.js';
import { createCountingProvider } from '../../fixtures/counting-provider.js';
import type { CountingProvider, Script } from '../../fixtures/counting-provider.js';
import { createContractsStep, createInstrument } from '../../fixtures/pipelines.js';
import { createContractRows } from '../../fixtures/rows.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const startTime = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: startTime });
});

afterEach(() => {
  // A timer that is left would keep the process alive.
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

/** Fails a number of times, then answers. */
const answerAfter =
  (failures: number, failure: FetchOutcome = dropped): Script =>
  (_, call) =>
    call > failures ? rows : failure;

interface TestBench {
  readonly source: CountingProvider;
  readonly provider: Provider;
  readonly controller: AbortController;
  readonly retries: { readonly attempt: number; readonly delay: Duration; readonly failure: Failure }[];
  readonly breaker: string[];
  /** The outcomes with which each permit was released. */
  readonly permits: FetchOutcome[][];
  /** When each attempt reached the provider, since the start of the test. */
  readonly attemptedAt: Duration[];
  /** When `onSend` was called. */
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
  const acquirePermit: AcquirePermit = async (_, signal) => {
    if (wait > 0) await systemClock.sleepUntil(systemClock.now() + wait, signal);
    const permit: FetchOutcome[] = [];
    permits.push(permit);
    return {
      sent: () => undefined,
      next: () => Promise.resolve(null),
      release: (outcome) => void permit.push(outcome),
    };
  };
  const { threshold, cooldown, ...resilience } = { ...defaultOptions, ...neverOpening, ...overrides };
  const breakerSet = createBreakers({ threshold, cooldown }, [], systemClock, (symbol, state) => {
    breaker.push(symbol === null ? state : `${symbol} ${state}`);
  });
  const provider = withResilience(source, resilience, breakerSet, acquirePermit, systemClock);
  const context: FetchContext = {
    id: 'run/1',
    signal: controller.signal,
    calls: unpacedCalls,
    onSend: () => void sentAt.push(systemClock.now() - startTime),
    onRetry: (attempt, delay, failure) => void retries.push({ attempt, delay, failure }),
  };
  const fetch = (symbol = 'AAPL'): Promise<FetchOutcome> => provider.fetch(createRequest(symbol), context);
  return { source, provider, controller, retries, breaker, permits, attemptedAt, sentAt, fetch };
}

function createNeverOpeningBreakers(): Breakers {
  return createBreakers(neverOpening, [], systemClock, () => undefined);
}

async function runTimers(outcome: Promise<FetchOutcome>): Promise<FetchOutcome> {
  // The caller handles the rejection.
  outcome.catch(() => undefined);
  await vi.runAllTimersAsync();
  return outcome;
}

describe('retry', () => {
  test('repeats a request until it is answered and reports each failure', async () => {
    const { fetch, source, retries } = createBench(answerAfter(2));
    expect(await runTimers(fetch())).toEqual(rows);
    expect(source.calls).toHaveLength(3);
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    for (const { delay, failure } of retries) {
      expect(failure.message).toBe('connection lost');
      expect(delay).toBeLessThanOrEqual(10 * second);
      expect(Number.isInteger(delay)).toBe(true);
    }
  });

  test.each([1, 2, 5])('makes %i attempts and returns the last failure', async (attempts) => {
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
    ['empty', { kind: 'empty' }],
    ['denied', fail({ kind: 'denied', message: 'x' })],
    ['unavailable', fail({ kind: 'unavailable', message: 'x' })],
    ['invalid', fail({ kind: 'invalid', message: 'x' })],
    ['fatal', fail({ kind: 'fatal', message: 'x' })],
  ])('does not repeat a request after %s', async (_, outcome) => {
    const { fetch, source, retries } = createBench(() => outcome);
    expect(await runTimers(fetch())).toEqual(outcome);
    expect(source.calls).toHaveLength(1);
    expect(retries).toEqual([]);
  });

  test.each(['retryable', 'pacing'] as const)(
    'waits for the delay that the provider requests after a %s failure',
    async (kind) => {
      const { fetch, attemptedAt, retries } = createBench(
        answerAfter(1, fail({ kind, message: 'wait', retryAfter: 5 * minute })),
      );
      expect(await runTimers(fetch())).toEqual(rows);
      expect(retries.map(({ delay }) => delay)).toEqual([5 * minute]);
      expect((attemptedAt[1] ?? 0) - (attemptedAt[0] ?? 0)).toBeGreaterThanOrEqual(5 * minute);
    },
  );

  test('waits no longer than the maximum delay', async () => {
    const { fetch, retries } = createBench(answerAfter(9), { attempts: 10, delay: second, maxDelay: 3 * second });
    await runTimers(fetch());
    expect(Math.max(...retries.map(({ delay }) => delay))).toBe(3 * second);
  });

  test('rethrows an exception of the provider without a retry', async () => {
    const { fetch, source, permits } = createBench(() => 'throw');
    await expect(runTimers(fetch())).rejects.toThrow('a bug in the provider');
    expect(source.calls).toHaveLength(1);
    expect(permits.map((releases) => releases.length)).toEqual([1]);
  });
});

describe('timeout', () => {
  test('cancels an attempt after its limit and makes another one', async () => {
    const { fetch, source, retries, permits } = createBench((_, call) => (call === 1 ? 'hang' : rows), {
      timeout: 30 * second,
    });
    expect(await runTimers(fetch())).toEqual(rows);
    expect(source.inFlight).toBe(0);
    expect(retries[0]?.failure).toEqual({ kind: 'retryable', code: 'timeout', message: 'no response within 30 s' });
    expect(permits.map((releases) => releases.length)).toEqual([1, 1]);
  });

  test('does not include the wait for a permit', async () => {
    const { fetch, source } = createBench(() => rows, { timeout: second }, hour);
    expect(await runTimers(fetch())).toEqual(rows);
    expect(source.calls).toHaveLength(1);
  });

  test('fails after the last attempt if the provider never answers', async () => {
    const { fetch, source } = createBench(() => 'hang');
    expect(await runTimers(fetch())).toMatchObject({ failure: { code: 'timeout' } });
    expect(source.calls).toHaveLength(3);
  });
});

describe('pacing', () => {
  test('acquires a permit before each attempt and releases it once with the outcome', async () => {
    const { fetch, permits, attemptedAt, sentAt } = createBench(answerAfter(2), { delay: 0 }, minute);
    await runTimers(fetch());
    expect(permits).toEqual([[dropped], [dropped], [rows]]);
    expect(sentAt).toEqual(attemptedAt);
    for (const [index, at] of attemptedAt.entries()) expect(at).toBeGreaterThanOrEqual((index + 1) * minute);
  });
});

describe('the circuit of the provider', () => {
  const lowThreshold = { attempts: 1, threshold: 3, cooldown: hour, maxSourcePauses: 2 };

  test('opens after three failures in a row and closes when the probe after the cooldown is answered', async () => {
    const { fetch, attemptedAt, breaker } = createBench(answerAfter(3), lowThreshold);
    for (let count = 0; count < 3; count++) expect(await runTimers(fetch())).toEqual(dropped);
    expect(breaker).toEqual(['open']);
    const openedAt = systemClock.now() - startTime;
    expect(await runTimers(fetch())).toEqual(rows);
    expect(attemptedAt[3]).toBe(openedAt + hour);
    expect(breaker).toEqual(['open', 'half-open', 'closed']);
  });

  test('stays closed when every third request is answered', async () => {
    const { fetch, breaker } = createBench((_, call) => (call % 3 === 0 ? rows : dropped), lowThreshold);
    for (let count = 0; count < 12; count++) await runTimers(fetch());
    expect(breaker).toEqual([]);
  });

  test('stays closed after denied requests', async () => {
    const { fetch, breaker } = createBench(() => fail({ kind: 'denied', message: 'x' }), lowThreshold);
    for (let count = 0; count < 12; count++) await runTimers(fetch());
    expect(breaker).toEqual([]);
  });

  test('holds a request that arrives during the cooldown until its end', async () => {
    const { fetch, attemptedAt } = createBench(answerAfter(3), lowThreshold);
    for (let count = 0; count < 3; count++) await runTimers(fetch());
    const openedAt = systemClock.now() - startTime;
    await vi.advanceTimersByTimeAsync(hour - minute);
    expect(await runTimers(fetch())).toEqual(rows);
    expect(attemptedAt[3]).toBe(openedAt + hour);
  });

  test('sends one of five waiting requests as the probe and the others after it', async () => {
    const { fetch, source, breaker } = createBench(answerAfter(3), lowThreshold);
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
    code: 'provider-unavailable',
    message: 'mock failed 5 times in a row and did not recover in 2 pauses: connection lost',
  });

  test('fails as fatal when the provider does not recover in two pauses', async () => {
    const { fetch, source, breaker } = createBench(() => dropped, { ...lowThreshold, attempts: 3 });
    expect(await runTimers(fetch())).toEqual(dropped);
    expect(await runTimers(fetch())).toEqual(sourceUnavailable);
    // One probe after each pause.
    expect(source.calls).toHaveLength(3 + 2);
    expect(breaker).toEqual(['open', 'half-open', 'open', 'half-open', 'open']);
  });

  test('counts the pauses of all requests together', async () => {
    const { fetch, source } = createBench(() => dropped, lowThreshold);
    for (let count = 0; count < 5; count++) expect(await runTimers(fetch())).toEqual(dropped);
    expect(systemClock.now() - startTime).toBeGreaterThanOrEqual(2 * hour);
    expect(await runTimers(fetch())).toEqual(sourceUnavailable);
    expect(source.calls).toHaveLength(3 + 2);
  });

  test('counts pauses from zero again after an answered probe', async () => {
    const { fetch } = createBench((_, call) => (call % 4 === 0 ? rows : dropped), lowThreshold);
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 3; count++) expect(await runTimers(fetch())).toEqual(dropped);
      expect(await runTimers(fetch())).toEqual(rows);
    }
  });

  test('fails as fatal at the first pause when none is allowed', async () => {
    const { fetch, source } = createBench(() => dropped, { ...lowThreshold, maxSourcePauses: 0 });
    for (let count = 0; count < 3; count++) await runTimers(fetch());
    expect(await runTimers(fetch())).toMatchObject({ failure: { kind: 'fatal' } });
    expect(source.calls).toHaveLength(3);
  });

  test('opens between two attempts of one request, which continues after the cooldown', async () => {
    const { fetch, attemptedAt } = createBench(answerAfter(3), { ...lowThreshold, attempts: 10, delay: 0 });
    expect(await runTimers(fetch())).toEqual(rows);
    expect(attemptedAt).toHaveLength(4);
    expect(attemptedAt[3]).toBeGreaterThanOrEqual(hour);
  });
});

describe('the circuit of a symbol', () => {
  const lowThreshold = { attempts: 1, threshold: 3, cooldown: hour };
  /** BAD always fails, the others never do. */
  const onlyBadFails: Script = ({ series }) => (series.instrument.symbol === 'BAD' ? dropped : rows);

  test('opens when only this symbol fails, and requests for it fail at once', async () => {
    const { fetch, source, breaker } = createBench(onlyBadFails, lowThreshold);
    for (let count = 0; count < 3; count++) {
      expect(await runTimers(fetch('BAD'))).toEqual(dropped);
      expect(await runTimers(fetch('GOOD'))).toEqual(rows);
    }
    expect(breaker).toEqual(['BAD open']);
    expect(await runTimers(fetch('BAD'))).toEqual(
      fail({
        kind: 'retryable',
        code: 'circuit-open',
        message:
          'circuit open for BAD at mock until 2026-11-21 13:00:00 UTC after 3 failures in a row: connection lost',
      }),
    );
    expect(await runTimers(fetch('GOOD'))).toEqual(rows);
    expect(source.calls).toHaveLength(7);
    expect(systemClock.now() - startTime).toBeLessThan(second);
  });

  test('returns the failure that opened the circuit to the request that caused the failure', async () => {
    const { fetch, source, retries } = createBench(onlyBadFails, { ...lowThreshold, attempts: 10, delay: 0 });
    await runTimers(fetch('GOOD'));
    expect(await runTimers(fetch('BAD'))).toEqual(dropped);
    expect(source.calls).toHaveLength(1 + 3);
    expect(retries).toHaveLength(3);
  });

  test('allows one probe after the cooldown, whose result opens or closes it', async () => {
    let isHealthy = false;
    const script: Script = ({ series }) => (series.instrument.symbol === 'BAD' && !isHealthy ? dropped : rows);
    const { fetch, source, breaker } = createBench(script, lowThreshold);
    await runTimers(fetch('GOOD'));
    for (let count = 0; count < 3; count++) await runTimers(fetch('BAD'));
    await vi.advanceTimersByTimeAsync(hour);
    expect(await runTimers(fetch('BAD'))).toEqual(dropped);
    expect(await runTimers(fetch('BAD'))).toMatchObject({ failure: { code: 'circuit-open' } });
    await vi.advanceTimersByTimeAsync(hour);
    isHealthy = true;
    const both = Promise.all([fetch('BAD'), fetch('BAD')]);
    await vi.advanceTimersByTimeAsync(5);
    expect(source.inFlight).toBe(1);
    await vi.runAllTimersAsync();
    expect(await both).toEqual([rows, rows]);
    expect(breaker).toEqual(['BAD open', 'BAD half-open', 'BAD open', 'BAD half-open', 'BAD closed']);
  });

  test('stays closed when requests for every symbol fail', async () => {
    const { fetch, breaker } = createBench(() => dropped, lowThreshold);
    for (const symbol of ['A', 'B', 'C']) await runTimers(fetch(symbol));
    expect(breaker).toEqual(['open']);
  });

  test('stays closed when there is only one symbol', async () => {
    const { fetch, breaker } = createBench(() => dropped, lowThreshold);
    for (let count = 0; count < 3; count++) await runTimers(fetch('BAD'));
    expect(breaker).toEqual(['open']);
  });

  test('stays closed after pacing failures, which open that of the provider', async () => {
    const pacingFailure = fail({ kind: 'pacing', message: 'too fast' });
    const { fetch, breaker } = createBench(
      ({ series }) => (series.instrument.symbol === 'BAD' ? pacingFailure : rows),
      lowThreshold,
    );
    await runTimers(fetch('GOOD'));
    for (let count = 0; count < 3; count++) await runTimers(fetch('BAD'));
    expect(breaker).toEqual(['open']);
  });
});

describe('an interruption', () => {
  /** Aborts after a time and returns the outcome with the time that it took. */
  async function abortAfter(bench: TestBench, delay: Duration): Promise<{ outcome: FetchOutcome; elapsed: Duration }> {
    const outcome = bench.fetch().then((value) => ({ value, endedAt: systemClock.now() }));
    await vi.advanceTimersByTimeAsync(delay);
    bench.controller.abort();
    const { value, endedAt } = await outcome;
    const calls = bench.source.calls.length;
    await vi.runAllTimersAsync();
    expect(bench.source.calls).toHaveLength(calls);
    expect(bench.source.inFlight).toBe(0);
    for (const releases of bench.permits) expect(releases).toHaveLength(1);
    return { outcome: value, elapsed: endedAt - startTime };
  }

  test('ends the delay between attempts at once', async () => {
    const bench = createBench(() => fail({ kind: 'retryable', message: 'x', retryAfter: hour }));
    const { outcome, elapsed } = await abortAfter(bench, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(minute);
    expect(bench.source.calls).toHaveLength(1);
  });

  test('ends an attempt at once and cancels it at the provider', async () => {
    const bench = createBench(() => 'hang');
    const { outcome, elapsed } = await abortAfter(bench, second);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(second);
    expect(bench.retries).toEqual([]);
  });

  test('ends the wait for a permit at once', async () => {
    const bench = createBench(() => rows, {}, hour);
    const { outcome, elapsed } = await abortAfter(bench, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(minute);
    expect(bench.source.calls).toEqual([]);
  });

  test('ends the wait for an open circuit at once', async () => {
    const bench = createBench(() => dropped, { attempts: 2, threshold: 1, cooldown: hour });
    const { outcome, elapsed } = await abortAfter(bench, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(elapsed).toBe(minute);
    expect(bench.source.calls).toHaveLength(1);
  });

  test('of the wait for a permit by pacing sends no request', async () => {
    const source = createCountingProvider(systemClock, 0, () => rows);
    const provider = withResilience(
      source,
      defaultOptions,
      createNeverOpeningBreakers(),
      () => Promise.resolve(null),
      systemClock,
    );
    expect(isInterrupted(await provider.fetch(request, createFetchContext()))).toBe(true);
    expect(source.calls).toEqual([]);
  });

  test('before the request sends no request', async () => {
    const bench = createBench(() => rows);
    bench.controller.abort();
    expect(isInterrupted(await bench.fetch())).toBe(true);
    expect(bench.permits).toEqual([]);
  });

  test('after the answer has no effect', async () => {
    const bench = createBench(() => rows);
    const outcome = await runTimers(bench.fetch());
    bench.controller.abort();
    expect(isInterrupted(outcome)).toBe(false);
  });
});

test('passes open and close through to the provider', async () => {
  const source = createCountingProvider(systemClock, 0, () => rows);
  const rejected = err<Failure>({ kind: 'fatal', message: 'login rejected' });
  const close = vi.fn(() => Promise.resolve());
  const provider = withResilience(
    { ...source, open: () => Promise.resolve(rejected), close },
    defaultOptions,
    createNeverOpeningBreakers(),
    () => Promise.resolve(null),
    systemClock,
  );
  expect(provider.name).toBe('mock');
  expect(await provider.open(new AbortController().signal)).toEqual(rejected);
  await provider.close();
  expect(close).toHaveBeenCalledOnce();
});

describe('requests that share a call', () => {
  /** Sends one request for each symbol with permits for the same call. */
  async function fetchTogether(symbols: readonly string[], rounds: number, answer: FetchOutcome): Promise<string[]> {
    const changes: string[] = [];
    const breakers = createBreakers({ threshold: 5, cooldown: minute }, [], systemClock, (symbol, state) => {
      changes.push(symbol === null ? state : `${symbol} ${state}`);
    });
    const source = createCountingProvider(systemClock, 10, () => answer);
    for (let round = 0; round < rounds; round++) {
      const fetches = symbols.map((symbol, index) => {
        const acquirePermit: AcquirePermit = () =>
          Promise.resolve({
            role: index === 0 ? 'leader' : 'follower',
            sent: () => undefined,
            next: () => Promise.resolve(null),
            release: () => undefined,
          });
        const provider = withResilience(
          source,
          { ...defaultOptions, attempts: 1 },
          breakers,
          acquirePermit,
          systemClock,
        );
        const signal = new AbortController().signal;
        const callbacks = { onSend: () => undefined, onRetry: () => undefined };
        return provider.fetch(createRequest(symbol), { id: `run/${index}`, signal, calls: unpacedCalls, ...callbacks });
      });
      await vi.advanceTimersByTimeAsync(20);
      await Promise.all(fetches);
    }
    return changes;
  }

  const failure: FetchOutcome = { kind: 'failure', failure: { kind: 'retryable', message: 'connection lost' } };

  test('count as one failure of the provider, however many they are', async () => {
    expect(await fetchTogether(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], 4, failure)).toEqual([]);
    expect(await fetchTogether(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], 5, failure)).toEqual(['open']);
  });
});
