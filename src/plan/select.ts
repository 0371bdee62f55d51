import type { OptionContract } from '../core/series.js';
import type { LocalDate } from '../core/time.js';
import type { OptionsStep } from '../pipeline/pipeline.js';

/**
 * The options a step takes out of a chain: the nearest expiries, and in each the strike nearest to the money with as many
 * on either side. Soonest expiry first, because what expires can never be asked for again.
 */
export function selectContracts(
  chain: readonly OptionContract[],
  close: number,
  today: LocalDate,
  step: Pick<OptionsStep, 'strikes' | 'expiries' | 'rights'>,
): readonly OptionContract[] {
  const byExpiry = new Map<LocalDate, OptionContract[]>();
  for (const contract of chain) {
    if (contract.expiry < today) continue;
    const listed = byExpiry.get(contract.expiry);
    if (listed === undefined) byExpiry.set(contract.expiry, [contract]);
    else listed.push(contract);
  }
  const expiries = [...byExpiry.keys()].sort().slice(0, step.expiries);
  return expiries.flatMap((expiry) => aroundTheMoney(byExpiry.get(expiry) ?? [], close, step));
}

function aroundTheMoney(
  listed: readonly OptionContract[],
  close: number,
  step: Pick<OptionsStep, 'strikes' | 'rights'>,
): readonly OptionContract[] {
  const strikes = [...new Set(listed.map((contract) => contract.strike))].sort((a, b) => a - b);
  let nearest = 0;
  for (const [index, strike] of strikes.entries()) {
    if (Math.abs(strike - close) < Math.abs((strikes[nearest] ?? Infinity) - close)) nearest = index;
  }
  const taken = new Set(strikes.slice(Math.max(0, nearest - step.strikes), nearest + step.strikes + 1));
  // Sources list an option once for each exchange or trading class; its bars are the same series.
  const chosen = new Map<string, OptionContract>();
  for (const contract of listed) {
    const name = `${contract.strike}/${contract.right}`;
    const wanted = taken.has(contract.strike) && step.rights.includes(contract.right);
    if (wanted && !chosen.has(name)) chosen.set(name, contract);
  }
  return [...chosen.values()].sort((a, b) =>
    a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike,
  );
}
