/**
 * The conventions of everything this folder computes, in one place.
 *
 * - Time is calendar time, ACT/365: the years of an option are the days to its expiry, fractions included, over 365.
 * - The rate `r` and the dividend yield `q` are annual and continuously compounded; the forward is spot · e^((r − q) · years).
 * - Volatility is annual, as a fraction: 0.2 is 20 %.
 * - Delta is per unit of the underlying, gamma per unit squared.
 * - Theta is what one calendar day takes from the price: per year over 365, negative where time costs.
 * - Vega is per percentage point of volatility, rho per percentage point of the rate.
 */

/** Calendar days in a year of option time. */
export const daysPerYear = 365;

/** The change of volatility that vega, and of the rate that rho, is stated for: one percentage point. */
export const point = 0.01;

/** The two kinds of option as a number, as the typed arrays of a batch hold them. */
export const rightCode = { C: 1, P: -1 } as const;
