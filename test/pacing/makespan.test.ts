import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BarSize, PriceType } from '../../src/core/tables/bars.js';
import type { Budget } from '../../src/core/budget.js';
import type { Dataset } from '../../src/core/tables/tables.js';
import { minute, second } from '../../src/core/time/time.js';
import type { Duration } from '../../src/core/time/time.js';
import { estimateMakespan } from './estimate-makespan.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';
import { ibBudgets, createPacedRequest } from './budgets.js';
import { findViolations } from './find-violations.js';
import { simulateSending } from './simulate-sending.js';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Relative error of the estimate. */
function estimateError(
  requests: readonly PacedRequest[],
  budgets: readonly Budget[],
  latency: Duration,
  real: Duration,
): number {
  return Math.abs(estimateMakespan(requests, budgets, Infinity, latency) / real - 1);
}

/** An account budget without a margin, so that the makespan can equal the minimum to the millisecond. */
function account(limit: number, span: Duration, heavy = 1): Budget {
  return { kind: 'rolling', name: 'account', scope: 'account', limit, span, margin: 0, weights: { BID_ASK: heavy } };
}

function contract(limit: number, span: Duration): Budget {
  return { kind: 'rolling', name: 'contract', scope: 'contract', limit, span, margin: 0 };
}

describe('the makespan', () => {
  it('is the theoretical minimum for 309 symbols with 60 requests per ten minutes', () => {
    const requests = range(309).map((index) => createPacedRequest({ contract: `S${index}` }));
    const { sent, makespan } = simulateSending(requests, ibBudgets, () => second);
    // 60 at once, five times more after ten minutes each, and the last answer.
    const minimum = 5 * 10 * minute + second;
    expect(findViolations(sent, ibBudgets)).toEqual([]);
    expect(makespan / minimum).toBeLessThanOrEqual(1.001);
    expect(estimateError(requests, ibBudgets, second, makespan)).toBeLessThanOrEqual(0.02);
  });

  it('is the minimum for 5,000 symbols with several bar sizes, quotes of weight 2, contracts and chains', () => {
    const requests = range(5_000).flatMap((index) => {
      const name = `S${index}`;
      return [
        createPacedRequest({ contract: name, dataset: 'contracts' }),
        createPacedRequest({ contract: name, dataset: 'chains' }),
        createPacedRequest({ contract: name, barSize: index % 3 === 0 ? '1 min' : '1 day' }),
        ...(index % 2 === 0 ? [createPacedRequest({ contract: name, priceType: 'BID_ASK', barSize: '30 mins' })] : []),
        ...(index % 100 === 0
          ? range(12).map((part) => createPacedRequest({ contract: name, barSize: '5 secs', part }))
          : []),
      ];
    });
    const { sent, makespan } = simulateSending(requests, ibBudgets, ({ priceType }) =>
      priceType === null ? 300 : 3 * second,
    );
    const weight = requests.reduce(
      (sum, { priceType }) => sum + (priceType === null ? 0 : priceType === 'BID_ASK' ? 2 : 1),
      0,
    );
    const minimum = (Math.ceil(weight / 60) - 1) * 10 * minute + 3 * second;
    expect(findViolations(sent, ibBudgets)).toEqual([]);
    expect(makespan / minimum).toBeLessThanOrEqual(1.001);
    expect(estimateError(requests, ibBudgets, 3 * second, makespan)).toBeLessThanOrEqual(0.02);
  });

  it('equals the duration of the slowest endpoint when each endpoint has its own rate', () => {
    const budgets: Budget[] = [
      { kind: 'rolling', name: 'historical', scope: 'account', limit: 3, span: second, datasets: ['equity_bars'] },
      { kind: 'rolling', name: 'everything', scope: 'account', limit: 10, span: second },
    ];
    const requests = range(2_000).flatMap((index) => [
      createPacedRequest({ contract: `S${index}`, dataset: 'chains' }),
      ...(index % 2 === 0 ? [createPacedRequest({ contract: `S${index}` })] : []),
    ]);
    const { sent, makespan } = simulateSending(requests, budgets, () => 200);
    const minimum = (Math.ceil(1_000 / 3) - 1) * second + 200;
    expect(findViolations(sent, budgets)).toEqual([]);
    expect(makespan / minimum).toBeLessThanOrEqual(1.01);
    expect(estimateError(requests, budgets, 200, makespan)).toBeLessThanOrEqual(0.02);
  });

  it('is the minimum with 300 requests for one contract at the head of the queue', () => {
    const crowd = range(300).map((part) => createPacedRequest({ contract: 'A', part }));
    const others = range(3_000).map((index) => createPacedRequest({ contract: `S${index}` }));
    const budgets = [account(10, second), contract(5, 2 * second)];
    const { sent, makespan } = simulateSending([...crowd, ...others], budgets, () => 0);
    expect(findViolations(sent, budgets)).toEqual([]);
    expect(makespan).toBe((3_300 / 10 - 1) * second);
  });

  it('is the minimum with the slowest contract at the end of the queue', () => {
    const others = range(2_000).map((index) => createPacedRequest({ contract: `S${index}` }));
    const crowdRequests = range(400).flatMap((part) => [
      createPacedRequest({ contract: 'A', part }),
      createPacedRequest({ contract: 'B', part }),
    ]);
    const budgets = [account(10, second), contract(3, 2 * second)];
    const requests = [...others, ...crowdRequests];
    const { sent, makespan } = simulateSending(requests, budgets, () => 0);
    // Each group alone takes 266 s; in order of arrival it would take 200 s and then 266 s.
    expect(findViolations(sent, budgets)).toEqual([]);
    expect(makespan / ((2_800 / 10 - 1) * second)).toBeLessThanOrEqual(1.01);
    expect(estimateError(requests, budgets, 0, makespan)).toBeLessThanOrEqual(0.02);
  });

  it('is the minimum with heavy requests that leave a remainder for light requests only', () => {
    const light = range(100).map((index) => createPacedRequest({ contract: `L${index}` }));
    const heavy = range(100).map((index) => createPacedRequest({ contract: `H${index}`, priceType: 'BID_ASK' }));
    const budgets = [account(3, second, 2)];
    const { sent, makespan } = simulateSending([...light, ...heavy], budgets, () => 0);
    expect(findViolations(sent, budgets)).toEqual([]);
    expect(makespan).toBe(99 * second);
  });

  it('equals the duration set by the slots when requests in flight are limited', () => {
    const requests = range(1_000).map((index) => createPacedRequest({ contract: `S${index}` }));
    const budgets: Budget[] = [{ kind: 'open', name: 'open', scope: 'account', limit: 7 }];
    const { sent, makespan } = simulateSending(requests, budgets, () => 250);
    expect(findViolations(sent, budgets)).toEqual([]);
    expect(makespan).toBe(Math.ceil(1_000 / 7) * 250);
    expect(estimateMakespan(requests, budgets, Infinity, 250)).toBe(makespan);
    expect(estimateMakespan(requests, [], 7, 250)).toBe(makespan);
  });

  it('exceeds no budget, and equals the minimum where the minimum can be computed, for any budgets', () => {
    const someBudgets = fc.record({
      limit: fc.integer({ min: 2, max: 40 }),
      span: fc.integer({ min: 200, max: 60_000 }),
      contractLimit: fc.integer({ min: 1, max: 6 }),
      contractSpan: fc.integer({ min: 1, max: 3_000 }),
    });
    const someRequests = fc.array(
      fc.record({
        contract: fc.integer({ min: 0, max: 30 }),
        heavy: fc.boolean(),
        crowd: fc.integer({ min: 1, max: 12 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(someBudgets, someRequests, ({ limit, span, contractLimit, contractSpan }, inputs) => {
        const budgets = [account(limit, span, 2), contract(contractLimit, contractSpan)];
        const requests = inputs.flatMap(({ contract: name, heavy, crowd }, input) =>
          range(crowd).map((part) =>
            createPacedRequest({
              contract: `S${name}`,
              priceType: heavy ? 'BID_ASK' : 'TRADES',
              part: input * 100 + part,
            }),
          ),
        );
        const { sent, makespan } = simulateSending(requests, budgets, () => 0);
        expect(findViolations(sent, budgets)).toEqual([]);

        const heavy = requests.filter(({ priceType }) => priceType === 'BID_ASK').length;
        const windows = Math.max(
          Math.ceil((requests.length + heavy) / limit),
          Math.ceil(heavy / Math.floor(limit / 2)),
        );
        const counts = new Map<string, number>();
        for (const { contract: name } of requests) counts.set(name, (counts.get(name) ?? 0) + 1);
        const longest = (Math.ceil(Math.max(...counts.values()) / contractLimit) - 1) * contractSpan;
        const minimum = Math.max((windows - 1) * span, longest);
        if (longest === 0) expect(makespan).toBe(minimum);
        // When both budgets bind, the true minimum is above the greater of the two; and weights that do not divide a limit
        // (2 and 1 in 3) may fill it worse while a contract waits.
        else if (limit % 2 === 0 && (longest * 2 < span || windows === 1)) {
          expect(makespan).toBeLessThanOrEqual(1.01 * minimum + longest);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the minimum for any order of arrival with several limits and slots', () => {
    const budgets: Budget[] = [
      account(6, 2 * second, 2),
      { kind: 'rolling', name: 'bars', scope: 'account', limit: 20, span: 10 * second, datasets: ['equity_bars'] },
      { kind: 'rolling', name: 'identical', scope: 'identical', limit: 1, span: 15 * second },
      { kind: 'open', name: 'one a contract', scope: 'contract', limit: 1, barSizes: ['1 min'] },
      { kind: 'open', name: 'open', scope: 'account', limit: 4 },
    ];
    const input = fc.record({
      contract: fc.constantFrom('A', 'B', 'C'),
      dataset: fc.constantFrom<Dataset>('equity_bars', 'chains'),
      priceType: fc.constantFrom<PriceType>('TRADES', 'BID_ASK'),
      barSize: fc.constantFrom<BarSize>('1 min', '1 day'),
      part: fc.integer({ min: 0, max: 20 }),
      priority: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), fc.integer({ min: 1, max: 3_000 }), (inputs, latency) => {
        const { sent } = simulateSending(
          inputs.map(createPacedRequest),
          budgets,
          ({ identical }) => latency + identical.length,
        );
        expect(sent.length).toBe(inputs.length);
        expect(findViolations(sent, budgets)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
