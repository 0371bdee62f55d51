import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { OptionContract, Right } from '../../../src/core/series.js';
import { selectContracts } from '../../../src/plan/tasks/select-contracts.js';
import type { SelectionBasis } from '../../../src/plan/tasks/select-contracts.js';
import type { ExpirySelection, StrikeSelection } from '../../../src/core/option-selection.js';
import { createChain } from '../../fixtures/rows.js';

const today = '2026-11-20';
const calls: readonly Right[] = ['C'];
const noDelta = (): null => null;
const at = (spot: number, delta: SelectionBasis['delta'] = noDelta): SelectionBasis => ({ spot, today, delta });
const one = { strikes: 1, expiries: 1, rights: calls };

function listStrikes(contracts: readonly OptionContract[]): readonly number[] {
  return contracts.map(({ strike }) => strike);
}

describe('selected contracts', () => {
  test('are the strike nearest to the money and the given number on each side', () => {
    const chain = createChain(['2026-12-18'], [80, 90, 100, 110, 120]);
    expect(listStrikes(selectContracts(chain, at(104), one))).toEqual([90, 100, 110]);
    expect(listStrikes(selectContracts(chain, at(106), one))).toEqual([100, 110, 120]);
    expect(listStrikes(selectContracts(chain, at(104), { ...one, strikes: 0 }))).toEqual([100]);
    expect(listStrikes(selectContracts(chain, at(104), { ...one, strikes: 99 }))).toEqual([80, 90, 100, 110, 120]);
  });

  test('take the lower strike when the price is halfway between two', () => {
    const chain = createChain(['2026-12-18'], [100, 110]);
    expect(listStrikes(selectContracts(chain, at(105), { ...one, strikes: 0 }))).toEqual([100]);
  });

  test('are fewer at the end of the chain', () => {
    const chain = createChain(['2026-12-18'], [100, 110, 120]);
    expect(listStrikes(selectContracts(chain, at(5), one))).toEqual([100, 110]);
    expect(listStrikes(selectContracts(chain, at(500), one))).toEqual([110, 120]);
    expect(selectContracts([], at(100), one)).toEqual([]);
  });

  test('exclude expired options and include those that expire today', () => {
    const chain = createChain(['2026-11-13', '2026-11-19', '2026-11-20', '2026-11-27'], [100]);
    expect(selectContracts(chain, at(100), { ...one, expiries: 9 }).map(({ expiry }) => expiry)).toEqual([
      '2026-11-20',
      '2026-11-27',
    ]);
  });

  test('are sorted by expiry, strike and right for any order of the chain', () => {
    const listed = createChain(['2026-11-27', '2026-12-04', '2027-01-15'], [9, 10, 100]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...listed], { minLength: listed.length }), (chain) => {
        const chosen = selectContracts(chain, at(10), { strikes: 1, expiries: 2, rights: ['P', 'C'] });
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
    const puts = selectContracts(chain, at(101), { ...one, rights: ['P'] });
    expect(puts.map(({ strike, right }) => `${strike}${right}`)).toEqual(['90P', '110P']);
  });

  test('use the strikes of each expiry', () => {
    const chain = [...createChain(['2026-11-27'], [98, 100, 102]), ...createChain(['2026-12-18'], [50, 150])];
    const chosen = selectContracts(chain, at(101), { strikes: 0, expiries: 2, rights: ['C'] });
    expect(listStrikes(chosen)).toEqual([100, 150]);
  });

  test('have the options of every class of an expiry, each class on its own', () => {
    const main = createChain(['2026-12-18'], [100, 110]).map((contract) => ({ ...contract, tradingClass: 'SPX' }));
    const other = main.map((contract) => ({ ...contract, tradingClass: 'SPXW', isOtherClass: true as const }));
    const chosen = selectContracts([...other, ...main], at(100), { ...one, strikes: 0, rights: ['C', 'P'] });
    expect(chosen.map(({ right, tradingClass }) => `${right} ${tradingClass ?? ''}`)).toEqual([
      ...['C SPX', 'P SPX', 'C SPXW', 'P SPXW'],
    ]);
  });

  test('have an option once that several exchanges list', () => {
    const chain = createChain(['2026-12-18'], [100, 110]);
    const elsewhere = chain.map((contract) => ({ ...contract, conId: 7 }));
    expect(selectContracts([...chain, ...elsewhere], at(100), { ...one, rights: ['C', 'P'] })).toEqual(chain);
  });
});

describe('expiries by days', () => {
  /** SPY: an expiry every weekday for two weeks, then every Friday, then months. */
  const expiries = [
    ...['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30', '2026-12-01', '2026-12-02'],
    ...['2026-12-04', '2026-12-11', '2026-12-18', '2026-12-24', '2027-01-15', '2027-02-19', '2027-06-18'],
  ];
  const chain = createChain(expiries, [100]);
  const choose = (selection: ExpirySelection): readonly string[] => [
    ...new Set(selectContracts(chain, at(100), { ...one, expiries: selection }).map(({ expiry }) => expiry)),
  ];
  const rules = { nearest: 0, terms: [], range: null };

  test('take the last expiry up to each term and the first from it on', () => {
    expect(choose({ ...rules, terms: [30] })).toEqual(['2026-12-18', '2026-12-24']);
    expect(choose({ ...rules, terms: [7, 30, 60] })).toEqual([
      ...['2026-11-27', '2026-12-18', '2026-12-24', '2027-01-15', '2027-02-19'],
    ]);
  });

  test('take one expiry for a term with none on the other side', () => {
    expect(choose({ ...rules, terms: [400] })).toEqual(['2027-06-18']);
  });

  test('add the nearest ones and those of a range', () => {
    expect(choose({ nearest: 2, terms: [30], range: null })).toEqual([
      ...['2026-11-20', '2026-11-23', '2026-12-18', '2026-12-24'],
    ]);
    expect(choose({ ...rules, range: { min: 20, max: 60 } })).toEqual([
      '2026-12-11',
      '2026-12-18',
      '2026-12-24',
      '2027-01-15',
    ]);
    expect(choose({ ...rules, range: { min: 90, max: Infinity } })).toEqual(['2027-02-19', '2027-06-18']);
  });

  test('are all with `all`, and the nearest ones with a number', () => {
    expect(choose('all')).toEqual(expiries);
    expect(choose(3)).toEqual(expiries.slice(0, 3));
  });
});

describe('strikes by rules', () => {
  const chain = createChain(['2026-12-18'], [80, 90, 95, 100, 105, 110, 120]);
  const choose = (strikes: StrikeSelection, delta = noDelta as SelectionBasis['delta']): readonly string[] =>
    selectContracts(chain, at(101, delta), { strikes, expiries: 1, rights: ['C', 'P'] }).map(
      ({ strike, right }) => `${strike}${right}`,
    );
  const rules = { nearest: null, percent: null, delta: null };
  // Falls by one tenth per 5 points.
  const delta: SelectionBasis['delta'] = ({ strike, right }) =>
    right === 'C' ? 0.5 - (strike - 100) / 50 : -0.5 - (strike - 100) / 50;

  test('lie within a per cent of the price', () => {
    expect(choose({ ...rules, percent: 6 })).toEqual(['95C', '95P', '100C', '100P', '105C', '105P']);
  });

  test('have a delta in the range, for calls and puts on their own', () => {
    expect(choose({ ...rules, delta: { min: 0.25, max: 0.45 } }, delta)).toEqual(['90P', '95P', '105C', '110C']);
  });

  test('add up, and an option without a delta is in no range', () => {
    expect(choose({ nearest: 0, percent: null, delta: { min: 0, max: 1 } })).toEqual(['100C', '100P']);
    expect(choose({ nearest: 0, percent: null, delta: { min: 0.25, max: 0.35 } }, delta)).toEqual([
      ...['90P', '100C', '100P', '110C'],
    ]);
  });

  test('are all with `all`', () => {
    expect(choose('all')).toHaveLength(14);
  });
});
