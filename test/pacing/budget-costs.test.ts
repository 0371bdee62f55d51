import { describe, expect, test } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { computeBudgetCosts } from '../../src/pacing/budget-costs.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';

const request = (more: Partial<PacedRequest>): PacedRequest => ({
  dataset: 'equity_bars',
  priceType: 'TRADES',
  barSize: '1 day',
  contract: 'AAPL',
  identical: 'AAPL',
  connection: 'main',
  priority: 5,
  ...more,
});

const budgets: readonly Budget[] = [
  {
    kind: 'rolling',
    name: 'history',
    scope: 'account',
    limit: 60,
    span: 600_000,
    datasets: ['equity_bars'],
    weights: { BID_ASK: 2 },
  },
  { kind: 'rolling', name: 'messages', scope: 'connection', limit: 50, span: 1_000 },
  { kind: 'rolling', name: 'one contract', scope: 'contract', limit: 5, span: 2_000 },
  { kind: 'open', name: 'open', scope: 'account', limit: 50 },
];

describe('computeBudgetCosts', () => {
  test('sums weights in every account-wide budget', () => {
    const requests = [
      request({}),
      request({ priceType: 'BID_ASK' }),
      request({ dataset: 'chains', priceType: null, barSize: null }),
    ];
    expect(computeBudgetCosts(requests, budgets)).toEqual([
      { name: 'history', cost: 3, limit: 60, span: 600_000 },
      { name: 'messages', cost: 3, limit: 50, span: 1_000 },
    ]);
  });

  test('omits budgets that no request uses', () => {
    expect(computeBudgetCosts([], budgets)).toEqual([]);
    expect(computeBudgetCosts([request({ dataset: 'chains' })], budgets).map(({ name }) => name)).toEqual(['messages']);
  });
});
