import { describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { second } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import { createPacer } from '../../src/pacing/pacer.js';
import { createRequestScheduler } from '../../src/pacing/request-scheduler.js';
import type { RequestScheduler } from '../../src/pacing/request-scheduler.js';
import { createPacedRequest } from './budgets.js';
import type { PacedInput } from './budgets.js';

function createTestScheduler(budgets: readonly Budget[], inputs: readonly PacedInput[]): RequestScheduler<string> {
  const scheduler = createRequestScheduler<string>(createPacer(budgets));
  for (const input of inputs) scheduler.add(createPacedRequest(input), input.contract, 0);
  return scheduler;
}

/** The names of the requests sent at an instant, in order. */
function dispatchAll(scheduler: RequestScheduler<string>, now: Instant): string {
  const names: string[] = [];
  for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) names.push(next.waiting.value);
  return names.join(' ');
}

const twoPerSecond: Budget = {
  kind: 'rolling',
  name: 'two',
  scope: 'account',
  limit: 2,
  span: second,
  margin: 0,
  weights: { BID_ASK: 2 },
};
const onePerContract: Budget = { kind: 'rolling', name: 'contract', scope: 'contract', limit: 1, span: 300, margin: 0 };

describe('the request scheduler', () => {
  it('sends the oldest request first', () => {
    const scheduler = createTestScheduler(
      [twoPerSecond],
      [{ contract: 'A' }, { contract: 'B', barSize: '1 min' }, { contract: 'C' }],
    );
    expect(dispatchAll(scheduler, 0)).toBe('A B');
    expect(scheduler.nextAt()).toBe(1_000);
    expect(dispatchAll(scheduler, 999)).toBe('');
    expect(dispatchAll(scheduler, 1_000)).toBe('C');
    expect(scheduler.size).toBe(0);
  });

  it('sends the request of the highest priority first, even if that request arrived last', () => {
    const scheduler = createTestScheduler(
      [twoPerSecond],
      [{ contract: 'A' }, { contract: 'B', priority: 2 }, { contract: 'C', priority: 1, dataset: 'chains' }],
    );
    expect(dispatchAll(scheduler, 0)).toBe('C B');
  });

  it('skips requests of a blocked contract and sends them later in order', () => {
    const scheduler = createTestScheduler(
      [
        { ...twoPerSecond, limit: 3 },
        { ...onePerContract, span: second },
      ],
      [{ contract: 'A', part: 1 }, { contract: 'A', part: 2 }, { contract: 'B' }, { contract: 'C' }, { contract: 'D' }],
    );
    expect(dispatchAll(scheduler, 0)).toBe('A B C');
    expect(dispatchAll(scheduler, 1_000)).toBe('A D');
  });

  it('skips an identical request of another connection', () => {
    const identical: Budget = {
      kind: 'rolling',
      name: 'identical',
      scope: 'identical',
      limit: 1,
      span: 15 * second,
      margin: 0,
    };
    const scheduler = createTestScheduler(
      [identical],
      [{ contract: 'A' }, { contract: 'A' }, { contract: 'A', part: 1 }, { contract: 'A' }],
    );
    expect(dispatchAll(scheduler, 0)).toBe('A A');
    expect(scheduler.nextAt()).toBe(15_000);
    expect(dispatchAll(scheduler, 15_000)).toBe('A');
    expect(dispatchAll(scheduler, 30_000)).toBe('A');
  });

  it('skips a request too heavy for the rest of a window', () => {
    const scheduler = createTestScheduler(
      [twoPerSecond],
      [{ contract: 'A' }, { contract: 'B', priceType: 'BID_ASK' }, { contract: 'C' }],
    );
    expect(dispatchAll(scheduler, 0)).toBe('A C');
    expect(dispatchAll(scheduler, 1_000)).toBe('B');
  });

  it('reserves capacity for a heavy request of higher priority', () => {
    const scheduler = createTestScheduler([twoPerSecond], [{ contract: 'A' }]);
    expect(dispatchAll(scheduler, 0)).toBe('A');
    scheduler.add(createPacedRequest({ contract: 'B' }), 'B', 500);
    expect(dispatchAll(scheduler, 500)).toBe('B');
    scheduler.add(createPacedRequest({ contract: 'H', priceType: 'BID_ASK', priority: 1 }), 'H', 600);
    for (const name of ['C', 'D', 'E', 'F']) scheduler.add(createPacedRequest({ contract: name }), name, 600);
    // At 1,000 there is capacity for one light request; sending it would delay the heavy one, which needs 2.
    expect(dispatchAll(scheduler, 1_000)).toBe('');
    expect(scheduler.nextAt()).toBe(1_500);
    expect(dispatchAll(scheduler, 1_500)).toBe('H');
    expect(dispatchAll(scheduler, 2_500)).toBe('C D');
  });

  it('removes a dropped request and sends the next', () => {
    const scheduler = createRequestScheduler<string>(createPacer([twoPerSecond, onePerContract]));
    const dropped = scheduler.add(createPacedRequest({ contract: 'A' }), 'A', 0);
    scheduler.add(createPacedRequest({ contract: 'A', part: 1 }), 'A1', 0);
    scheduler.drop(dropped);
    expect(scheduler.size).toBe(1);
    expect(dispatchAll(scheduler, 0)).toBe('A1');
  });

  it('waits for a release when requests in flight are limited', () => {
    const budget: Budget = { kind: 'open', name: 'open', scope: 'contract', limit: 1 };
    const scheduler = createTestScheduler([budget], [{ contract: 'A' }, { contract: 'A', part: 1 }, { contract: 'B' }]);
    expect(dispatchAll(scheduler, 0)).toBe('A B');
    expect(scheduler.nextAt()).toBe(Infinity);
    scheduler.release(createPacedRequest({ contract: 'B' }));
    expect(dispatchAll(scheduler, 5)).toBe('');
    scheduler.release(createPacedRequest({ contract: 'A' }));
    expect(dispatchAll(scheduler, 5)).toBe('A');
  });

  it('returns the budget that a request waited for', () => {
    const scheduler = createTestScheduler(
      [
        { ...twoPerSecond, limit: 3 },
        { ...onePerContract, span: second },
      ],
      [{ contract: 'A', part: 1 }, { contract: 'A', part: 2 }, { contract: 'B' }, { contract: 'C' }, { contract: 'D' }],
    );
    dispatchAll(scheduler, 0);
    expect([scheduler.next(1_000)?.blockedBy, scheduler.next(1_000)?.blockedBy]).toEqual(['contract', 'two']);
  });

  it('names the account that a request waited for after its contract', () => {
    const scheduler = createTestScheduler(
      [{ ...twoPerSecond, limit: 2, span: 10 * second }, onePerContract],
      [
        { contract: 'A', part: 1 },
        { contract: 'A', part: 2 },
        { contract: 'A', part: 3 },
      ],
    );
    dispatchAll(scheduler, 0);
    dispatchAll(scheduler, 1_000);
    // The contract is free at 1,300, the account at 10,000.
    expect(dispatchAll(scheduler, 1_300)).toBe('');
    expect(scheduler.next(10_000)?.blockedBy).toBe('two');
  });
});
