import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Budget } from '../src/core/budget.js';
import type { Clock } from '../src/core/time/clock.js';
import { minute, second } from '../src/core/time/time.js';
import type { Instant } from '../src/core/time/time.js';
import { estimateDuration } from '../src/pacing/estimate-duration.js';
import { createPacer } from '../src/pacing/pacer.js';
import { openPacing } from '../src/pacing/pacing.js';
import type { PacedRequest } from '../src/pacing/paced-request.js';
import { createRequestScheduler } from '../src/pacing/request-scheduler.js';
import type { Bench, Measurement } from './bench.js';

const requestCount = 100_000;
const choiceCount = 20_000;

/** Budgets like those of Interactive Brokers, with a higher account limit, so that there is a choice. */
const budgets: readonly Budget[] = [
  { kind: 'rolling', name: 'account', scope: 'account', limit: 600, span: 10 * second, weights: { BID_ASK: 2 } },
  { kind: 'rolling', name: 'identical', scope: 'identical', limit: 1, span: 15 * second },
  { kind: 'rolling', name: 'contract', scope: 'contract', limit: 5, span: 2 * second },
  { kind: 'open', name: 'open', scope: 'account', limit: 50 },
];

function createRequest(contract: string, part: number): PacedRequest {
  const what = part % 3 === 0 ? 'BID_ASK' : 'TRADES';
  const identical = `${contract}|equity_bars|1 day|${what}|${part}`;
  return {
    dataset: 'equity_bars',
    priceType: what,
    barSize: '1 day',
    contract,
    identical,
    connection: 'main',
    priority: 1 + (part % 5),
  };
}

/** Requests for many contracts, one contract after the other. */
function createRequests(contracts: number): PacedRequest[] {
  const requestsPerContract = requestCount / contracts;
  return Array.from({ length: requestCount }, (_, index) =>
    createRequest(`S${Math.floor(index / requestsPerContract)}`, index),
  );
}

/** Microseconds per choice, including the search for the next instant, spending, and the end of the request. */
function measureChoice(contracts: number): number {
  const scheduler = createRequestScheduler<null>(createPacer(budgets));
  for (const requestsPerContract of createRequests(contracts)) scheduler.add(requestsPerContract, null, 0);
  let chosen = 0;
  let now: Instant = 0;
  const startedAt = performance.now();
  while (chosen < choiceCount) {
    const batch: PacedRequest[] = [];
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) batch.push(next.waiting.request);
    chosen += batch.length;
    for (const requestsPerContract of batch) scheduler.release(requestsPerContract);
    if (batch.length === 0) now = scheduler.nextAt();
  }
  return ((performance.now() - startedAt) * 1000) / chosen;
}

function createChoiceBench(what: string, contracts: number): Bench {
  return {
    name: `pacing: choose among ${requestCount.toLocaleString('en')} requests ${what}`,
    target: '≤ 20 µs a choice',
    run: async (): Promise<Measurement> => {
      measureChoice(contracts);
      return { measured: measureChoice(contracts), unit: 'µs', limit: 20, better: 'lower' };
    },
  };
}

/** Sleeps end immediately: waiting is not measured. */
function createInstantClock(): Clock {
  let now: Instant = Date.parse('2026-11-20T21:00:00Z');
  return {
    now: () => now,
    sleepUntil: async (instant) => {
      now = Math.max(now, instant);
    },
  };
}

/** Microseconds from request to permit with a ledger on disk; one request at a time, so that nothing is batched. */
async function measureLedger(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-pacing-'));
  const pacing = await openPacing({ folder, provider: 'bench', account: 'one', budgets, clock: createInstantClock() });
  const count = 5_000;
  const startedAt = performance.now();
  for (let index = 0; index < count; index++) (await pacing.acquire(createRequest(`S${index}`, index))).release();
  const durationMs = performance.now() - startedAt;
  await pacing.close();
  rmSync(folder, { recursive: true });
  return (durationMs * 1000) / count;
}

export const benches: readonly Bench[] = [
  createChoiceBench('over 5,000 contracts', 5_000),
  createChoiceBench('of a contract each', requestCount),
  createChoiceBench('over 4 contracts', 4),
  {
    name: 'pacing: remember a request on disk before it goes',
    target: '≤ 1 ms a request',
    run: async () => {
      await measureLedger();
      return { measured: await measureLedger(), unit: 'µs', limit: 1_000, better: 'lower' };
    },
  },
  {
    name: 'pacing: estimate a plan of 100,000 requests',
    target: '≤ 200 ms',
    run: async () => {
      const calls = createRequests(5_000).map((request) => ({ request, source: 0, sending: 0, answer: second }));
      const tasks = [{ symbol: '', needs: [], calls }];
      const work = { sources: [{ budgets, concurrency: 50 }], tasks, maxSymbols: null, startAt: 0 };
      estimateDuration(work);
      const startedAt = performance.now();
      const estimate = estimateDuration(work);
      const measured = performance.now() - startedAt;
      return {
        measured,
        unit: 'ms',
        limit: 200,
        better: 'lower',
        detail: `${(estimate / minute).toFixed(1)} minutes of requests`,
      };
    },
  },
];
