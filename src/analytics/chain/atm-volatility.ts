import type { ChainColumns, ExpiryTime } from './chain-columns.js';
import { daysPerYear, rightCode } from '../conventions.js';

/** Nearer expiries move with every trade of the day and say nothing about a month. */
const minDaysToExpiry = 1;

/**
 * The greatest distance between the term and an expiry that stands for it alone, as a share of the term: 27 to 33 days
 * for 30. Beyond that, the volatility of another term would pass for that of this one.
 */
const maxTermDistance = 0.1;

/**
 * Reasons for a missing at-the-money volatility:
 *
 * - `no-options`: the chain has no options.
 * - `no-spot`: the price of the underlying is unknown.
 * - `no-volatility`: no expiry of more than a day has implied volatilities on both sides of its forward.
 * - `no-earlier-expiry`, `no-later-expiry`: all expiries with a volatility are longer, or shorter, than the term.
 */
export type AtmReason = 'no-options' | 'no-spot' | 'no-volatility' | 'no-earlier-expiry' | 'no-later-expiry';

/** The at-the-money volatility for a term, or the reason why there is none. */
export type AtmVolatility =
  { readonly volatility: number; readonly reason: null } | { readonly volatility: null; readonly reason: AtmReason };

/** The parameters that turn a spot into a forward. */
export interface CostOfCarry {
  readonly spot: number;
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * Computes the at-the-money volatility for a term in calendar days.
 *
 * For each expiry of more than a day, the volatility is interpolated in strike at the forward, between the nearest strikes
 * with an out-of-the-money option (calls above the forward, puts below). Between the two expiries around the term, the
 * total variance is interpolated in time. There is no extrapolation: with expiries on one side only, the nearest one counts if its term
 * is at most a tenth away, and otherwise there is no volatility.
 */
export function interpolateAtmVolatility(
  chain: ChainColumns,
  expiries: readonly ExpiryTime[],
  carry: CostOfCarry,
  termDays: number,
): AtmVolatility {
  if (chain.length === 0) return { volatility: null, reason: 'no-options' };
  if (!(carry.spot > 0)) return { volatility: null, reason: 'no-spot' };
  const usable = expiries.filter(({ years }) => years * daysPerYear > minDaysToExpiry);
  if (usable.length === 0) return { volatility: null, reason: 'no-later-expiry' };
  const known = usable
    .map(({ expiry, years }) => ({ years, volatility: volatilityAtForward(chain, expiry, forwardPrice(carry, years)) }))
    .filter(({ volatility }) => volatility > 0)
    .sort((a, b) => a.years - b.years);
  const term = termDays / daysPerYear;
  const after = known.find(({ years }) => years >= term);
  const before = known.findLast(({ years }) => years <= term);
  const nearest = before ?? after;
  if (nearest === undefined) return { volatility: null, reason: 'no-volatility' };
  if (before === undefined || after === undefined) {
    if (Math.abs(nearest.years - term) <= maxTermDistance * term)
      return { volatility: nearest.volatility, reason: null };
    return { volatility: null, reason: before === undefined ? 'no-earlier-expiry' : 'no-later-expiry' };
  }
  if (before.years === after.years) return { volatility: before.volatility, reason: null };
  const share = (term - before.years) / (after.years - before.years);
  const variance = (1 - share) * before.volatility ** 2 * before.years + share * after.volatility ** 2 * after.years;
  return { volatility: Math.sqrt(variance / term), reason: null };
}

function forwardPrice({ spot, rate, dividendYield }: CostOfCarry, years: number): number {
  return spot * Math.exp((rate - dividendYield) * years);
}

/**
 * The volatility of one expiry at its forward, interpolated linearly between the nearest out-of-the-money options on either
 * side. Where the opposite right of such a strike has a volatility too, the mean of both counts: a wrong rate or yield
 * raises the one as much as it lowers the other, and without the mean the result would jump by their difference whenever
 * the forward passes a strike.
 */
export function volatilityAtForward(chain: ChainColumns, expiry: number, forward: number): number {
  let left = -Infinity;
  let right = Infinity;
  for (let index = 0; index < chain.length; index++) {
    const strike = chain.strike[index] ?? NaN;
    if (chain.expiry[index] !== expiry || !((chain.volatility[index] ?? NaN) > 0)) continue;
    const isCall = chain.right[index] === rightCode.C;
    if (!isCall && strike <= forward && strike > left) left = strike;
    if (isCall && strike >= forward && strike < right) right = strike;
  }
  const below = meanVolatility(chain, expiry, left);
  // There is no extrapolation beyond the outermost strikes: the mean of no option is NaN.
  if (right === left) return below;
  const above = meanVolatility(chain, expiry, right);
  return below + ((forward - left) / (right - left)) * (above - below);
}

function meanVolatility(chain: ChainColumns, expiry: number, strike: number): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < chain.length; index++) {
    const volatility = chain.volatility[index] ?? NaN;
    if (chain.expiry[index] !== expiry || chain.strike[index] !== strike || !(volatility > 0)) continue;
    sum += volatility;
    count++;
  }
  return sum / count;
}
