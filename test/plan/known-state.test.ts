import { describe, expect, test } from 'vitest';

import type { BarSize } from '../../src/core/tables/bars.js';
import type { FetchResult } from '../../src/core/fetch-result.js';
import type { Rows } from '../../src/core/tables/rows.js';
import type { Series } from '../../src/core/series.js';
import { emptyKnownState, createKnownState } from '../../src/plan/known-state.js';
import type { KnownStateSnapshot } from '../../src/plan/known-state.js';
import { equitySeries, pointSeries } from '../../src/plan/tasks/step-series.js';
import { createChainsStep, createContractsStep, createEquityStep, createInstrument } from '../fixtures/pipelines.js';
import { createBarRows, createChain, createChainRows, createContractRows } from '../fixtures/rows.js';

const aapl = createInstrument('AAPL');
const chain = createChain(['2026-12-18'], [100, 110]);

function fetchResult(series: Series, rows: Rows | null, requestId = 'run/1', answeredAt = 5): FetchResult {
  return { requestId, series, step: 'any', requestedAt: 1, answeredAt, upstream: [], closedWindows: [], rows };
}

function barsResult(barSize: BarSize, date: string, close: number, requestId: string): FetchResult {
  const rows = createBarRows('equity_bars', [Date.parse(`${date}T14:30:00Z`), Date.parse(`${date}T20:30:00Z`)], close);
  return fetchResult(equitySeries(createEquityStep(), aapl, barSize), rows, requestId);
}

const knownSnapshot: KnownStateSnapshot = {
  ...emptyKnownState,
  contracts: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'old/1', conId: 3 }]])]]),
  chains: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'old/2', contracts: [] }]])]]),
  closes: new Map([['mock', new Map([['AAPL', { session: '2026-11-18', close: 90, requestId: 'old/3' }]])]]),
};

describe('known state', () => {
  test('returns the state of the lake until a result is recorded', () => {
    const knownState = createKnownState(knownSnapshot);
    expect(knownState.contract('mock', 'AAPL')?.conId).toBe(3);
    expect(knownState.chain('mock', 'AAPL')?.requestId).toBe('old/2');
    expect(knownState.close('mock', 'AAPL')?.close).toBe(90);
    expect(knownState.close('mock', 'MSFT')).toBeUndefined();
    expect(createKnownState(emptyKnownState).contract('mock', 'AAPL')).toBeUndefined();
  });

  test('records contracts and chains with the requests that fetched them', () => {
    const knownState = createKnownState(knownSnapshot);
    knownState.record(fetchResult(pointSeries(createContractsStep(), aapl), createContractRows(8), 'run/1'));
    knownState.record(fetchResult(pointSeries(createChainsStep(), aapl), createChainRows(chain), 'run/2'));
    expect(knownState.contract('mock', 'AAPL')).toEqual({ asOf: 5, requestId: 'run/1', conId: 8 });
    expect(knownState.chain('mock', 'AAPL')).toEqual({ asOf: 5, requestId: 'run/2', contracts: chain });
  });

  test('keeps its state on an empty result and drops rows that are no options', () => {
    const knownState = createKnownState(knownSnapshot);
    knownState.record(fetchResult(pointSeries(createChainsStep(), aapl), null));
    expect(knownState.chain('mock', 'AAPL')?.requestId).toBe('old/2');
    const odd = createChainRows(chain);
    const right = ['C', null, 'x', 'P'];
    knownState.record(
      fetchResult(pointSeries(createChainsStep(), aapl), { ...odd, columns: { ...odd.columns, right } }),
    );
    expect(knownState.chain('mock', 'AAPL')?.contracts).toEqual([chain[0], chain[3]]);
  });

  test('returns null for a contract id that the provider does not have', () => {
    const knownState = createKnownState(emptyKnownState);
    knownState.record(fetchResult(pointSeries(createContractsStep(), aapl), createContractRows(NaN)));
    expect(knownState.contract('mock', 'AAPL')?.conId).toBeNull();
  });

  test('returns the close of the latest session when results arrive in another order', () => {
    const knownState = createKnownState(knownSnapshot);
    knownState.record(barsResult('1 day', '2026-11-20', 101, 'run/1'));
    knownState.record(barsResult('1 day', '2026-11-17', 80, 'run/2'));
    expect(knownState.close('mock', 'AAPL')).toEqual({ session: '2026-11-20', close: 101, requestId: 'run/1' });
  });

  test('replaces the close of a session that is fetched again', () => {
    const knownState = createKnownState(knownSnapshot);
    knownState.record(barsResult('1 day', '2026-11-18', 91, 'run/1'));
    expect(knownState.close('mock', 'AAPL')?.close).toBe(91);
  });

  test('prefers the daily close to that of shorter bars, in any order', () => {
    const answers = [
      barsResult('1 day', '2026-11-20', 101, 'run/1'),
      barsResult('5 mins', '2026-11-20', 100.9, 'run/2'),
    ];
    for (const order of [answers, answers.toReversed()]) {
      const knownState = createKnownState(emptyKnownState);
      for (const answer of order) knownState.record(answer);
      expect(knownState.close('mock', 'AAPL')).toEqual({ session: '2026-11-20', close: 101, requestId: 'run/1' });
    }
  });

  test('prefers the close of trades in regular hours to that of other prices and hours, in any order', () => {
    const rth = barsResult('1 day', '2026-11-20', 101, 'run/1');
    if (rth.series.dataset !== 'equity_bars') throw new Error('no bars');
    const bid: FetchResult = {
      ...barsResult('1 day', '2026-11-20', 100, 'run/2'),
      series: { ...rth.series, priceType: 'BID' },
    };
    const allHours: FetchResult = {
      ...barsResult('1 day', '2026-11-20', 99, 'run/3'),
      series: { ...rth.series, hours: 'all' },
    };
    for (const results of [
      [rth, bid, allHours],
      [bid, allHours, rth],
      [allHours, rth, bid],
    ]) {
      const knownState = createKnownState(knownSnapshot);
      for (const result of results) knownState.record(result);
      expect(knownState.close('mock', 'AAPL')?.close).toBe(101);
    }
  });

  test('returns the close of intraday bars when there is no daily bar', () => {
    const knownState = createKnownState(knownSnapshot);
    knownState.record(barsResult('5 mins', '2026-11-20', 100.9, 'run/1'));
    knownState.record(barsResult('1 min', '2026-11-20', 100.8, 'run/2'));
    expect(knownState.close('mock', 'AAPL')?.close).toBe(100.8);
  });

  test('ignores a bar without a close', () => {
    const knownState = createKnownState(knownSnapshot);
    knownState.record(barsResult('1 day', '2026-11-20', NaN, 'run/1'));
    expect(knownState.close('mock', 'AAPL')?.session).toBe('2026-11-18');
  });
});
