import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { minute, second } from '../../src/core/time/time.js';
import { createPacer } from '../../src/pacing/pacer.js';
import { ibBudgets, createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';
import type { SentRequest } from './find-violations.js';

const tenPerSecond: Budget = {
  kind: 'rolling',
  name: 'ten',
  scope: 'account',
  limit: 10,
  span: second,
  margin: 0,
  weights: { BID_ASK: 2 },
};

describe('a rolling window', () => {
  it('returns the earliest instant that exceeds no budget', () => {
    const spendings = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 400 }), heavy: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(spendings, fc.integer({ min: 0, max: 1_500 }), (pauses, rest) => {
        const pacer = createPacer([tenPerSecond]);
        const sent: SentRequest[] = [];
        let now = 0;
        for (const { pause, heavy } of pauses) {
          const request = createPacedRequest({ contract: 'A', priceType: heavy ? 'BID_ASK' : 'TRADES' });
          now = pacer.earliest(request, now + pause);
          pacer.spend(request, now);
          sent.push({ request, at: now, until: now });
        }
        expect(findViolations(sent, [tenPerSecond])).toEqual([]);
        const request = createPacedRequest({ contract: 'A' });
        const at = pacer.earliest(request, now + rest);
        const alsoAt = (instant: number): string[] =>
          findViolations([...sent, { request, at: instant, until: instant }], [tenPerSecond]);
        expect(alsoAt(at)).toEqual([]);
        if (at > now + rest) expect(alsoAt(at - 1)).not.toEqual([]);
      }),
    );
  });

  it('is half-open: excludes a spend of exactly one span ago', () => {
    const pacer = createPacer([{ ...tenPerSecond, limit: 1 }]);
    pacer.spend(createPacedRequest({ contract: 'A' }), 5);
    expect(pacer.earliest(createPacedRequest({ contract: 'B' }), 5)).toBe(1_005);
    expect(pacer.earliest(createPacedRequest({ contract: 'B' }), 1_005)).toBe(1_005);
  });

  it('adds a margin by default and none when it is 0', () => {
    const spent = (budget: Budget): number => {
      const pacer = createPacer([budget]);
      pacer.spend(createPacedRequest({ contract: 'A' }), 0);
      return pacer.earliest(createPacedRequest({ contract: 'A' }), 0);
    };
    const bare: Budget = { kind: 'rolling', name: 'one', scope: 'account', limit: 1, span: second };
    expect(spent(bare)).toBe(1_005);
    expect(spent({ ...bare, span: 10 * minute })).toBe(600_250);
    expect(spent({ ...bare, margin: 40 })).toBe(1_040);
  });

  it('sends a request heavier than the limit alone', () => {
    const pacer = createPacer([{ ...tenPerSecond, limit: 1 }]);
    const heavy = createPacedRequest({ contract: 'A', priceType: 'BID_ASK' });
    expect(pacer.earliest(heavy, 0)).toBe(0);
    pacer.spend(heavy, 0);
    expect(pacer.earliest(heavy, 0)).toBe(1_000);
  });

  it('counts only requests of its tables and bar sizes', () => {
    const budget: Budget = { ...tenPerSecond, limit: 1, datasets: ['equity_bars', 'option_bars'], barSizes: ['1 min'] };
    const pacer = createPacer([budget]);
    pacer.spend(createPacedRequest({ contract: 'A', barSize: '1 min' }), 0);
    expect(pacer.earliest(createPacedRequest({ contract: 'B', barSize: '1 day' }), 0)).toBe(0);
    expect(pacer.earliest(createPacedRequest({ contract: 'B', dataset: 'chains' }), 0)).toBe(0);
    expect(pacer.earliest(createPacedRequest({ contract: 'B', dataset: 'option_bars', barSize: '1 min' }), 0)).toBe(
      1_000,
    );
  });
});

describe('the pacer', () => {
  it('refunds only the request that was not sent', () => {
    const pacer = createPacer(ibBudgets);
    const request = createPacedRequest({ contract: 'A' });
    pacer.spend(request, 0);
    pacer.refund(request, pacer.spend(createPacedRequest({ contract: 'A' }), 5));
    expect(pacer.remaining(5).map(({ name, remaining }) => [name, remaining])).toEqual([
      ['historical', 59],
      ['identical', 0],
      ['contract', 4],
      ['open', 49],
      ['messages', 49],
    ]);
  });

  it('frees a slot when a request ends and keeps its spend', () => {
    const pacer = createPacer(ibBudgets);
    for (let part = 0; part < 3; part++) pacer.spend(createPacedRequest({ contract: 'A', part }), 0);
    pacer.release(createPacedRequest({ contract: 'A', part: 1 }));
    const remaining = new Map(pacer.remaining(10).map((budget) => [budget.name, budget.remaining]));
    expect([remaining.get('open'), remaining.get('historical')]).toEqual([48, 57]);
  });

  it('holds all tables or one, and never shortens a hold', () => {
    const pacer = createPacer([]);
    pacer.hold(500, 'chains');
    pacer.hold(200, null);
    pacer.hold(100, null);
    expect(pacer.earliest(createPacedRequest({ contract: 'A', dataset: 'chains' }), 0)).toBe(500);
    expect(pacer.earliest(createPacedRequest({ contract: 'A' }), 0)).toBe(200);
    expect(pacer.blockedBy(createPacedRequest({ contract: 'A' }), 0)).toBe('provider pause');
    expect(pacer.blockedBy(createPacedRequest({ contract: 'A' }), 200)).toBeNull();
  });

  it('waits one span when the clock was set back', () => {
    const pacer = createPacer([{ ...tenPerSecond, limit: 1 }]);
    pacer.spend(createPacedRequest({ contract: 'A' }), 3_600_000);
    pacer.onClockSetBack(0);
    expect(pacer.earliest(createPacedRequest({ contract: 'A' }), 0)).toBe(1_000);
  });
});
