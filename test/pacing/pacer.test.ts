import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { minute, second } from '../../src/core/time.js';
import { createPacer } from '../../src/pacing/pacer.js';
import { interactiveBrokers, paced } from './budgets.js';
import { violations } from './checker.js';
import type { Sent } from './checker.js';

const tenASecond: Budget = {
  kind: 'rolling',
  name: 'ten',
  scope: 'account',
  limit: 10,
  span: second,
  margin: 0,
  weights: { BID_ASK: 2 },
};

describe('a rolling window', () => {
  it('gives the earliest instant that breaks no rule, and no earlier one', () => {
    const spendings = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 400 }), heavy: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(spendings, fc.integer({ min: 0, max: 1_500 }), (pauses, rest) => {
        const pacer = createPacer([tenASecond]);
        const sent: Sent[] = [];
        let now = 0;
        for (const { pause, heavy } of pauses) {
          const request = paced({ contract: 'A', what: heavy ? 'BID_ASK' : 'TRADES' });
          now = pacer.earliest(request, now + pause);
          pacer.spend(request, now);
          sent.push({ request, at: now, until: now });
        }
        expect(violations(sent, [tenASecond])).toEqual([]);
        const request = paced({ contract: 'A' });
        const at = pacer.earliest(request, now + rest);
        const alsoAt = (instant: number): string[] =>
          violations([...sent, { request, at: instant, until: instant }], [tenASecond]);
        expect(alsoAt(at)).toEqual([]);
        if (at > now + rest) expect(alsoAt(at - 1)).not.toEqual([]);
      }),
    );
  });

  it('is half-open: what went a whole span ago is no longer in it', () => {
    const pacer = createPacer([{ ...tenASecond, limit: 1 }]);
    pacer.spend(paced({ contract: 'A' }), 5);
    expect(pacer.earliest(paced({ contract: 'B' }), 5)).toBe(1_005);
    expect(pacer.earliest(paced({ contract: 'B' }), 1_005)).toBe(1_005);
  });

  it('keeps a margin, unless told not to, because the source counts by its own clock', () => {
    const spent = (budget: Budget): number => {
      const pacer = createPacer([budget]);
      pacer.spend(paced({ contract: 'A' }), 0);
      return pacer.earliest(paced({ contract: 'A' }), 0);
    };
    const bare: Budget = { kind: 'rolling', name: 'one', scope: 'account', limit: 1, span: second };
    expect(spent(bare)).toBe(1_005);
    expect(spent({ ...bare, span: 10 * minute })).toBe(600_250);
    expect(spent({ ...bare, margin: 40 })).toBe(1_040);
  });

  it('sends a request that weighs more than the whole limit alone, instead of never', () => {
    const pacer = createPacer([{ ...tenASecond, limit: 1 }]);
    const heavy = paced({ contract: 'A', what: 'BID_ASK' });
    expect(pacer.earliest(heavy, 0)).toBe(0);
    pacer.spend(heavy, 0);
    expect(pacer.earliest(heavy, 0)).toBe(1_000);
  });

  it('counts only the tables and bar sizes it is for', () => {
    const budget: Budget = { ...tenASecond, limit: 1, datasets: ['equity_bars', 'option_bars'], barSizes: ['1 min'] };
    const pacer = createPacer([budget]);
    pacer.spend(paced({ contract: 'A', barSize: '1 min' }), 0);
    expect(pacer.earliest(paced({ contract: 'B', barSize: '1 day' }), 0)).toBe(0);
    expect(pacer.earliest(paced({ contract: 'B', dataset: 'chains' }), 0)).toBe(0);
    expect(pacer.earliest(paced({ contract: 'B', dataset: 'option_bars', barSize: '1 min' }), 0)).toBe(1_000);
  });
});

describe('the pacer', () => {
  it('takes back what was not sent, and nothing else', () => {
    const pacer = createPacer(interactiveBrokers);
    const request = paced({ contract: 'A' });
    pacer.spend(request, 0);
    pacer.takeBack(request, pacer.spend(paced({ contract: 'A' }), 5));
    expect(pacer.left(5).map(({ name, left }) => [name, left])).toEqual([
      ['historical', 59],
      ['identical', 0],
      ['contract', 4],
      ['open', 49],
      ['messages', 49],
    ]);
  });

  it('gives room back when a request ends, and leaves what it spent', () => {
    const pacer = createPacer(interactiveBrokers);
    for (let part = 0; part < 3; part++) pacer.spend(paced({ contract: 'A', part }), 0);
    pacer.release(paced({ contract: 'A', part: 1 }));
    const left = new Map(pacer.left(10).map((budget) => [budget.name, budget.left]));
    expect([left.get('open'), left.get('historical')]).toEqual([48, 57]);
  });

  it('holds everything, or one table, and never shortens a hold', () => {
    const pacer = createPacer([]);
    pacer.hold(500, 'chains');
    pacer.hold(200, null);
    pacer.hold(100, null);
    expect(pacer.earliest(paced({ contract: 'A', dataset: 'chains' }), 0)).toBe(500);
    expect(pacer.earliest(paced({ contract: 'A' }), 0)).toBe(200);
    expect(pacer.blockedBy(paced({ contract: 'A' }), 0)).toBe('hold');
    expect(pacer.blockedBy(paced({ contract: 'A' }), 200)).toBeNull();
  });

  it('waits one span and not until the clock is there again, when the clock was set back', () => {
    const pacer = createPacer([{ ...tenASecond, limit: 1 }]);
    pacer.spend(paced({ contract: 'A' }), 3_600_000);
    pacer.setBack(0);
    expect(pacer.earliest(paced({ contract: 'A' }), 0)).toBe(1_000);
  });
});
