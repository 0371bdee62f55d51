import { impliedEuropeanTotalVolatility } from '../../analytics/european/implied-european-volatility.js';
import { computeGreeks } from '../../analytics/european/greeks.js';
import type { Greeks } from '../../analytics/european/greeks.js';
import type { OptionContract } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import { getSessionYearsToExpiry, riskFreeRate } from './option-pricing.js';
import type { OptionQuote } from '../quote.js';

/** Computes the annual volatility that a price implies in a session; null for a price that implies none. */
export function computeImpliedVolatility(
  { strike, right }: Pick<OptionContract, 'strike' | 'right'>,
  underlyingPrice: number,
  price: number,
  times: { readonly close: Instant; readonly expiry: Instant },
): number | null {
  const years = getSessionYearsToExpiry(times.close, times.expiry);
  const growth = Math.exp(riskFreeRate * years);
  const total = impliedEuropeanTotalVolatility(right === 'C', underlyingPrice * growth, strike, price * growth);
  return total > 0 ? total / Math.sqrt(years) : null;
}

/** Computes the Greeks of an option in the session of a quote, by the pricing of the market itself. */
export function computeOptionGreeks(
  { strike, right }: Pick<OptionContract, 'strike' | 'right'>,
  { underlyingPrice, impliedVolatility }: Pick<OptionQuote, 'underlyingPrice' | 'impliedVolatility'>,
  times: { readonly close: Instant; readonly expiry: Instant },
): Greeks {
  return computeGreeks({
    right,
    spot: underlyingPrice,
    strike,
    years: getSessionYearsToExpiry(times.close, times.expiry),
    rate: riskFreeRate,
    dividendYield: 0,
    volatility: impliedVolatility,
  });
}
