import { toExpiryRules, toStrikeRules } from '../../core/option-selection.js';
import type { StrikeRules } from '../../core/option-selection.js';
import type { OptionContract } from '../../core/series.js';
import { toDayNumber } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import { groupBy } from '../../platform/group-by.js';
import type { OptionsStep } from '../../config/pipeline/pipeline.js';

/** What a selection depends on besides the chain. */
export interface SelectionBasis {
  /** The price of the underlying. */
  readonly spot: number;
  readonly today: LocalDate;
  /** The delta of an option at this price; null if it cannot be computed. */
  readonly delta: (contract: OptionContract) => number | null;
}

type Selection = Pick<OptionsStep, 'strikes' | 'expiries' | 'rights'>;

/**
 * Selects the options that a step requests: of the selected expiries the selected strikes. Sorted by expiry, because
 * expired options can never be requested again.
 */
export function selectContracts(
  chain: readonly OptionContract[],
  basis: SelectionBasis,
  selection: Selection,
): readonly OptionContract[] {
  const byExpiry = groupBy(
    chain.filter(({ expiry }) => expiry >= basis.today),
    ({ expiry }) => expiry,
  );
  const expiries = selectExpiries([...byExpiry.keys()].sort(), basis.today, selection);
  return expiries.flatMap((expiry) => selectStrikes(byExpiry.get(expiry) ?? [], basis, selection));
}

/** Selects expiries from a sorted list. */
function selectExpiries(
  listed: readonly LocalDate[],
  today: LocalDate,
  { expiries }: Pick<Selection, 'expiries'>,
): readonly LocalDate[] {
  const rules = toExpiryRules(expiries);
  if (rules === null) return listed;
  const { nearest, terms, range } = rules;
  const daysTo = (expiry: LocalDate): number => toDayNumber(expiry) - toDayNumber(today);
  const selected = new Set(listed.slice(0, nearest));
  for (const term of terms) {
    const around = [
      listed.findLast((expiry) => daysTo(expiry) <= term),
      listed.find((expiry) => daysTo(expiry) >= term),
    ];
    for (const expiry of around) if (expiry !== undefined) selected.add(expiry);
  }
  return listed.filter((expiry) => {
    const days = daysTo(expiry);
    return selected.has(expiry) || (range !== null && days >= range.min && days <= range.max);
  });
}

function selectStrikes(
  listed: readonly OptionContract[],
  basis: SelectionBasis,
  { strikes, rights }: Pick<Selection, 'strikes' | 'rights'>,
): readonly OptionContract[] {
  const rules = toStrikeRules(strikes);
  const isSelected = rules === null ? (): boolean => true : createStrikeFilter(listed, basis, rules);
  // Providers list an option once per exchange; its bars are one series. Options of two classes are two.
  const selected = new Map<string, OptionContract>();
  for (const contract of listed) {
    const name = [contract.strike, contract.right, contract.isOtherClass === true ? contract.tradingClass : ''].join(
      '/',
    );
    if (!selected.has(name) && rights.includes(contract.right) && isSelected(contract)) selected.set(name, contract);
  }
  return [...selected.values()].sort(byClassStrikeAndRight);
}

function byClassStrikeAndRight(a: OptionContract, b: OptionContract): number {
  if (a.isOtherClass !== b.isOtherClass) return a.isOtherClass === true ? 1 : -1;
  return a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike;
}

/** Creates a filter of the options of one expiry. */
function createStrikeFilter(
  listed: readonly OptionContract[],
  { spot, delta: getDelta }: SelectionBasis,
  { nearest, percent, delta }: StrikeRules,
): (contract: OptionContract) => boolean {
  const near = nearest === null ? null : findStrikesNearMoney(listed, spot, nearest);
  const maxDistance = percent === null ? -1 : (percent / 100) * spot;
  const hasDelta = (contract: OptionContract): boolean => {
    if (delta === null) return false;
    const value = getDelta(contract);
    return value !== null && Math.abs(value) >= delta.min && Math.abs(value) <= delta.max;
  };
  return (contract) =>
    near?.has(contract.strike) === true || Math.abs(contract.strike - spot) <= maxDistance || hasDelta(contract);
}

function findStrikesNearMoney(listed: readonly OptionContract[], spot: number, count: number): ReadonlySet<number> {
  const strikes = [...new Set(listed.map(({ strike }) => strike))].sort((a, b) => a - b);
  let nearest = 0;
  for (const [index, strike] of strikes.entries()) {
    if (Math.abs(strike - spot) < Math.abs((strikes[nearest] ?? Infinity) - spot)) nearest = index;
  }
  return new Set(strikes.slice(Math.max(0, nearest - count), nearest + count + 1));
}
