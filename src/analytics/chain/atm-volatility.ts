import type { ChainColumns, ExpiryTime } from './chain-columns.js';
import { daysPerYear, rightCode } from '../conventions.js';

/** The term of the at-the-money volatility, in days; a fixed term makes days comparable. */
export const quotedDays = 30;

/** Nearer expiries move with every trade of the day and say nothing about a month. */
const minDaysToExpiry = 1;

/** The parameters that turn a spot into a forward. */
export interface CostOfCarry {
  readonly spot: number;
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * The at-the-money volatility for 30 calendar days; NaN if the chain does not determine it.
 *
 * For each expiry of more than a day, the volatility is interpolated in strike at the forward, between out-of-the-money
 * options (calls above the forward, puts below). Between the two expiries around 30 days, the variance is interpolated
 * in time; if all expiries lie on one side, the nearest one counts.
 */
export function interpolateAtmVolatility(
  chain: ChainColumns,
  expiries: readonly ExpiryTime[],
  carry: CostOfCarry,
): number {
  const known = expiries
    .filter(({ years }) => years * daysPerYear > minDaysToExpiry)
    .map(({ expiry, years }) => ({ years, volatility: volatilityAtForward(chain, expiry, forwardPrice(carry, years)) }))
    .filter(({ volatility }) => volatility > 0)
    .sort((a, b) => a.years - b.years);
  const quotedYears = quotedDays / daysPerYear;
  const after = known.find(({ years }) => years >= quotedYears);
  const before = known.findLast(({ years }) => years <= quotedYears);
  if (before === undefined || after === undefined) return (before ?? after)?.volatility ?? NaN;
  if (before.years === after.years) return before.volatility;
  const share = (quotedYears - before.years) / (after.years - before.years);
  const variance = (1 - share) * before.volatility ** 2 * before.years + share * after.volatility ** 2 * after.years;
  return Math.sqrt(variance / quotedYears);
}

function forwardPrice({ spot, rate, dividendYield }: CostOfCarry, years: number): number {
  return spot * Math.exp((rate - dividendYield) * years);
}

/** The volatility of one expiry at its forward, interpolated linearly between the nearest strikes on either side. */
export function volatilityAtForward(chain: ChainColumns, expiry: number, forward: number): number {
  let below = NaN;
  let above = NaN;
  let left = -Infinity;
  let right = Infinity;
  for (let index = 0; index < chain.length; index++) {
    const volatility = chain.volatility[index] ?? NaN;
    const strike = chain.strike[index] ?? NaN;
    if (chain.expiry[index] !== expiry || !(volatility > 0)) continue;
    const isCall = chain.right[index] === rightCode.C;
    if (!isCall && strike <= forward && strike > left) {
      left = strike;
      below = volatility;
    }
    if (isCall && strike >= forward && strike < right) {
      right = strike;
      above = volatility;
    }
  }
  // At the forward itself, call and put count alike; there is no extrapolation beyond the outermost strikes.
  if (right === left) return 0.5 * (below + above);
  return below + ((forward - left) / (right - left)) * (above - below);
}
