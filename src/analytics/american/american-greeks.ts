import type { AmericanPricer } from './american-pricer.js';
import { blackScholesPrice } from '../european/black.js';
import { daysPerYear, percentagePoint } from '../conventions.js';
import type { OptionTerms } from '../conventions.js';
import { writeEuropeanGreeks } from '../european/greeks.js';
import type { GreekColumns } from '../european/greeks.js';

/** The shifts of volatility and rate that measure how the early-exercise premium reacts to them. */
const volatilityStep = 1e-4;
const rateStep = 1e-5;

/**
 * Writes the Greeks of one American option into row `index` of the columns: the closed-form Greeks of the European option plus
 * differences of the early-exercise premium. Theta follows from the others: until exercise, the price obeys the equation of
 * Black and Scholes.
 */
export function writeAmericanGreeks(
  price: AmericanPricer,
  columns: GreekColumns,
  index: number,
  terms: OptionTerms,
  volatility: number,
): void {
  const { right, spot, strike, years, rate, dividendYield } = terms;
  const call = right === 'C';
  writeEuropeanGreeks(columns, index, terms, volatility);
  const premium = (shifted: OptionTerms, sigma: number): number =>
    price(shifted, sigma) - blackScholesPrice({ ...shifted, volatility: sigma });
  const premiumAtSpot = premium(terms, volatility);
  // These three share the exercise boundary, which the pricer remembers.
  const step = spot * Math.min(1e-3, 0.05 * (volatility * Math.sqrt(years)));
  const above = premium({ ...terms, spot: spot + step }, volatility);
  const below = premium({ ...terms, spot: spot - step }, volatility);
  const delta = (columns.delta[index] ?? NaN) + (above - below) / (2 * step);
  const gamma = (columns.gamma[index] ?? NaN) + (above - 2 * premiumAtSpot + below) / (step * step);
  const optionValue = premiumAtSpot + blackScholesPrice({ ...terms, volatility });
  const isExercised = optionValue <= (call ? spot - strike : strike - spot);
  // Differences of prices may leave the bounds of arbitrage by their rounding.
  columns.delta[index] = call ? Math.min(Math.max(delta, 0), 1) : Math.max(Math.min(delta, 0), -1);
  columns.gamma[index] = isExercised ? 0 : gamma;
  columns.vega[index] = isExercised
    ? 0
    : (columns.vega[index] ?? NaN) +
      ((premium(terms, volatility + volatilityStep) - premiumAtSpot) / volatilityStep) * percentagePoint;
  columns.rho[index] = isExercised
    ? 0
    : (columns.rho[index] ?? NaN) +
      ((premium({ ...terms, rate: rate + rateStep }, volatility) - premiumAtSpot) / rateStep) * percentagePoint;
  columns.theta[index] = isExercised
    ? 0
    : (rate * optionValue -
        (rate - dividendYield) * spot * delta -
        0.5 * volatility * volatility * spot * spot * gamma) /
      daysPerYear;
}
