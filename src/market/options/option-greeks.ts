import { computeGreeks } from '../../analytics/european/greeks.js';
import type { Greeks } from '../../analytics/european/greeks.js';
import type { OptionContract } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import { getSessionYearsToExpiry, riskFreeRate } from './option-pricing.js';
import type { OptionQuote } from '../quote.js';

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
