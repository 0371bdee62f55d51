/** The first failure of a provider reaches everything that is said about its circuit. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { describeBreaker } from '../../../src/core/describe-breaker.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { systemClock } from '../../../src/core/time/clock.js';
import { minute, second } from '../../../src/core/time/time.js';
import { pointSeries } from '../../../src/plan/tasks/step-series.js';
import { createBreakers } from '../../../src/providers/resilience/circuit-breakers.js';
import type { BreakerSnapshot } from '../../../src/providers/resilience/circuit-breakers.js';
import { withResilience } from '../../../src/providers/resilience/with-resilience.js';
import { createCountingProvider } from '../../fixtures/counting-provider.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { createContractsStep, createInstrument } from '../../fixtures/pipelines.js';

const startTime = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: startTime });
});

afterEach(() => {
  vi.useRealTimers();
});

const createRequest = (symbol: string): Request => ({
  series: pointSeries(createContractsStep(), createInstrument(symbol)),
  window: null,
  closes: [],
});

/** A provider that is down: the first attempt is refused, later ones time out. */
function createDeadProvider(restored: readonly BreakerSnapshot[] = []) {
  const causes: (string | undefined)[] = [];
  const source = createCountingProvider(systemClock, 10, (_, call) => ({
    kind: 'failure',
    failure: { kind: 'retryable', message: call === 1 ? 'connection refused' : 'no response within 10 s' },
  }));
  const breakers = createBreakers(
    { threshold: 2, cooldown: minute },
    restored,
    systemClock,
    (_symbol, state, _until, cause) => {
      if (state === 'open') causes.push(cause);
    },
  );
  const permit = { sent: () => undefined, next: () => Promise.resolve(null), release: () => undefined };
  const provider = withResilience(
    source,
    { attempts: 5, delay: second, maxDelay: second, timeout: minute, maxSourcePauses: 1 },
    breakers,
    () => Promise.resolve(permit),
    systemClock,
  );
  return { provider, breakers, causes };
}

async function fetchFor(
  provider: ReturnType<typeof createDeadProvider>['provider'],
  symbol: string,
  limit: number,
): Promise<FetchOutcome> {
  const controller = new AbortController();
  const fetched = provider.fetch(createRequest(symbol), createFetchContext(controller.signal));
  await vi.advanceTimersByTimeAsync(limit);
  controller.abort();
  return fetched;
}

test('a request whose time is over while the circuit is open names the first failure', async () => {
  const { provider, causes } = createDeadProvider();
  const own = await fetchFor(provider, 'AAPL', 30 * second);
  expect(own).toMatchObject({ failure: { code: 'interrupted', cause: 'connection refused' } });
  // This one never had an attempt of its own.
  const waiting = await fetchFor(provider, 'MSFT', 10 * second);
  expect(waiting).toMatchObject({ failure: { code: 'interrupted', cause: 'connection refused' } });
  expect(causes).toEqual(['connection refused']);
});

test('the failure of a provider that does not recover names the first failure', async () => {
  const { provider } = createDeadProvider();
  const outcome = await fetchFor(provider, 'AAPL', 10 * minute);
  expect(outcome).toMatchObject({
    failure: {
      kind: 'fatal',
      message: 'mock failed 3 times in a row and did not recover in 1 pause: connection refused',
    },
  });
});

test('a saved circuit keeps the first failure for the next run', async () => {
  const first = createDeadProvider();
  await fetchFor(first.provider, 'AAPL', 30 * second);
  const saved = first.breakers.snapshots();
  expect(saved).toMatchObject([{ symbol: null, failures: 2, cause: 'connection refused' }, { symbol: 'AAPL' }]);
  const next = createDeadProvider(saved);
  const outcome = await fetchFor(next.provider, 'MSFT', 10 * second);
  expect(outcome).toMatchObject({ failure: { code: 'interrupted', cause: 'connection refused' } });
});

test('the change of a circuit says why it opened', () => {
  expect(
    describeBreaker({
      at: startTime,
      runId: 'run',
      type: 'breaker-changed',
      provider: 'kite',
      state: 'open',
      until: startTime + minute,
      cause: 'connection refused',
      carriedOver: false,
    }),
  ).toBe('circuit open for kite until 2026-11-21 12:01:00 UTC after repeated failures: connection refused');
});
