import { blackPrice } from '../../analytics/european/black.js';
import type { OptionContract } from '../../core/series.js';
import { day, hour } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey } from '../../platform/random.js';
import { drawNormal } from '../random-walk/draw-normal.js';

/** The annual, continuously compounded rate that the market's options are priced with. They pay no dividends. */
export const riskFreeRate = 0.04;

/** A year of option time. */
const year: Duration = 365 * day;

/** The option time left throughout the session that closes at an instant. */
export function getSessionYearsToExpiry(close: Instant, expiry: Instant): number {
  return Math.max(expiry - close, 3.25 * hour) / year;
}

/** What one option is worth in one session, as a function of the underlying's price alone. */
export interface OptionPricing {
  readonly years: number;
  readonly volatility: number;
  /** How many deviations the strike lies above the forward. */
  readonly moneyness: number;
  price(spot: number): number;
}

/**
 * The pricing of an option throughout a session.
 *
 * Time to expiry and volatility stay the same within a session (they are those of its close): the price then only depends
 * on the underlying's, and rises or falls with it everywhere. That makes the option's highest price the price at the
 * underlying's highest or lowest, so that option bars can be computed at any size without computing smaller ones.
 * In the last session half of it counts as time left, as options would have no time value all day otherwise.
 */
export function createOptionPricing(
  profile: SymbolProfile,
  { strike, right }: Pick<OptionContract, 'strike' | 'right'>,
  times: { readonly session: number; readonly close: Instant; readonly expiry: Instant },
  reference: number,
): OptionPricing {
  const years = getSessionYearsToExpiry(times.close, times.expiry);
  const growth = Math.exp(riskFreeRate * years);
  const atmVolatility = getAtmVolatility(profile, times.session);
  const moneyness = Math.log(strike / (reference * growth)) / (atmVolatility * Math.sqrt(Math.max(years, 2 / 365)));
  const volatility = atmVolatility * smile(moneyness);
  const totalVolatility = volatility * Math.sqrt(years);
  return {
    years,
    volatility,
    moneyness,
    price: (spot) => blackPrice(right, spot * growth, strike, totalVolatility) / growth,
  };
}

/** What the market expects of a symbol's volatility on a day: near its usual level, 15 to 25 % unless set otherwise. */
export function getAtmVolatility(profile: SymbolProfile, session: number): number {
  const swing = Math.min(Math.max(drawNormal(hashKey(profile.key, -4), Math.floor(session / 7)), -2), 2);
  return profile.impliedVolatility * (1 + 0.04 * swing);
}

/** Volatility by moneyness, at the money 1: rising to both sides, more to the left, and level far out. */
function smile(moneyness: number): number {
  const square = moneyness * moneyness;
  return 1 + (0.35 * square) / (4 + square) - (0.06 * moneyness) / Math.sqrt(4 + square);
}
