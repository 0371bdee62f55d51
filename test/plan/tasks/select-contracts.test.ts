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

describe('chosen options', () => {
  test('are the strike nearest to the money and as many on either side', () => {
    const chain = createChain(['2026-12-18'], [80, 90, 100, 110, 120]);
    expect(listStrikes(selectContracts(chain, 104, today, one))).toEqual([90, 100, 110]);
    expect(listStrikes(selectContracts(chain, 106, today, one))).toEqual([100, 110, 120]);
    expect(listStrikes(selectContracts(chain, 104, today, { ...one, strikes: 0 }))).toEqual([100]);
    expect(listStrikes(selectContracts(chain, 104, today, { ...one, strikes: 99 }))).toEqual([80, 90, 100, 110, 120]);
  });

  test('halfway between two strikes the lower one is the nearest', () => {
    const chain = createChain(['2026-12-18'], [100, 110]);
    expect(listStrikes(selectContracts(chain, 105, today, { ...one, strikes: 0 }))).toEqual([100]);
  });

  test('are fewer where the chain ends', () => {
    const chain = createChain(['2026-12-18'], [100, 110, 120]);
    expect(listStrikes(selectContracts(chain, 5, today, one))).toEqual([100, 110]);
    expect(listStrikes(selectContracts(chain, 500, today, one))).toEqual([110, 120]);
    expect(selectContracts([], 100, today, one)).toEqual([]);
  });

  test('have not expired; one that expires today has not', () => {
    const chain = createChain(['2026-11-13', '2026-11-19', '2026-11-20', '2026-11-27'], [100]);
    expect(selectContracts(chain, 100, today, { ...one, expiries: 9 }).map(({ expiry }) => expiry)).toEqual([
      '2026-11-20',
      '2026-11-27',
    ]);
  });

  test('come by expiry, soonest first, then by strike, calls before puts, whatever the order of the chain', () => {
    const listed = createChain(['2026-11-27', '2026-12-04', '2027-01-15'], [9, 10, 100]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...listed], { minLength: listed.length }), (chain) => {
        const chosen = selectContracts(chain, 10, today, { strikes: 1, expiries: 2, rights: ['P', 'C'] });
        expect(chosen).toEqual(createChain(['2026-11-27', '2026-12-04'], [9, 10, 100]));
      }),
      { numRuns: 30 },
    );
  });

  test('are of the wanted rights only, and the strikes are counted on the whole chain', () => {
    const chain: readonly OptionContract[] = [
      ...createChain(['2026-12-18'], [90, 110]),
      { expiry: '2026-12-18', strike: 100, right: 'C', conId: null },
    ];
    const puts = selectContracts(chain, 101, today, { ...one, rights: ['P'] });
    expect(puts.map(({ strike, right }) => `${strike}${right}`)).toEqual(['90P', '110P']);
  });

  test('each expiry has strikes of its own', () => {
    const chain = [...createChain(['2026-11-27'], [98, 100, 102]), ...createChain(['2026-12-18'], [50, 150])];
    const chosen = selectContracts(chain, 101, today, { strikes: 0, expiries: 2, rights: ['C'] });
    expect(listStrikes(chosen)).toEqual([100, 150]);
  });

  test('an option listed on several exchanges is one option', () => {
    const chain = createChain(['2026-12-18'], [100, 110]);
    const elsewhere = chain.map((contract) => ({ ...contract, conId: 7 }));
    expect(selectContracts([...chain, ...elsewhere], 100, today, { ...one, rights: ['C', 'P'] })).toEqual(chain);
  });
});
