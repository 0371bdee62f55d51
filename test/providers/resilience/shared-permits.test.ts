import { describe, expect, it, test } from 'vitest';
import type { BatchRule } from '../../../src/core/batch-rule.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { withSharedPermits } from '../../../src/providers/resilience/shared-permits.js';
import type { AcquirePermit, AttemptPermit } from '../../../src/providers/resilience/with-resilience.js';
import { createVirtualClock } from '../../virtual-clock.js';

const rule: BatchRule = {
  datasets: ['quotes', 'option_snapshots'],
  maxInstruments: 500,
  quietTime: 200,
  maxWait: 1_000,
};
const never = new AbortController().signal;
const empty: FetchOutcome = { kind: 'empty' };
const failed: FetchOutcome = { kind: 'failure', failure: { kind: 'retryable', message: 'no' } };

const instrument = { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' } as const;

function quoteRequest(symbol = 'NIFTY'): Request {
  return {
    series: { dataset: 'quotes', provider: 'kite', instrument: { ...instrument, symbol } },
    window: null,
    closes: [],
  };
}

function snapshotRequest(options: number): Request {
  const expiry = '2026-11-24';
  const contracts = Array.from({ length: options }, (_, index) => ({
    expiry,
    strike: index + 1,
    right: 'C' as const,
    conId: null,
  }));
  return {
    series: { dataset: 'option_snapshots', provider: 'kite', instrument, expiry, part: 1, contracts },
    window: null,
    closes: [],
  };
}

/** Permits that the test grants one by one; counts what is acquired, sent and released. */
function createBench() {
  const clock = createVirtualClock(0, { auto: false });
  const waiting: ((permit: AttemptPermit | null) => void)[] = [];
  const released: FetchOutcome[] = [];
  const state = { acquired: 0, sent: 0 };
  const acquire: AcquirePermit = (_, signal) =>
    new Promise((resolve) => {
      state.acquired++;
      signal.addEventListener('abort', () => resolve(null), { once: true });
      waiting.push(resolve);
    });
  const permit: AttemptPermit = {
    sent() {
      state.sent++;
    },
    next: () => Promise.resolve({ sent: () => undefined }),
    release: (outcome) => released.push(outcome),
  };
  return {
    acquire: withSharedPermits(acquire, rule, clock),
    clock,
    state,
    released,
    grant: () => waiting.shift()?.(permit),
  };
}

describe('requests that wait at the same time', () => {
  it('share one permit, which is sent and released once', async () => {
    const bench = createBench();
    const permits = ['NIFTY', 'BANKNIFTY', 'FINNIFTY'].map((symbol) => bench.acquire(quoteRequest(symbol), never));
    await bench.clock.advanceBy(200);
    bench.grant();
    const granted = await Promise.all(permits);
    expect(granted.map((permit) => permit?.role)).toEqual(['leader', 'follower', 'follower']);
    for (const permit of granted) permit?.sent();
    expect(bench.state).toEqual({ acquired: 1, sent: 1 });
    granted[0]?.release(empty);
    granted[1]?.release(failed);
    expect(bench.released).toEqual([]);
    granted[2]?.release(empty);
    expect(bench.released).toEqual([failed]);
  });

  it('join a call until its permit is granted', async () => {
    const bench = createBench();
    const first = bench.acquire(quoteRequest(), never);
    await bench.clock.advanceBy(5_000);
    const second = bench.acquire(snapshotRequest(40), never);
    bench.grant();
    expect((await Promise.all([first, second])).map((permit) => permit?.role)).toEqual(['leader', 'follower']);
    expect(bench.state.acquired).toBe(1);
  });

  it('are gathered for a second at most, while others still come', async () => {
    const bench = createBench();
    for (let at = 0; at < 1_100; at += 100) {
      void bench.acquire(quoteRequest(), new AbortController().signal);
      expect(bench.state.acquired, `after ${at} ms`).toBe(at < 1_000 ? 0 : 1);
      await bench.clock.advanceBy(100);
    }
  });

  it('take another call when the instruments exceed the limit', async () => {
    const bench = createBench();
    const permits = [300, 300, 150].map((options) => bench.acquire(snapshotRequest(options), never));
    await bench.clock.advanceBy(200);
    expect(bench.state.acquired).toBe(2);
    bench.grant();
    expect([(await permits[0])?.role, (await permits[2])?.role]).toEqual(['leader', 'follower']);
    bench.grant();
    expect(await permits[1]).not.toHaveProperty('role');
  });
});

test('a cancelled request leaves the call to the others, and the last one gives it up', async () => {
  const bench = createBench();
  const controllers = [new AbortController(), new AbortController()];
  const permits = controllers.map(({ signal }) => bench.acquire(quoteRequest(), signal));
  await bench.clock.advanceBy(200);
  controllers[0]?.abort();
  expect(await permits[0]).toBeNull();
  controllers[1]?.abort();
  expect(await permits[1]).toBeNull();
  const later = bench.acquire(quoteRequest(), never);
  await bench.clock.advanceBy(200);
  expect(bench.state.acquired).toBe(2);
  bench.grant();
  bench.grant();
  expect(await later).not.toBeNull();
});

test('an error of the budgets reaches every request', async () => {
  const clock = createVirtualClock(0, { auto: false });
  const acquire = withSharedPermits(() => Promise.reject(new Error('the disk is full')), rule, clock);
  const permits = [acquire(quoteRequest(), never), acquire(quoteRequest(), never)];
  const failures = permits.map((permit) => expect(permit).rejects.toThrow('the disk is full'));
  await clock.advanceBy(200);
  await Promise.all(failures);
});

test('requests for bars have permits of their own', async () => {
  const bench = createBench();
  const series = { ...quoteRequest().series, dataset: 'contracts' } as const;
  void bench.acquire({ series, window: null, closes: [] }, never);
  void bench.acquire({ series, window: null, closes: [] }, never);
  expect(bench.state.acquired).toBe(2);
});
