import type { OptionContract } from '../../core/series.js';
import type { LocalDate } from '../../core/time/time.js';
import { groupBy } from '../../platform/group-by.js';
import type { OptionsStep } from '../../config/pipeline/pipeline.js';

/**
 * Selects the options that a step requests: the nearest expiries, and in each the strike nearest to the money with the same
 * number on each side. Sorted by expiry, because expired options can never be requested again.
 */
export function selectContracts(
  chain: readonly OptionContract[],
  spot: number,
  today: LocalDate,
  step: Pick<OptionsStep, 'strikes' | 'expiries' | 'rights'>,
): readonly OptionContract[] {
  const byExpiry = groupBy(
    chain.filter(({ expiry }) => expiry >= today),
    ({ expiry }) => expiry,
  );
  const expiries = [...byExpiry.keys()].sort().slice(0, step.expiries);
  return expiries.flatMap((expiry) => selectNearMoney(byExpiry.get(expiry) ?? [], spot, step));
}

function selectNearMoney(
  listed: readonly OptionContract[],
  spot: number,
  step: Pick<OptionsStep, 'strikes' | 'rights'>,
): readonly OptionContract[] {
  const strikes = [...new Set(listed.map((contract) => contract.strike))].sort((a, b) => a - b);
  let nearest = 0;
  for (const [index, strike] of strikes.entries()) {
    if (Math.abs(strike - spot) < Math.abs((strikes[nearest] ?? Infinity) - spot)) nearest = index;
  }
  const selectedStrikes = new Set(strikes.slice(Math.max(0, nearest - step.strikes), nearest + step.strikes + 1));
  // Providers list an option once per exchange or trading class; its bars are one series.
  const selected = new Map<string, OptionContract>();
  for (const contract of listed) {
    const name = `${contract.strike}/${contract.right}`;
    const isSelected = selectedStrikes.has(contract.strike) && step.rights.includes(contract.right);
    if (isSelected && !selected.has(name)) selected.set(name, contract);
  }
  return [...selected.values()].sort((a, b) =>
    a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike,
  );
}
