import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { OptionContract, Right } from '../../../src/core/series.js';
import { selectContracts } from '../../../src/plan/tasks/select-contracts.js';
import { createChain } from '../../fixtures/rows.js';

const today = '2026-11-20';
const calls: readonly Right[] = ['C'];
const one = { strikes: 1, expiries: 1, rights: calls };

function listStrikes(contracts: readonly OptionContract[]): readonly number[] {
  return contracts.map(({ strike }) => strike);
}

describe('selected contracts', () => {
  test('are the strike nearest to the money and the given number on each side', () => {
    const chain = createChain(['2026-12-18'], [80, 90, 100, 110, 120]);
    expect(listStrikes(selectContracts(chain, 104, today, one))).toEqual([90, 100, 110]);
    expect(listStrikes(selectContracts(chain, 106, today, one))).toEqual([100, 110, 120]);
    expect(listStrikes(selectContracts(chain, 104, today, { ...one, strikes: 0 }))).toEqual([100]);
    expect(listStrikes(selectContracts(chain, 104, today, { ...one, strikes: 99 }))).toEqual([80, 90, 100, 110, 120]);
  });

  test('take the lower strike when the price is halfway between two', () => {
    const chain = createChain(['2026-12-18'], [100, 110]);
    expect(listStrikes(selectContracts(chain, 105, today, { ...one, strikes: 0 }))).toEqual([100]);
  });

  test('are fewer at the end of the chain', () => {
    const chain = createChain(['2026-12-18'], [100, 110, 120]);
    expect(listStrikes(selectContracts(chain, 5, today, one))).toEqual([100, 110]);
    expect(listStrikes(selectContracts(chain, 500, today, one))).toEqual([110, 120]);
    expect(selectContracts([], 100, today, one)).toEqual([]);
  });

  test('exclude expired options and include those that expire today', () => {
    const chain = createChain(['2026-11-13', '2026-11-19', '2026-11-20', '2026-11-27'], [100]);
    expect(selectContracts(chain, 100, today, { ...one, expiries: 9 }).map(({ expiry }) => expiry)).toEqual([
      '2026-11-20',
      '2026-11-27',
    ]);
  });

  test('are sorted by expiry, strike and right for any order of the chain', () => {
    const listed = createChain(['2026-11-27', '2026-12-04', '2027-01-15'], [9, 10, 100]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...listed], { minLength: listed.length }), (chain) => {
        const chosen = selectContracts(chain, 10, today, { strikes: 1, expiries: 2, rights: ['P', 'C'] });
        expect(chosen).toEqual(createChain(['2026-11-27', '2026-12-04'], [9, 10, 100]));
      }),
      { numRuns: 30 },
    );
  });

  test('have only the wanted rights, with strikes counted on the whole chain', () => {
    const chain: readonly OptionContract[] = [
      ...createChain(['2026-12-18'], [90, 110]),
      { expiry: '2026-12-18', strike: 100, right: 'C', conId: null },
    ];
    const puts = selectContracts(chain, 101, today, { ...one, rights: ['P'] });
    expect(puts.map(({ strike, right }) => `${strike}${right}`)).toEqual(['90P', '110P']);
  });

  test('use the strikes of each expiry', () => {
    const chain = [...createChain(['2026-11-27'], [98, 100, 102]), ...createChain(['2026-12-18'], [50, 150])];
    const chosen = selectContracts(chain, 101, today, { strikes: 0, expiries: 2, rights: ['C'] });
    expect(listStrikes(chosen)).toEqual([100, 150]);
  });

  test('have an option once that several exchanges list', () => {
    const chain = createChain(['2026-12-18'], [100, 110]);
    const elsewhere = chain.map((contract) => ({ ...contract, conId: 7 }));
    expect(selectContracts([...chain, ...elsewhere], 100, today, { ...one, rights: ['C', 'P'] })).toEqual(chain);
  });
});
