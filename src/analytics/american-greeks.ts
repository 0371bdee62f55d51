import type { AmericanPricer } from './american.js';
import { blackPrice } from './black.js';
import { daysPerYear, point } from './conventions.js';
import { writeGreeks } from './greeks.js';
import type { GreekColumns } from './greeks.js';

/** How far volatility and rate are moved to see what the right to exercise early makes of it. */
const volatilityStep = 1e-4;
const rateStep = 1e-5;

/**
 * Writes the Greeks of one American option to their place in the columns: those of the European one, which have a formula,
 * and differences of what the right to exercise early is worth. Theta follows from the others, as the price obeys the
 * equation of Black and Scholes until it is exercised.
 */
export function writeAmericanGreeks(
  price: AmericanPricer,
  columns: GreekColumns,
  place: number,
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): void {
  const spotNow = spot * Math.exp(-dividendYield * years);
  const strikeNow = strike * Math.exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  writeGreeks(columns, place, call, spot, spotNow, strikeNow, years, rate, dividendYield, deviation);
  const premium = (at: number, interest: number, sigma: number): number =>
    price(call, at, strike, years, interest, dividendYield, sigma) -
    europeanPrice(call, at, strike, years, interest, dividendYield, sigma);
  const here = premium(spot, rate, volatility);
  // These three share the exercise boundary, which the pricer remembers.
  const step = spot * Math.min(1e-3, 0.05 * deviation);
  const above = premium(spot + step, rate, volatility);
  const below = premium(spot - step, rate, volatility);
  const delta = (columns.delta[place] ?? NaN) + (above - below) / (2 * step);
  const gamma = (columns.gamma[place] ?? NaN) + (above - 2 * here + below) / (step * step);
  const worth = here + europeanPrice(call, spot, strike, years, rate, dividendYield, volatility);
  const exercised = worth <= (call ? spot - strike : strike - spot);
  columns.delta[place] = delta;
  columns.gamma[place] = exercised ? 0 : gamma;
  columns.vega[place] = exercised
    ? 0
    : (columns.vega[place] ?? NaN) +
      ((premium(spot, rate, volatility + volatilityStep) - here) / volatilityStep) * point;
  columns.rho[place] = exercised
    ? 0
    : (columns.rho[place] ?? NaN) + ((premium(spot, rate + rateStep, volatility) - here) / rateStep) * point;
  columns.theta[place] = exercised
    ? 0
    : (rate * worth - (rate - dividendYield) * spot * delta - 0.5 * volatility * volatility * spot * spot * gamma) /
      daysPerYear;
}

function europeanPrice(
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): number {
  const forward = spot * Math.exp((rate - dividendYield) * years);
  return Math.exp(-rate * years) * blackPrice(call ? 'C' : 'P', forward, strike, volatility * Math.sqrt(years));
}
