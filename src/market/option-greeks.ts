import { greeksOf } from '../analytics/greeks.js';
import type { Greeks } from '../analytics/greeks.js';
import type { OptionContract } from '../core/series.js';
import type { Instant } from '../core/time.js';
import { optionYears, riskFreeRate } from './option-price.js';
import type { OptionQuote } from './quote.js';

/** How an option reacts in the session of a quote, by the pricing that the market itself uses. */
export function optionGreeks(
  { strike, right }: Pick<OptionContract, 'strike' | 'right'>,
  { underlyingPrice, impliedVolatility }: Pick<OptionQuote, 'underlyingPrice' | 'impliedVolatility'>,
  times: { readonly close: Instant; readonly expiry: Instant },
): Greeks {
  return greeksOf({
    right,
    spot: underlyingPrice,
    strike,
    years: optionYears(times.close, times.expiry),
    rate: riskFreeRate,
    dividendYield: 0,
    volatility: impliedVolatility,
  });
}
