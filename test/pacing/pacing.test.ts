import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import type { Clock } from '../../src/core/time/clock.js';
import { minute, second } from '../../src/core/time/time.js';
import { openPacing } from '../../src/pacing/pacing.js';
import type { Pacing, PacingOptions } from '../../src/pacing/pacing.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';
import { createVirtualClock } from '../virtual-clock.js';
import { ibBudgets, createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';
import type { SentRequest } from './find-violations.js';

const start = Date.parse('2026-11-20T21:00:00Z');
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const twoPerSecond: Budget = { kind: 'rolling', name: 'two', scope: 'account', limit: 2, span: second, margin: 0 };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-pacing-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function open(clock: Clock, budgets: readonly Budget[], more: Partial<PacingOptions> = {}): Promise<Pacing> {
  return openPacing({ folder, provider: 'mock', account: 'DU1', budgets, clock, ...more });
}

/** A process table in which only some processes are alive. */
function processes(self: number, isAlive: (pid: number) => boolean): Pick<PacingOptions, 'processes' | 'token'> {
  return { processes: { self, isAlive }, token: String(self) };
}

/** Sends all requests at once and records the time of each. */
async function sendAll(
  pacing: Pacing,
  clock: Clock,
  requests: readonly PacedRequest[],
  latency: number,
  sent: SentRequest[],
): Promise<void> {
  await Promise.all(
    requests.map(async (request) => {
      const permit = await pacing.acquire(request);
      const at = clock.now();
      sent.push({ request, at, until: at + latency });
      await clock.sleepUntil(at + latency);
      permit.release();
    }),
  );
}

describe('pacing', () => {
  it('takes the theoretical minimum for 309 symbols on an account of Interactive Brokers', async () => {
    const clock = createVirtualClock(start);
    const pacing = await open(clock, ibBudgets);
    const sent: SentRequest[] = [];
    await sendAll(
      pacing,
      clock,
      range(309).map((index) => createPacedRequest({ contract: `S${index}` })),
      second,
      sent,
    );
    await pacing.close();
    expect(findViolations(sent, ibBudgets)).toEqual([]);
    expect((clock.now() - start) / (50 * minute + second)).toBeLessThanOrEqual(1.001);
  });

  it.each([
    ['every minute', minute],
    ['every 90 s, with requests in flight that are sent again', minute + 90],
  ])('uses the budgets exactly when the process is killed and restarted %s', async (_, lifetime) => {
    const clock = createVirtualClock(start);
    const sent: SentRequest[] = [];
    const done = new Set<string>();
    const wanted = range(309).map((index) => createPacedRequest({ contract: `S${index}` }));
    for (let life = 1; done.size < wanted.length; life++) {
      const death = new AbortController();
      const isDead = (): boolean => death.signal.aborted;
      const pacing = await open(
        stoppableClock(clock, death.signal),
        ibBudgets,
        processes(life, (pid) => pid === life),
      );
      for (const request of wanted.filter(({ contract }) => !done.has(contract))) {
        pacing.acquire(request).then(
          async (permit) => {
            if (isDead()) return;
            const at = clock.now();
            const entry = { request, at, until: at + second };
            sent.push(entry);
            await clock.sleepUntil(at + second);
            if (isDead()) return;
            done.add(request.contract);
            permit.release();
          },
          () => undefined,
        );
      }
      while (done.size < wanted.length && clock.now() < start + life * lifetime)
        await clock.sleepUntil(Math.min(clock.now() + second, start + life * lifetime));
      death.abort();
    }
    expect(findViolations(sent, ibBudgets)).toEqual([]);
    // Requests in flight when the process died are sent again, and the provider counts them twice.
    const minimum = (Math.ceil(sent.length / 60) - 1) * 10 * minute + second;
    expect(sent.length > wanted.length).toBe(lifetime !== minute);
    expect((clock.now() - start) / minimum).toBeLessThanOrEqual(1.05);
  });

  it('counts earlier spends after a restart', async () => {
    const clock = createVirtualClock(start);
    const first = await open(
      clock,
      [twoPerSecond],
      processes(1, () => false),
    );
    await first.acquire(createPacedRequest({ contract: 'A' }));
    await clock.sleepUntil(start + 400);
    await first.acquire(createPacedRequest({ contract: 'B' }));
    await first.close();
    const secondPacing = await open(
      clock,
      [twoPerSecond],
      processes(2, () => false),
    );
    expect(secondPacing.remaining()).toMatchObject([{ name: 'two', remaining: 0 }]);
    const permit = await secondPacing.acquire(createPacedRequest({ contract: 'C' }));
    expect([permit.at - start, permit.waitedMs, permit.budget]).toEqual([1_000, 600, 'two']);
    await secondPacing.close();
  });

  it('shares one budget among several processes without waste', async () => {
    const clock = createVirtualClock(start);
    const sent: SentRequest[] = [];
    const budgets: Budget[] = [
      { ...twoPerSecond, limit: 7 },
      { kind: 'open', name: 'open', scope: 'account', limit: 5 },
    ];
    const all = await Promise.all(
      range(3).map((index) =>
        open(
          clock,
          budgets,
          processes(index + 1, () => true),
        ),
      ),
    );
    await Promise.all(
      all.map((pacing, index) =>
        sendAll(
          pacing,
          clock,
          range(70).map((part) => createPacedRequest({ contract: `P${index}`, part })),
          120,
          sent,
        ),
      ),
    );
    for (const pacing of all) await pacing.close();
    expect(sent.length).toBe(210);
    expect(findViolations(sent, budgets)).toEqual([]);
    // Waiting for other processes costs some polling, but never a whole window.
    expect((clock.now() - start) / (29 * second + 120)).toBeLessThanOrEqual(1.05);
  });

  it('ends the requests of a process that died', async () => {
    const clock = createVirtualClock(start);
    const budgets: Budget[] = [{ kind: 'open', name: 'open', scope: 'account', limit: 1 }];
    const dead = new Set<number>();
    const first = await open(
      clock,
      budgets,
      processes(1, (pid) => !dead.has(pid)),
    );
    const other = await open(
      clock,
      budgets,
      processes(2, (pid) => !dead.has(pid)),
    );
    await first.acquire(createPacedRequest({ contract: 'A' }));
    const waiting = other.acquire(createPacedRequest({ contract: 'B' }));
    await clock.sleepUntil(start + 3_000);
    dead.add(1);
    const permit = await waiting;
    expect(permit.budget).toBe('open');
    expect(permit.at - start).toBeLessThanOrEqual(4_250);
    await other.close();
  });

  it('does not look up processes of other machines, whose ids mean other processes here', async () => {
    const clock = createVirtualClock(start);
    const budgets: Budget[] = [{ kind: 'open', name: 'open', scope: 'account', limit: 1 }];
    const onMachine = (machine: string, self: number): Pick<PacingOptions, 'processes' | 'token'> => ({
      processes: { self, machine, isAlive: () => false },
      token: String(self),
    });
    const first = await open(clock, budgets, onMachine('one', 1));
    await first.acquire(createPacedRequest({ contract: 'A' }));
    const elsewhere = await open(clock, budgets, onMachine('two', 2));
    const waiting = elsewhere.acquire(createPacedRequest({ contract: 'B' }));
    const besides = await open(clock, budgets, onMachine('one', 3));
    const own = await besides.acquire(createPacedRequest({ contract: 'C' }));
    own.release();
    const permit = await waiting;
    expect(permit.at - start).toBeGreaterThanOrEqual(14 * minute);
    await elsewhere.close();
  });

  it('applies a hold in this process and in others', async () => {
    const clock = createVirtualClock(start);
    const first = await open(
      clock,
      [twoPerSecond],
      processes(1, () => true),
    );
    const other = await open(
      clock,
      [twoPerSecond],
      processes(2, () => true),
    );
    first.hold(start + minute);
    const permits = await Promise.all(
      [first, other].map((pacing) => pacing.acquire(createPacedRequest({ contract: 'A' }))),
    );
    expect(permits.map(({ waitedMs, budget }) => [waitedMs, budget])).toEqual([
      [minute, 'provider pause'],
      [minute, 'provider pause'],
    ]);
    await first.close();
    await other.close();
  });

  it('waits only the length of a hold that was written before the clock was set back', async () => {
    const clock = createVirtualClock(start);
    const first = await open(clock, [twoPerSecond]);
    first.hold(start + minute);
    await first.close();
    clock.set(start - 12 * 60 * minute);
    const later = await open(clock, [twoPerSecond]);
    const permit = await later.acquire(createPacedRequest({ contract: 'A' }));
    expect(permit.waitedMs).toBe(minute);
    await later.close();
  });

  it('rejects an aborted request at once and sends the next request in its place', async () => {
    const clock = createVirtualClock(start);
    const pacing = await open(clock, [twoPerSecond]);
    await Promise.all([
      pacing.acquire(createPacedRequest({ contract: 'A' })),
      pacing.acquire(createPacedRequest({ contract: 'B' })),
    ]);
    const stop = new AbortController();
    const stopped = pacing.acquire(createPacedRequest({ contract: 'C' }), { signal: stop.signal });
    const next = [
      pacing.acquire(createPacedRequest({ contract: 'D' })),
      pacing.acquire(createPacedRequest({ contract: 'E' })),
    ];
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    await expect(pacing.acquire(createPacedRequest({ contract: 'C' }), { signal: stop.signal })).rejects.toThrow(
      'enough',
    );
    expect((await Promise.all(next)).map(({ at }) => at - start)).toEqual([1_000, 1_000]);
    const late = pacing.acquire(createPacedRequest({ contract: 'F' }));
    await pacing.close();
    await expect(late).rejects.toThrow('pacing was closed');
  });

  it('keeps its counts when the clock is set back', async () => {
    const clock = createVirtualClock(start);
    const pacing = await open(clock, [twoPerSecond]);
    await Promise.all([
      pacing.acquire(createPacedRequest({ contract: 'A' })),
      pacing.acquire(createPacedRequest({ contract: 'B' })),
    ]);
    clock.set(start - 60 * minute);
    const permit = await pacing.acquire(createPacedRequest({ contract: 'C' }));
    expect(permit.waitedMs).toBe(1_000);
    await pacing.close();
  });

  it('writes no ledger without shared budgets', async () => {
    const clock = createVirtualClock(start);
    for (const budgets of [[], [{ ...twoPerSecond, scope: 'connection' } as const]]) {
      const pacing = await open(clock, budgets, { concurrency: 3 });
      (await pacing.acquire(createPacedRequest({ contract: 'A' }))).release();
      await pacing.close();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('limits the requests in flight of the process', async () => {
    const clock = createVirtualClock(start);
    const pacing = await open(clock, [], { concurrency: 3 });
    const sent: SentRequest[] = [];
    await sendAll(
      pacing,
      clock,
      range(9).map((part) => createPacedRequest({ contract: 'A', part })),
      100,
      sent,
    );
    expect(sent.map(({ at }) => at - start)).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200]);
    await pacing.close();
  });

  it('writes no contract names to the ledger', async () => {
    const clock = createVirtualClock(start);
    const pacing = await open(clock, [twoPerSecond]);
    await pacing.acquire(createPacedRequest({ contract: 'SECRET' }));
    await pacing.close();
    const written = readFileSync(join(folder, 'mock-DU1.1.ledger'), 'latin1');
    expect(written).toContain('equity_bars TRADES 1_day');
    expect(written).not.toContain('SECRET');
  });
});

/** A clock that never wakes its sleepers after a signal has aborted. */
function stoppableClock(clock: Clock, death: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    sleepUntil: (instant, signal) =>
      clock.sleepUntil(instant, signal === undefined ? death : AbortSignal.any([signal, death])),
  };
}
