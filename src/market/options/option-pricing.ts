import { blackPrice } from '../../analytics/european/black.js';
import type { OptionContract } from '../../core/series.js';
import { day, hour } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey } from '../../platform/random.js';
import { drawNormal } from '../random-walk/draw-normal.js';

/** The annual, continuously compounded rate of option prices. Underlyings pay no dividends. */
export const riskFreeRate = 0.04;

const year: Duration = 365 * day;

/** The option time left throughout the session that closes at `close`. */
export function getSessionYearsToExpiry(close: Instant, expiry: Instant): number {
  return Math.max(expiry - close, 3.25 * hour) / year;
}

/** The value of one option in one session, as a function of the underlying's price alone. */
export interface OptionPricing {
  readonly years: number;
  readonly volatility: number;
  /** The distance of the strike above the forward, in standard deviations. */
  readonly moneyness: number;
  price(spot: number): number;
}

/**
 * Creates the pricing of an option throughout a session.
 *
 * Time to expiry and volatility are constant within a session (those of its close): the price then depends only on the
 * underlying's price and is monotonic in it. The option's highest price is therefore the price at the underlying's
 * highest or lowest, and option bars of any size can be computed without smaller ones. In the last session, half of it
 * counts as time left; otherwise options would have no time value all day.
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

/** The implied volatility of a symbol on a day: near its typical level, 15 to 25 % unless set otherwise. */
export function getAtmVolatility(profile: SymbolProfile, session: number): number {
  const swing = Math.min(Math.max(drawNormal(hashKey(profile.key, -4), Math.floor(session / 7)), -2), 2);
  return profile.impliedVolatility * (1 + 0.04 * swing);
}

/** Relative volatility by moneyness, 1 at the money: rises on both sides, more on the left, and is constant far out. */
function smile(moneyness: number): number {
  const square = moneyness * moneyness;
  return 1 + (0.35 * square) / (4 + square) - (0.06 * moneyness) / Math.sqrt(4 + square);
}
