import type { SeriesCoverage } from '../core/coverage.js';
import type { OptionContract } from '../core/series.js';
import { toDayNumber } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';

/** Options this near to the money trade in almost every session of a traded underlying. */
const nearMoneyShare = 0.02;

/** Options with a later expiry may go without a trade for days, even at the money. */
const nearExpiryDays = 14;

/**
 * Returns whether a session without a trade of an option is nothing unusual. It is unusual near the money and the expiry
 * for an option that trades in other sessions. Without a price nothing is known, and most options are far from the money.
 */
export function isUsuallyQuiet(
  { strike, expiry }: OptionContract,
  price: number | undefined,
  today: LocalDate,
  tradesInOtherSessions: boolean,
): boolean {
  if (price === undefined || !tradesInOtherSessions) return true;
  const isNear = Math.abs(strike - price) <= nearMoneyShare * price;
  return !isNear || toDayNumber(expiry) - toDayNumber(today) > nearExpiryDays;
}

export function hasRowsInLake(coverage: SeriesCoverage): boolean {
  return coverage.some(({ state }) => state === 'data' || state === 'rescaled');
}
