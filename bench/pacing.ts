import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Budget } from '../src/core/budget.js';
import type { Clock } from '../src/core/clock.js';
import { minute, second } from '../src/core/time.js';
import type { Instant } from '../src/core/time.js';
import { estimateMakespan } from '../src/pacing/estimate.js';
import { createPacer } from '../src/pacing/pacer.js';
import { openPacing } from '../src/pacing/pacing.js';
import type { PacedRequest } from '../src/pacing/paced-request.js';
import { createScheduler } from '../src/pacing/scheduler.js';
import type { Bench, Measurement } from './table.js';

const waiting = 100_000;
const choices = 20_000;

/** Like those of Interactive Brokers, with an account that can do more, so that there is something to choose. */
const budgets: readonly Budget[] = [
  { kind: 'rolling', name: 'account', scope: 'account', limit: 600, span: 10 * second, weights: { BID_ASK: 2 } },
  { kind: 'rolling', name: 'identical', scope: 'identical', limit: 1, span: 15 * second },
  { kind: 'rolling', name: 'contract', scope: 'contract', limit: 5, span: 2 * second },
  { kind: 'open', name: 'open', scope: 'account', limit: 50 },
];

function request(contract: string, part: number): PacedRequest {
  const what = part % 3 === 0 ? 'BID_ASK' : 'TRADES';
  const identical = `${contract}|equity_bars|1 day|${what}|${part}`;
  return {
    dataset: 'equity_bars',
    what,
    barSize: '1 day',
    contract,
    identical,
    connection: 'main',
    priority: 1 + (part % 5),
  };
}

/** Requests over so many contracts, one contract after the other. */
function requestsOver(contracts: number): PacedRequest[] {
  const each = waiting / contracts;
  return Array.from({ length: waiting }, (_, index) => request(`S${Math.floor(index / each)}`, index));
}

/** Microseconds a choice, with everything around it: looking for the next instant, spending, the end of the request. */
function choosing(contracts: number): number {
  const scheduler = createScheduler<null>(createPacer(budgets));
  for (const each of requestsOver(contracts)) scheduler.add(each, null, 0);
  let chosen = 0;
  let now: Instant = 0;
  const begun = performance.now();
  while (chosen < choices) {
    const batch: PacedRequest[] = [];
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) batch.push(next.waiting.request);
    chosen += batch.length;
    for (const each of batch) scheduler.release(each);
    if (batch.length === 0) now = scheduler.nextAt();
  }
  return ((performance.now() - begun) * 1000) / chosen;
}

function choosingBench(what: string, contracts: number): Bench {
  return {
    name: `pacing: choose among ${waiting.toLocaleString('en')} requests ${what}`,
    bar: '≤ 20 µs a choice',
    run: async (): Promise<Measurement> => {
      choosing(contracts);
      return { measured: choosing(contracts), unit: 'µs', limit: 20, better: 'lower' };
    },
  };
}

/** Goes wherever it is sent at once: the wait is not what is measured. */
function leapingClock(): Clock {
  let now: Instant = Date.parse('2026-11-20T21:00:00Z');
  return {
    now: () => now,
    sleepUntil: async (instant) => {
      now = Math.max(now, instant);
    },
  };
}

/** Microseconds from asking to leave with a ledger on disk; one request at a time, so that nothing is batched. */
async function remembering(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-pacing-'));
  const pacing = await openPacing({ folder, provider: 'bench', account: 'one', budgets, clock: leapingClock() });
  const count = 5_000;
  const begun = performance.now();
  for (let index = 0; index < count; index++) (await pacing.acquire(request(`S${index}`, index))).release();
  const took = performance.now() - begun;
  await pacing.close();
  rmSync(folder, { recursive: true });
  return (took * 1000) / count;
}

/** The promises of pacing. */
export const benches: readonly Bench[] = [
  choosingBench('over 5,000 contracts', 5_000),
  choosingBench('of a contract each', waiting),
  choosingBench('over 4 contracts', 4),
  {
    name: 'pacing: remember a request on disk before it goes',
    bar: '≤ 1 ms a request',
    run: async () => {
      await remembering();
      return { measured: await remembering(), unit: 'µs', limit: 1_000, better: 'lower' };
    },
  },
  {
    name: 'pacing: estimate a plan of 100,000 requests',
    bar: '≤ 200 ms',
    run: async () => {
      const requests = requestsOver(5_000);
      estimateMakespan(requests, budgets, 50, second);
      const begun = performance.now();
      const estimate = estimateMakespan(requests, budgets, 50, second);
      const measured = performance.now() - begun;
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
