import { describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { second } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';
import { createPacer } from '../../src/pacing/pacer.js';
import { createScheduler } from '../../src/pacing/scheduler.js';
import type { Scheduler } from '../../src/pacing/scheduler.js';
import { paced } from './budgets.js';
import type { Wish } from './budgets.js';

function schedulerWith(budgets: readonly Budget[], wishes: readonly Wish[]): Scheduler<string> {
  const scheduler = createScheduler<string>(createPacer(budgets));
  for (const wish of wishes) scheduler.add(paced(wish), wish.contract, 0);
  return scheduler;
}

/** The names of what goes at an instant, in order. */
function going(scheduler: Scheduler<string>, now: Instant): string {
  const names: string[] = [];
  for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) names.push(next.waiting.value);
  return names.join(' ');
}

const twoASecond: Budget = {
  kind: 'rolling',
  name: 'two',
  scope: 'account',
  limit: 2,
  span: second,
  margin: 0,
  weights: { BID_ASK: 2 },
};
const oneAContract: Budget = { kind: 'rolling', name: 'contract', scope: 'contract', limit: 1, span: 300, margin: 0 };

describe('the scheduler', () => {
  it('lets go first what came first', () => {
    const scheduler = schedulerWith(
      [twoASecond],
      [{ contract: 'A' }, { contract: 'B', barSize: '1 min' }, { contract: 'C' }],
    );
    expect(going(scheduler, 0)).toBe('A B');
    expect(scheduler.nextAt()).toBe(1_000);
    expect(going(scheduler, 999)).toBe('');
    expect(going(scheduler, 1_000)).toBe('C');
    expect(scheduler.size).toBe(0);
  });

  it('lets go first what has priority, even if it came last', () => {
    const scheduler = schedulerWith(
      [twoASecond],
      [{ contract: 'A' }, { contract: 'B', priority: 2 }, { contract: 'C', priority: 1, dataset: 'chains' }],
    );
    expect(going(scheduler, 0)).toBe('C B');
  });

  it('passes by a contract that has to wait, and comes back to it in its turn', () => {
    const scheduler = schedulerWith(
      [{ ...twoASecond, limit: 3 }, oneAContract],
      [{ contract: 'A', part: 1 }, { contract: 'A', part: 2 }, { contract: 'B' }, { contract: 'C' }, { contract: 'D' }],
    );
    expect(going(scheduler, 0)).toBe('A B C');
    expect(going(scheduler, 1_000)).toBe('A D');
  });

  it('passes by an identical request, whichever way it is asked for', () => {
    const identical: Budget = {
      kind: 'rolling',
      name: 'identical',
      scope: 'identical',
      limit: 1,
      span: 15 * second,
      margin: 0,
    };
    const scheduler = schedulerWith(
      [identical],
      [{ contract: 'A' }, { contract: 'A' }, { contract: 'A', part: 1 }, { contract: 'A' }],
    );
    expect(going(scheduler, 0)).toBe('A A');
    expect(scheduler.nextAt()).toBe(15_000);
    expect(going(scheduler, 15_000)).toBe('A');
    expect(going(scheduler, 30_000)).toBe('A');
  });

  it('passes by what is too heavy for the rest of a window', () => {
    const scheduler = schedulerWith(
      [twoASecond],
      [{ contract: 'A' }, { contract: 'B', what: 'BID_ASK' }, { contract: 'C' }],
    );
    expect(going(scheduler, 0)).toBe('A C');
    expect(going(scheduler, 1_000)).toBe('B');
  });

  it('keeps room together for a heavy request of higher priority', () => {
    const scheduler = schedulerWith([twoASecond], [{ contract: 'A' }]);
    expect(going(scheduler, 0)).toBe('A');
    scheduler.add(paced({ contract: 'B' }), 'B', 500);
    expect(going(scheduler, 500)).toBe('B');
    scheduler.add(paced({ contract: 'H', what: 'BID_ASK', priority: 1 }), 'H', 600);
    for (const name of ['C', 'D', 'E', 'F']) scheduler.add(paced({ contract: name }), name, 600);
    // At 1,000 there is room for one light request; with it in between, the heavy one would never find room for two.
    expect(going(scheduler, 1_000)).toBe('');
    expect(scheduler.nextAt()).toBe(1_500);
    expect(going(scheduler, 1_500)).toBe('H');
    expect(going(scheduler, 2_500)).toBe('C D');
  });

  it('forgets what no longer wants to go, and the rest moves up', () => {
    const scheduler = createScheduler<string>(createPacer([twoASecond, oneAContract]));
    const dropped = scheduler.add(paced({ contract: 'A' }), 'A', 0);
    scheduler.add(paced({ contract: 'A', part: 1 }), 'A1', 0);
    scheduler.drop(dropped);
    expect(scheduler.size).toBe(1);
    expect(going(scheduler, 0)).toBe('A1');
  });

  it('waits for a release where so many may be under way', () => {
    const budget: Budget = { kind: 'open', name: 'open', scope: 'contract', limit: 1 };
    const scheduler = schedulerWith([budget], [{ contract: 'A' }, { contract: 'A', part: 1 }, { contract: 'B' }]);
    expect(going(scheduler, 0)).toBe('A B');
    expect(scheduler.nextAt()).toBe(Infinity);
    scheduler.release(paced({ contract: 'B' }));
    expect(going(scheduler, 5)).toBe('');
    scheduler.release(paced({ contract: 'A' }));
    expect(going(scheduler, 5)).toBe('A');
  });

  it('says which budget a request was waiting for', () => {
    const scheduler = schedulerWith(
      [{ ...twoASecond, limit: 3 }, oneAContract],
      [{ contract: 'A', part: 1 }, { contract: 'A', part: 2 }, { contract: 'B' }, { contract: 'C' }, { contract: 'D' }],
    );
    going(scheduler, 0);
    expect([scheduler.next(1_000)?.blockedBy, scheduler.next(1_000)?.blockedBy]).toEqual(['contract', 'two']);
  });
});
