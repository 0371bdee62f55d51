import type { Right } from '../core/series.js';
import { minute } from '../core/time/time.js';
import type { Duration, Instant, LocalDate } from '../core/time/time.js';
import type { ChainOption, OptionChain } from './option-chain.js';

/** Selects options of a chain; null for no restriction. */
export interface ChainFilter {
  readonly right: Right | null;
  readonly expiry: LocalDate | null;
  /** Both ends inclusive; an option without a delta is in no range. */
  readonly delta: { readonly from: number; readonly to: number } | null;
  /** Number of strikes on each side of the one nearest to the money. */
  readonly strikes: number | null;
}

export function filterChain(chain: OptionChain, filter: ChainFilter): OptionChain {
  const { right, expiry, delta, strikes } = filter;
  const nearStrikes = strikes === null ? null : findStrikesNearMoney(chain, strikes);
  const options = chain.options.filter(
    (option) =>
      (right === null || option.right === right) &&
      (expiry === null || option.expiry === expiry) &&
      (delta === null || (option.delta !== null && option.delta >= delta.from && option.delta <= delta.to)) &&
      (nearStrikes?.get(option.expiry)?.has(option.strike) ?? true),
  );
  return { ...chain, options };
}

/** Returns the strike nearest to a price; the lower one of two. */
export function nearestStrike(strikes: readonly number[], price: number): number | null {
  let nearest: number | null = null;
  for (const strike of strikes) {
    if (nearest === null || Math.abs(strike - price) < Math.abs(nearest - price)) nearest = strike;
  }
  return nearest;
}

/** Lists the distinct strikes, lowest first. */
export function listStrikes(options: readonly ChainOption[]): readonly number[] {
  return [...new Set(options.map(({ strike }) => strike))].sort((a, b) => a - b);
}

/** Lists the distinct expiries, soonest first. */
export function listExpiries(options: readonly ChainOption[]): readonly LocalDate[] {
  return [...new Set(options.map(({ expiry }) => expiry))].sort();
}

/** The times of the oldest and the newest of some options, at least one. */
export function getSnapshotTimes(options: readonly ChainOption[]): { readonly from: Instant; readonly to: Instant } {
  const times = options.map(({ ts }) => ts);
  return { from: Math.min(...times), to: Math.max(...times) };
}

/** Options this much older than the newest ones of their chain are not of the same market any more. */
const staleAfter: Duration = 15 * minute;

/** Returns whether options are so much older than the newest of their chain that their prices do not compare. */
export function isStale(time: Instant, newest: Instant): boolean {
  return newest - time > staleAfter;
}

/** Finds the strikes near the money per expiry; near the middle strike when the price is unknown. */
function findStrikesNearMoney(
  { options, spot }: OptionChain,
  count: number,
): ReadonlyMap<LocalDate, ReadonlySet<number>> {
  return new Map(
    listExpiries(options).map((expiry) => {
      const strikes = listStrikes(options.filter((option) => option.expiry === expiry));
      const middle = strikes[Math.floor(strikes.length / 2)] ?? 0;
      const index = strikes.indexOf(nearestStrike(strikes, spot ?? middle) ?? middle);
      return [expiry, new Set(strikes.slice(Math.max(0, index - count), index + count + 1))];
    }),
  );
}
