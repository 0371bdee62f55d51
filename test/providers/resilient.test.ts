import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import type { Failure } from '../../src/core/failure.js';
import type { Outcome, Request } from '../../src/core/request.js';
import { hour, minute, second } from '../../src/core/time.js';
import type { Duration } from '../../src/core/time.js';
import { pointSeries } from '../../src/plan/series-of-step.js';
import { breakers } from '../../src/providers/breakers.js';
import type { Breakers, BreakerRules } from '../../src/providers/breakers.js';
import type { Provider } from '../../src/providers/contract.js';
import { isInterrupted, resilient } from '../../src/providers/resilient.js';
import type { Pace, Resilience } from '../../src/providers/resilient.js';
import { countingProvider } from '../fixtures/counting-provider.js';
import type { CountingProvider, Script } from '../fixtures/counting-provider.js';
import { contractsStep, instrumentOf } from '../fixtures/pipelines.js';
import { contractRows } from '../fixtures/rows.js';

const beginning = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: beginning });
});

afterEach(() => {
  // A timer left behind is a process kept alive.
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const requestFor = (symbol: string): Request => ({
  series: pointSeries(contractsStep(), instrumentOf(symbol)),
  window: null,
  settles: [],
});
const request = requestFor('AAPL');
const rows: Outcome = { kind: 'rows', rows: contractRows(), answered: null };
const fail = (failure: Failure): Outcome => ({ kind: 'failure', failure });
const dropped = fail({ kind: 'retryable', message: 'connection lost' });

/** Fails so many times, then answers. */
const after =
  (failures: number, failure: Outcome = dropped): Script =>
  (_, call) =>
    call > failures ? rows : failure;

interface Bench {
  readonly source: CountingProvider;
  readonly provider: Provider;
  readonly controller: AbortController;
  readonly retries: { readonly attempt: number; readonly delay: Duration; readonly failure: Failure }[];
  readonly breaker: string[];
  /** For each permit, how it was let go. */
  readonly permits: Outcome[][];
  /** When each attempt was made, from the beginning. */
  readonly asked: Duration[];
  /** When each attempt was said to go out. */
  readonly sent: Duration[];
  readonly fetch: (symbol?: string) => Promise<Outcome>;
}

const usual: Resilience = {
  attempts: 3,
  delay: second,
  maxDelay: 10 * second,
  timeout: minute,
  patience: 2,
};
const sturdy: BreakerRules = { threshold: 100, recovery: hour };

function bench(script: Script, given: Partial<Resilience & BreakerRules> = {}, wait: Duration = 0): Bench {
  const asked: Duration[] = [];
  const source = countingProvider(systemClock, 10, (asking, call) => {
    asked.push(systemClock.now() - beginning);
    return script(asking, call);
  });
  const controller = new AbortController();
  const retries: Bench['retries'] = [];
  const breaker: string[] = [];
  const sent: Duration[] = [];
  const permits: Outcome[][] = [];
  const pace: Pace = async (_, signal) => {
    if (wait > 0) await systemClock.sleepUntil(systemClock.now() + wait, signal);
    const permit: Outcome[] = [];
    permits.push(permit);
    return { release: (outcome) => void permit.push(outcome) };
  };
  const { threshold, recovery, ...resilience } = { ...usual, ...sturdy, ...given };
  const around = breakers({ threshold, recovery }, [], systemClock, (symbol, state) => {
    breaker.push(symbol === null ? state : `${symbol} ${state}`);
  });
  const provider = resilient(source, resilience, around, pace, systemClock, {
    sending: () => void sent.push(systemClock.now() - beginning),
    retried: (_, attempt, delay, failure) => void retries.push({ attempt, delay, failure }),
  });
  const fetch = (symbol = 'AAPL'): Promise<Outcome> => provider.fetch(requestFor(symbol), controller.signal);
  return { source, provider, controller, retries, breaker, permits, asked, sent, fetch };
}

function quietBreakers(): Breakers {
  return breakers(sturdy, [], systemClock, () => undefined);
}

async function settled(outcome: Promise<Outcome>): Promise<Outcome> {
  // A rejection is looked at by whoever awaits the result.
  outcome.catch(() => undefined);
  await vi.runAllTimersAsync();
  return outcome;
}

describe('retry', () => {
  test('asks again until it is answered, and tells of each failure', async () => {
    const { fetch, source, retries } = bench(after(2));
    expect(await settled(fetch())).toEqual(rows);
    expect(source.calls).toHaveLength(3);
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    for (const { delay, failure } of retries) {
      expect(failure.message).toBe('connection lost');
      expect(delay).toBeLessThanOrEqual(10 * second);
      expect(Number.isInteger(delay)).toBe(true);
    }
  });

  test.each([1, 2, 5])('makes %i attempts in all, then says what the last one said', async (attempts) => {
    const { fetch, source, retries } = bench((_, call) => fail({ kind: 'retryable', message: `failure ${call}` }), {
      attempts,
    });
    expect(await settled(fetch())).toEqual(fail({ kind: 'retryable', message: `failure ${attempts}` }));
    expect(source.calls).toHaveLength(attempts);
    expect(retries).toHaveLength(attempts - 1);
  });

  test.each<[string, Outcome]>([
    ['rows', rows],
    ['nothing there', { kind: 'empty' }],
    ['denied', fail({ kind: 'denied', message: 'x' })],
    ['lost', fail({ kind: 'lost', message: 'x' })],
    ['invalid', fail({ kind: 'invalid', message: 'x' })],
    ['fatal', fail({ kind: 'fatal', message: 'x' })],
  ])('does not ask again after %s', async (_, outcome) => {
    const { fetch, source, retries } = bench(() => outcome);
    expect(await settled(fetch())).toEqual(outcome);
    expect(source.calls).toHaveLength(1);
    expect(retries).toEqual([]);
  });

  test.each(['retryable', 'pacing'] as const)('waits as long as the source asks: %s', async (kind) => {
    const { fetch, asked, retries } = bench(after(1, fail({ kind, message: 'wait', retryAfter: 5 * minute })));
    expect(await settled(fetch())).toEqual(rows);
    expect(retries.map(({ delay }) => delay)).toEqual([5 * minute]);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(5 * minute);
  });

  test('waits no longer than the longest delay', async () => {
    const { fetch, retries } = bench(after(9), { attempts: 10, delay: second, maxDelay: 3 * second });
    await settled(fetch());
    expect(Math.max(...retries.map(({ delay }) => delay))).toBe(3 * second);
  });

  test('a bug in the provider is not retried and not hidden', async () => {
    const { fetch, source, permits } = bench(() => 'throw');
    await expect(settled(fetch())).rejects.toThrow('a bug in the provider');
    expect(source.calls).toHaveLength(1);
    expect(permits.map((releases) => releases.length)).toEqual([1]);
  });
});

describe('time-out', () => {
  test('gives up on an attempt, tells the source to stop, and asks again', async () => {
    const { fetch, source, retries, permits } = bench((_, call) => (call === 1 ? 'hang' : rows), {
      timeout: 30 * second,
    });
    expect(await settled(fetch())).toEqual(rows);
    expect(source.underWay).toBe(0);
    expect(retries[0]?.failure).toEqual({ kind: 'retryable', code: 'timeout', message: 'no answer within 30 s' });
    expect(permits.map((releases) => releases.length)).toEqual([1, 1]);
  });

  test('is for each attempt, and does not count waiting for leave', async () => {
    const { fetch, source } = bench(() => rows, { timeout: second }, hour);
    expect(await settled(fetch())).toEqual(rows);
    expect(source.calls).toHaveLength(1);
  });

  test('that never ends is a failure like any other', async () => {
    const { fetch, source } = bench(() => 'hang');
    expect(await settled(fetch())).toMatchObject({ failure: { code: 'timeout' } });
    expect(source.calls).toHaveLength(3);
  });
});

describe('pacing', () => {
  test('is asked for leave before each attempt, and told what came of it once', async () => {
    const { fetch, permits, asked, sent } = bench(after(2), { delay: 0 }, minute);
    await settled(fetch());
    expect(permits).toEqual([[dropped], [dropped], [rows]]);
    expect(sent).toEqual(asked);
    for (const [index, at] of asked.entries()) expect(at).toBeGreaterThanOrEqual((index + 1) * minute);
  });
});

describe('breaker', () => {
  const fragile = { attempts: 1, threshold: 3, recovery: hour, patience: 2 };

  test('leaves the source alone after so many failures in a row, and asks once when it may be well again', async () => {
    const { fetch, asked, breaker } = bench(after(3), fragile);
    for (let count = 0; count < 3; count++) expect(await settled(fetch())).toEqual(dropped);
    expect(breaker).toEqual(['open']);
    const openedAt = systemClock.now() - beginning;
    expect(await settled(fetch())).toEqual(rows);
    expect(asked[3]).toBe(openedAt + hour);
    expect(breaker).toEqual(['open', 'half-open', 'closed']);
  });

  test('counts failures in a row only', async () => {
    const { fetch, breaker } = bench((_, call) => (call % 3 === 0 ? rows : dropped), fragile);
    for (let count = 0; count < 12; count++) await settled(fetch());
    expect(breaker).toEqual([]);
  });

  test('an answer that no retry would change is a sign of health', async () => {
    const { fetch, breaker } = bench(() => fail({ kind: 'denied', message: 'x' }), fragile);
    for (let count = 0; count < 12; count++) await settled(fetch());
    expect(breaker).toEqual([]);
  });

  test('requests that come late wait for the rest of the pause only', async () => {
    const { fetch, asked } = bench(after(3), fragile);
    for (let count = 0; count < 3; count++) await settled(fetch());
    const openedAt = systemClock.now() - beginning;
    await vi.advanceTimersByTimeAsync(hour - minute);
    expect(await settled(fetch())).toEqual(rows);
    expect(asked[3]).toBe(openedAt + hour);
  });

  test('requests under way together all wait, one tries, and the others follow', async () => {
    const { fetch, source, breaker } = bench(after(3), fragile);
    for (let count = 0; count < 3; count++) await settled(fetch());
    const outcomes = Promise.all(Array.from({ length: 5 }, () => fetch()));
    await vi.advanceTimersByTimeAsync(hour + 5);
    expect(source.underWay).toBe(1);
    await vi.runAllTimersAsync();
    expect(await outcomes).toEqual([rows, rows, rows, rows, rows]);
    expect(source.calls).toHaveLength(3 + 5);
    expect(breaker).toEqual(['open', 'half-open', 'closed']);
  });

  const givenUp = fail({
    kind: 'fatal',
    code: 'circuit-open',
    message: 'mock failed 5 times in a row and did not recover in 2 pauses',
  });

  test('gives the source up when it does not recover in so many pauses', async () => {
    const { fetch, source, breaker } = bench(() => dropped, { ...fragile, attempts: 3 });
    expect(await settled(fetch())).toEqual(dropped);
    expect(await settled(fetch())).toEqual(givenUp);
    // One try after each pause.
    expect(source.calls).toHaveLength(3 + 2);
    expect(breaker).toEqual(['open', 'half-open', 'open', 'half-open', 'open']);
  });

  test('counts pauses of the source, whichever requests they fell to', async () => {
    const { fetch, source } = bench(() => dropped, fragile);
    for (let count = 0; count < 5; count++) expect(await settled(fetch())).toEqual(dropped);
    expect(systemClock.now() - beginning).toBeGreaterThanOrEqual(2 * hour);
    expect(await settled(fetch())).toEqual(givenUp);
    expect(source.calls).toHaveLength(3 + 2);
  });

  test('an answer after a pause gives the source all its patience back', async () => {
    const { fetch } = bench((_, call) => (call % 4 === 0 ? rows : dropped), fragile);
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 3; count++) expect(await settled(fetch())).toEqual(dropped);
      expect(await settled(fetch())).toEqual(rows);
    }
  });

  test('with no patience gives up at the first pause', async () => {
    const { fetch, source } = bench(() => dropped, { ...fragile, patience: 0 });
    for (let count = 0; count < 3; count++) await settled(fetch());
    expect(await settled(fetch())).toMatchObject({ failure: { kind: 'fatal' } });
    expect(source.calls).toHaveLength(3);
  });

  test('opens in the middle of the attempts of one request, which goes on after the pause', async () => {
    const { fetch, asked } = bench(after(3), { ...fragile, attempts: 10, delay: 0 });
    expect(await settled(fetch())).toEqual(rows);
    expect(asked).toHaveLength(4);
    expect(asked[3]).toBeGreaterThanOrEqual(hour);
  });
});

describe('the breaker of a symbol', () => {
  const fragile = { attempts: 1, threshold: 3, recovery: hour };
  /** BAD always fails, the others never do. */
  const oneBad: Script = ({ series }) => (series.instrument.symbol === 'BAD' ? dropped : rows);

  test('opens when the source answers for others, who go on; nobody waits', async () => {
    const { fetch, source, breaker } = bench(oneBad, fragile);
    for (let count = 0; count < 3; count++) {
      expect(await settled(fetch('BAD'))).toEqual(dropped);
      expect(await settled(fetch('GOOD'))).toEqual(rows);
    }
    expect(breaker).toEqual(['BAD open']);
    expect(await settled(fetch('BAD'))).toEqual(
      fail({
        kind: 'retryable',
        code: 'left-alone',
        message: 'mock failed 3 times in a row for BAD, which is left alone until 2026-11-21T13:00:00Z',
      }),
    );
    expect(await settled(fetch('GOOD'))).toEqual(rows);
    expect(source.calls).toHaveLength(7);
    expect(systemClock.now() - beginning).toBeLessThan(second);
  });

  test('a request says what its last attempt said, when that made the breaker open', async () => {
    const { fetch, source, retries } = bench(oneBad, { ...fragile, attempts: 10, delay: 0 });
    await settled(fetch('GOOD'));
    expect(await settled(fetch('BAD'))).toEqual(dropped);
    expect(source.calls).toHaveLength(1 + 3);
    expect(retries).toHaveLength(3);
  });

  test('lets one attempt through after the recovery time, and what comes of it decides', async () => {
    let isWell = false;
    const script: Script = ({ series }) => (series.instrument.symbol === 'BAD' && !isWell ? dropped : rows);
    const { fetch, source, breaker } = bench(script, fragile);
    await settled(fetch('GOOD'));
    for (let count = 0; count < 3; count++) await settled(fetch('BAD'));
    await vi.advanceTimersByTimeAsync(hour);
    expect(await settled(fetch('BAD'))).toEqual(dropped);
    expect(await settled(fetch('BAD'))).toMatchObject({ failure: { code: 'left-alone' } });
    await vi.advanceTimersByTimeAsync(hour);
    isWell = true;
    const both = Promise.all([fetch('BAD'), fetch('BAD')]);
    await vi.advanceTimersByTimeAsync(5);
    expect(source.underWay).toBe(1);
    await vi.runAllTimersAsync();
    expect(await both).toEqual([rows, rows]);
    expect(breaker).toEqual(['BAD open', 'BAD half-open', 'BAD open', 'BAD half-open', 'BAD closed']);
  });

  test('stays closed in an outage, which is the fault of the source', async () => {
    const { fetch, breaker } = bench(() => dropped, fragile);
    for (const symbol of ['A', 'B', 'C']) await settled(fetch(symbol));
    expect(breaker).toEqual(['open']);
  });

  test('of the only symbol there is stays closed: nothing tells it from its source', async () => {
    const { fetch, breaker } = bench(() => dropped, fragile);
    for (let count = 0; count < 3; count++) await settled(fetch('BAD'));
    expect(breaker).toEqual(['open']);
  });

  test('is spared what the source says of itself', async () => {
    const tooFast = fail({ kind: 'pacing', message: 'too fast' });
    const { fetch, breaker } = bench(({ series }) => (series.instrument.symbol === 'BAD' ? tooFast : rows), fragile);
    await settled(fetch('GOOD'));
    for (let count = 0; count < 3; count++) await settled(fetch('BAD'));
    expect(breaker).toEqual(['open']);
  });
});

describe('an interruption', () => {
  /** Aborts at a time and gives the outcome with how long it took to come. */
  async function aborted(at: Bench, when: Duration): Promise<{ outcome: Outcome; took: Duration }> {
    const outcome = at.fetch().then((value) => ({ value, at: systemClock.now() }));
    await vi.advanceTimersByTimeAsync(when);
    at.controller.abort();
    const { value, at: ended } = await outcome;
    const calls = at.source.calls.length;
    await vi.runAllTimersAsync();
    expect(at.source.calls).toHaveLength(calls);
    expect(at.source.underWay).toBe(0);
    for (const releases of at.permits) expect(releases).toHaveLength(1);
    return { outcome: value, took: ended - beginning };
  }

  test('ends a wait between attempts at once', async () => {
    const at = bench(() => fail({ kind: 'retryable', message: 'x', retryAfter: hour }));
    const { outcome, took } = await aborted(at, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(took).toBe(minute);
    expect(at.source.calls).toHaveLength(1);
  });

  test('ends an attempt at once, and the source is told', async () => {
    const at = bench(() => 'hang');
    const { outcome, took } = await aborted(at, second);
    expect(isInterrupted(outcome)).toBe(true);
    expect(took).toBe(second);
    expect(at.retries).toEqual([]);
  });

  test('ends a wait for leave at once', async () => {
    const at = bench(() => rows, {}, hour);
    const { outcome, took } = await aborted(at, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(took).toBe(minute);
    expect(at.source.calls).toEqual([]);
  });

  test('ends a pause of the breaker at once', async () => {
    const at = bench(() => dropped, { attempts: 2, threshold: 1, recovery: hour });
    const { outcome, took } = await aborted(at, minute);
    expect(isInterrupted(outcome)).toBe(true);
    expect(took).toBe(minute);
    expect(at.source.calls).toHaveLength(1);
  });

  test('of the wait for leave by whoever gives it asks nothing', async () => {
    const source = countingProvider(systemClock, 0, () => rows);
    const provider = resilient(source, usual, quietBreakers(), () => Promise.resolve(null), systemClock, {
      sending: () => undefined,
      retried: () => undefined,
    });
    expect(isInterrupted(await provider.fetch(request, new AbortController().signal))).toBe(true);
    expect(source.calls).toEqual([]);
  });

  test('before it is asked asks nothing', async () => {
    const at = bench(() => rows);
    at.controller.abort();
    expect(isInterrupted(await at.fetch())).toBe(true);
    expect(at.permits).toEqual([]);
  });

  test('after the answer is of no consequence', async () => {
    const at = bench(() => rows);
    const outcome = await settled(at.fetch());
    at.controller.abort();
    expect(isInterrupted(outcome)).toBe(false);
  });
});

test('opening and closing go to the source as they are', async () => {
  const source = countingProvider(systemClock, 0, () => rows);
  const refused: Failure = { kind: 'fatal', message: 'login refused' };
  const close = vi.fn(() => Promise.resolve());
  const provider = resilient(
    { ...source, open: () => Promise.resolve(refused), close },
    usual,
    quietBreakers(),
    () => Promise.resolve({ release: () => undefined }),
    systemClock,
    { sending: () => undefined, retried: () => undefined },
  );
  expect(provider.name).toBe('mock');
  expect(await provider.open(new AbortController().signal)).toEqual(refused);
  await provider.close();
  expect(close).toHaveBeenCalledOnce();
});
