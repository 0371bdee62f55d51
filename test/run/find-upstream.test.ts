import { describe, expect, test } from 'vitest';

import type { Series } from '../../src/core/series.js';
import { emptyKnownState, createKnownState } from '../../src/plan/known-state.js';
import { equitySeries, optionSeries, pointSeries } from '../../src/plan/tasks/step-series.js';
import { findUpstream } from '../../src/run/find-upstream.js';
import {
  createChainsStep,
  createContractsStep,
  createEquityStep,
  createInstrument,
  createOptionsStep,
} from '../fixtures/pipelines.js';

const aapl = createInstrument('AAPL');
const contract = { expiry: '2026-12-18', strike: 100, right: 'C', conId: null } as const;
const knownState = createKnownState({
  ...emptyKnownState,
  contracts: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'contract', conId: 3 }]])]]),
  chains: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'chain', contracts: [] }]])]]),
  closes: new Map([['mock', new Map([['AAPL', { session: '2026-11-18', close: 90, requestId: 'close' }]])]]),
});

describe('findUpstream', () => {
  const table: readonly (readonly [Series, readonly string[]])[] = [
    [pointSeries(createContractsStep(), aapl), []],
    [pointSeries(createChainsStep(), aapl), ['contract']],
    [equitySeries(createEquityStep(), aapl, '1 day'), ['contract']],
    [optionSeries(createOptionsStep(), aapl, contract, '1 day'), ['chain', 'close']],
  ];
  test.each(table)('returns the requests that $dataset depends on', (series, expected) => {
    expect(findUpstream(series, knownState)).toEqual(expected);
    expect(findUpstream(series, createKnownState(emptyKnownState))).toEqual([]);
  });

  test('returns requests of the same symbol only', () => {
    expect(findUpstream(pointSeries(createChainsStep(), createInstrument('MSFT')), knownState)).toEqual([]);
  });
});
