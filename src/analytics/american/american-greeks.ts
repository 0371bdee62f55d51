import type { AmericanPricer } from './american-pricer.js';
import { blackPrice } from '../european/black.js';
import { daysPerYear, percentagePoint } from '../conventions.js';
import { writeGreeks } from '../european/greeks.js';
import type { GreekColumns } from '../european/greeks.js';

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
  index: number,
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): void {
  const discountedSpot = spot * Math.exp(-dividendYield * years);
  const discountedStrike = strike * Math.exp(-rate * years);
  const totalVolatility = volatility * Math.sqrt(years);
  writeGreeks(
    columns,
    index,
    call,
    spot,
    discountedSpot,
    discountedStrike,
    years,
    rate,
    dividendYield,
    totalVolatility,
  );
  const premium = (at: number, interest: number, sigma: number): number =>
    price(call, at, strike, years, interest, dividendYield, sigma) -
    europeanPrice(call, at, strike, years, interest, dividendYield, sigma);
  const premiumAtSpot = premium(spot, rate, volatility);
  // These three share the exercise boundary, which the pricer remembers.
  const step = spot * Math.min(1e-3, 0.05 * totalVolatility);
  const above = premium(spot + step, rate, volatility);
  const below = premium(spot - step, rate, volatility);
  const delta = (columns.delta[index] ?? NaN) + (above - below) / (2 * step);
  const gamma = (columns.gamma[index] ?? NaN) + (above - 2 * premiumAtSpot + below) / (step * step);
  const optionValue = premiumAtSpot + europeanPrice(call, spot, strike, years, rate, dividendYield, volatility);
  const isExercised = optionValue <= (call ? spot - strike : strike - spot);
  columns.delta[index] = delta;
  columns.gamma[index] = isExercised ? 0 : gamma;
  columns.vega[index] = isExercised
    ? 0
    : (columns.vega[index] ?? NaN) +
      ((premium(spot, rate, volatility + volatilityStep) - premiumAtSpot) / volatilityStep) * percentagePoint;
  columns.rho[index] = isExercised
    ? 0
    : (columns.rho[index] ?? NaN) +
      ((premium(spot, rate + rateStep, volatility) - premiumAtSpot) / rateStep) * percentagePoint;
  columns.theta[index] = isExercised
    ? 0
    : (rate * optionValue -
        (rate - dividendYield) * spot * delta -
        0.5 * volatility * volatility * spot * spot * gamma) /
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
