import type { ChainColumns, ExpiryTime } from './chain-columns.js';
import { daysPerYear, rightCode } from './conventions.js';

/** The term that the volatility at the money is stated for, so that days can be compared with each other. */
export const statedDays = 30;

/** An expiry this near moves with every trade of the day and says nothing about a month. */
const nearestDays = 1;

/** What turns a spot into a forward. */
export interface Carry {
  readonly spot: number;
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * The volatility at the money for 30 calendar days; NaN where the chain does not tell.
 *
 * For each expiry of more than a day it is interpolated in strike at the forward, between the volatilities of the options
 * out of the money (calls above the forward, puts below). Between the two expiries around 30 days the variance is
 * interpolated in time; where all lie on one side of it, the volatility is that of the nearest.
 */
export function volatilityAtTheMoney(chain: ChainColumns, expiries: readonly ExpiryTime[], carry: Carry): number {
  const known = expiries
    .filter(({ years }) => years * daysPerYear > nearestDays)
    .map(({ expiry, years }) => ({ years, volatility: volatilityAtForward(chain, expiry, forwardOf(carry, years)) }))
    .filter(({ volatility }) => volatility > 0)
    .sort((a, b) => a.years - b.years);
  const stated = statedDays / daysPerYear;
  const after = known.find(({ years }) => years >= stated);
  const before = known.findLast(({ years }) => years <= stated);
  if (before === undefined || after === undefined) return (before ?? after)?.volatility ?? NaN;
  if (before.years === after.years) return before.volatility;
  const share = (stated - before.years) / (after.years - before.years);
  const variance = (1 - share) * before.volatility ** 2 * before.years + share * after.volatility ** 2 * after.years;
  return Math.sqrt(variance / stated);
}

function forwardOf({ spot, rate, dividendYield }: Carry, years: number): number {
  return spot * Math.exp((rate - dividendYield) * years);
}

/** The volatility of one expiry at its forward: on the straight line between the nearest strikes on either side. */
export function volatilityAtForward(chain: ChainColumns, expiry: number, forward: number): number {
  let below = NaN;
  let above = NaN;
  let left = -Infinity;
  let right = Infinity;
  for (let place = 0; place < chain.length; place++) {
    const volatility = chain.volatility[place] ?? NaN;
    const strike = chain.strike[place] ?? NaN;
    if (chain.expiry[place] !== expiry || !(volatility > 0)) continue;
    const isCall = chain.right[place] === rightCode.C;
    if (!isCall && strike <= forward && strike > left) {
      left = strike;
      below = volatility;
    }
    if (isCall && strike >= forward && strike < right) {
      right = strike;
      above = volatility;
    }
  }
  // At the forward itself call and put count alike; otherwise nothing is guessed beyond the outermost strike.
  if (right === left) return 0.5 * (below + above);
  return below + ((forward - left) / (right - left)) * (above - below);
}
