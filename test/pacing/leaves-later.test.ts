import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import type { Clock } from '../../src/core/time/clock.js';
import { minute, second } from '../../src/core/time/time.js';
import type { Duration, Instant } from '../../src/core/time/time.js';
import { openPacing } from '../../src/pacing/pacing.js';
import type { Pacing, PacingOptions, Permit } from '../../src/pacing/pacing.js';
import { toFollowUp } from '../../src/pacing/paced-request.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';

const start = Date.parse('2026-11-20T21:00:00Z');
const twoPerSecond: Budget = { kind: 'rolling', name: 'two', scope: 'account', limit: 2, span: second, margin: 0 };
const later = { leavesLater: true } as const;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-leaves-later-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function open(clock: Clock, budget: Budget, more: Partial<PacingOptions> = {}): Promise<Pacing> {
  return openPacing({ folder, provider: 'kite', account: 'key', budgets: [budget], clock, ...more });
}

function as(pid: number, isAlive = true): Pick<PacingOptions, 'processes' | 'token'> {
  return { processes: { self: pid, isAlive: (other) => isAlive || other === pid }, token: String(pid) };
}

const request = (name: string): ReturnType<typeof createPacedRequest> => createPacedRequest({ contract: name });

test('counts a request from its sending and not from its permit', async () => {
  const clock = createVirtualClock(start);
  const pacing = await open(clock, twoPerSecond);
  const [first, other] = await Promise.all([pacing.acquire(request('A'), later), pacing.acquire(request('B'), later)]);
  const third = pacing.acquire(request('C'), later);
  await clock.sleepUntil(start + 900);
  first.sent();
  other.sent();
  expect((await third).at - start).toBe(1_900);
  await pacing.close();
});

test('counts a request that has not left yet for as long as it takes', async () => {
  const clock = createVirtualClock(start);
  const pacing = await open(clock, { ...twoPerSecond, limit: 1 });
  const first = await pacing.acquire(request('A'), later);
  const next = pacing.acquire(request('B'), later);
  await clock.sleepUntil(start + minute);
  first.sent();
  expect((await next).at - start).toBe(minute + second);
  await pacing.close();
});

test.each(['contract', 'identical'] as const)('counts the sending for a budget of scope %s', async (scope) => {
  const clock = createVirtualClock(start);
  const pacing = await open(clock, { ...twoPerSecond, scope, limit: 1 });
  const first = await pacing.acquire(request('A'), later);
  const next = pacing.acquire(request('A'), later);
  await clock.sleepUntil(start + minute);
  first.sent();
  expect((await next).at - start).toBe(minute + second);
  await pacing.close();
});

test('counts a request whose sending is not reported from its release', async () => {
  const clock = createVirtualClock(start);
  const pacing = await open(clock, { ...twoPerSecond, limit: 1 });
  const first = await pacing.acquire(request('A'), later);
  const next = pacing.acquire(request('B'), later);
  await clock.sleepUntil(start + 300);
  first.release();
  expect((await next).at - start).toBe(1_300);
  await pacing.close();
});

test('a request of unknown arrival counts from its answer, or from the end of its transit', async () => {
  const clock = createVirtualClock(start);
  const pacing = await open(clock, { ...twoPerSecond, limit: 1, transit: second });
  const first = await pacing.acquire(request('A'), later);
  first.sent();
  await clock.sleepUntil(start + 200);
  first.release();
  const answered = await pacing.acquire(request('B'), later);
  expect(answered.at - start).toBe(1_200);
  answered.sent();
  const next = await pacing.acquire(request('C'), later);
  expect(next.at - answered.at).toBe(2 * second);
  await pacing.close();
});

test('a further call of a request counts, and needs no second slot in flight', async () => {
  const clock = createVirtualClock(start);
  const inFlight: Budget = { kind: 'open', name: 'in flight', scope: 'account', limit: 1 };
  const pacing = await openPacing({
    folder,
    provider: 'kite',
    account: 'key',
    budgets: [{ ...twoPerSecond, limit: 1 }, inFlight],
    clock,
  });
  const first = await pacing.acquire(request('A'), later);
  first.sent();
  const waiting = pacing.acquire(request('B'), later);
  const further = await pacing.acquire(toFollowUp(request('A'), 'the rest'), later);
  expect(further.at - start).toBe(second);
  further.sent();
  further.release();
  first.release();
  expect((await waiting).at - start).toBe(2 * second);
  await pacing.close();
});

interface Leaving {
  /** Between the permit and the sending. */
  readonly before: Duration;
  /** Between the sending and the arrival. */
  readonly onTheWay: Duration;
  /** Between the arrival and the answer. */
  readonly answer: Duration;
}

async function sendLater(
  clock: Clock,
  permit: Permit,
  { before, onTheWay, answer }: Leaving,
): Promise<{ readonly at: Instant; readonly until: Instant }> {
  await clock.sleepUntil(clock.now() + before);
  permit.sent();
  const at = clock.now() + onTheWay;
  await clock.sleepUntil(at + answer);
  permit.release();
  return { at, until: clock.now() };
}

test('no window of arrivals exceeds the limit, however late requests leave and arrive', async () => {
  const leaving = fc.record({
    before: fc.integer({ min: 0, max: 3_000 }),
    onTheWay: fc.integer({ min: 0, max: 1_000 }),
    answer: fc.integer({ min: 0, max: 2_000 }),
  });
  const budget: Budget = { ...twoPerSecond, limit: 3, transit: second };
  await fc.assert(
    fc.asyncProperty(fc.array(leaving, { minLength: 4, maxLength: 30 }), async (all) => {
      const clock = createVirtualClock(start);
      const pacing = await open(clock, budget, { folder: mkdtempSync(join(folder, 'one-')) });
      const arrivals = await Promise.all(
        all.map(async (one, index) => {
          const paced = request(String(index));
          return { request: paced, ...(await sendLater(clock, await pacing.acquire(paced, later), one)) };
        }),
      );
      await pacing.close();
      const sorted = arrivals.toSorted((a, b) => a.at - b.at);
      expect(findViolations(sorted, [budget])).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

test('a request of another process that has not left counts until it has', async () => {
  const clock = createVirtualClock(start);
  const budget = { ...twoPerSecond, limit: 1 };
  const [first, other] = [await open(clock, budget, as(1)), await open(clock, budget, as(2))];
  const permit = await first.acquire(request('A'), later);
  const waiting = other.acquire(request('B'), later);
  await clock.sleepUntil(start + minute);
  permit.sent();
  const at = (await waiting).at - start - minute;
  expect(at).toBeGreaterThanOrEqual(second);
  // The other process looks for the sending four times a second.
  expect(at).toBeLessThanOrEqual(1.25 * second);
  await Promise.all([first.close(), other.close()]);
});

test('a request of a process that died before it reported the sending counts from the discovery', async () => {
  const clock = createVirtualClock(start);
  const budget = { ...twoPerSecond, limit: 1, span: 10 * minute };
  const dead = await open(clock, budget, as(1));
  await dead.acquire(request('A'), later);
  await clock.sleepUntil(start + minute);
  const next = await open(clock, budget, as(2, false));
  expect((await next.acquire(request('B'), later)).at - start).toBe(11 * minute);
  await next.close();
});

test('the sending is recorded for later processes', async () => {
  const clock = createVirtualClock(start);
  const budget = { ...twoPerSecond, limit: 1, span: 10 * minute };
  const first = await open(clock, budget, as(1));
  const permit = await first.acquire(request('A'), later);
  await clock.sleepUntil(start + minute);
  permit.sent();
  permit.release();
  await first.close();
  const next = await open(clock, budget, as(2, false));
  expect(next.foreignRequests()).toBe(1);
  expect((await next.acquire(request('B'), later)).at - start).toBe(11 * minute);
  expect(next.foreignRequests()).toBe(0);
  await next.close();
});
