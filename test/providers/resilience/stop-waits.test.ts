import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { FetchOutcome } from '../../../src/core/request.js';
import { systemClock } from '../../../src/core/time/clock.js';
import { hour, minute, second } from '../../../src/core/time/time.js';
import type { Duration } from '../../../src/core/time/time.js';
import { pointSeries } from '../../../src/plan/tasks/step-series.js';
import type { Provider } from '../../../src/providers/provider.js';
import { createBreakers } from '../../../src/providers/resilience/circuit-breakers.js';
import { isInterrupted, withResilience } from '../../../src/providers/resilience/with-resilience.js';
import type { AttemptPermit } from '../../../src/providers/resilience/with-resilience.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { createContractsStep, createInstrument } from '../../fixtures/pipelines.js';
import { createContractRows } from '../../fixtures/rows.js';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-21T12:00:00Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

const request = { series: pointSeries(createContractsStep(), createInstrument('AAPL')), window: null, closes: [] };
const rows: FetchOutcome = { kind: 'rows', rows: createContractRows(), answeredWindow: null };
const retryLater = (kind: 'pacing' | 'retryable', retryAfter: Duration): FetchOutcome => ({
  kind: 'failure',
  failure: { kind, message: 'busy', retryAfter },
});

interface Stoppable {
  readonly provider: Provider;
  readonly stopping: AbortController;
}

function createStoppable(
  fetch: Provider['fetch'],
  { threshold = 100, timeout = minute, permit = {} }: Partial<StoppableOptions> = {},
): Stoppable {
  const stopping = new AbortController();
  const provider = withResilience(
    { name: 'mock', open: () => Promise.reject(new Error('not opened')), close: () => Promise.resolve(), fetch },
    { attempts: 3, delay: second, maxDelay: 10 * second, timeout, maxSourcePauses: 2 },
    createBreakers({ threshold, cooldown: hour }, [], systemClock, () => undefined),
    () =>
      Promise.resolve({
        sent: () => undefined,
        next: () => Promise.resolve(null),
        release: () => undefined,
        ...permit,
      }),
    systemClock,
    stopping.signal,
  );
  return { provider, stopping };
}

interface StoppableOptions {
  readonly threshold: number;
  readonly timeout: Duration;
  readonly permit: Partial<AttemptPermit>;
}

test.each([
  ['after a pacing violation', retryLater('pacing', 10 * minute), 100],
  ['before a retry', retryLater('retryable', 10 * minute), 100],
  ['for an open circuit of the provider', retryLater('pacing', 0), 1],
])('stopping ends the wait %s at once and leaves no timer', async (_, outcome, threshold) => {
  const { provider, stopping } = createStoppable(() => Promise.resolve(outcome), { threshold });
  const fetched = provider.fetch(request, createFetchContext());
  await vi.advanceTimersByTimeAsync(minute / 2);
  expect(vi.getTimerCount()).toBe(1);
  stopping.abort();
  expect(isInterrupted(await fetched)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('stopping does not end a request in flight', async () => {
  const { provider, stopping } = createStoppable(
    () => new Promise((resolve) => setTimeout(() => resolve(rows), second)),
  );
  const fetched = provider.fetch(request, createFetchContext());
  await vi.advanceTimersByTimeAsync(second / 2);
  stopping.abort();
  await vi.advanceTimersByTimeAsync(second / 2);
  expect(await fetched).toEqual(rows);
  expect(vi.getTimerCount()).toBe(0);
});

test('the time limit of an attempt does not include the wait for a further call', async () => {
  const permit: Partial<AttemptPermit> = {
    next: () => new Promise((resolve) => setTimeout(() => resolve({ sent: () => undefined }), hour)),
  };
  const { provider } = createStoppable(
    async (_, { calls }) => ((await calls.next('the rest')) ? rows : { kind: 'empty' }),
    { timeout: minute, permit },
  );
  const fetched = provider.fetch(request, createFetchContext());
  await vi.advanceTimersByTimeAsync(hour);
  expect(await fetched).toEqual(rows);
});

test('the time limit of an attempt continues after a further call', async () => {
  const signals: AbortSignal[] = [];
  const permit: Partial<AttemptPermit> = { next: () => Promise.resolve({ sent: () => undefined }) };
  const { provider } = createStoppable(
    async (_, { calls, signal }) => {
      signals.push(signal);
      await calls.next('the rest');
      return new Promise<FetchOutcome>(() => undefined);
    },
    { timeout: minute, permit },
  );
  const fetched = provider.fetch(request, createFetchContext());
  await vi.runAllTimersAsync();
  expect(await fetched).toMatchObject({ failure: { code: 'timeout' } });
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
