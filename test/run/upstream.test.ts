import { describe, expect, test } from 'vitest';

import type { Series } from '../../src/core/series.js';
import { emptySnapshot, growingKnowledge } from '../../src/plan/knowledge.js';
import { equitySeries, optionSeries, pointSeries } from '../../src/plan/series-of-step.js';
import { upstreamOf } from '../../src/run/upstream.js';
import { chainsStep, contractsStep, equityStep, instrumentOf, optionsStep } from '../fixtures/pipelines.js';

const aapl = instrumentOf('AAPL');
const contract = { expiry: '2026-12-18', strike: 100, right: 'C', conId: null } as const;
const knowledge = growingKnowledge({
  ...emptySnapshot,
  contracts: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'contract', conId: 3 }]])]]),
  chains: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'chain', contracts: [] }]])]]),
  closes: new Map([['mock', new Map([['AAPL', { session: '2026-11-18', close: 90, requestId: 'close' }]])]]),
});

describe('the requests that a request builds on', () => {
  const table: readonly (readonly [Series, readonly string[]])[] = [
    [pointSeries(contractsStep(), aapl), []],
    [pointSeries(chainsStep(), aapl), ['contract']],
    [equitySeries(equityStep(), aapl, '1 day'), ['contract']],
    [optionSeries(optionsStep(), aapl, contract, '1 day'), ['chain', 'close']],
  ];
  test.each(table)('of $dataset', (series, expected) => {
    expect(upstreamOf(series, knowledge)).toEqual(expected);
    expect(upstreamOf(series, growingKnowledge(emptySnapshot))).toEqual([]);
  });

  test('are those of the same symbol', () => {
    expect(upstreamOf(pointSeries(chainsStep(), instrumentOf('MSFT')), knowledge)).toEqual([]);
  });
});
