import { createBoundaryGrid } from './boundary-grid.js';
import type { BoundaryGrid } from './boundary-grid.js';
import { blackPrice } from '../european/black.js';
import { normalCdf } from '../european/normal-distribution.js';
import { millsRatio } from '../european/normalized-black.js';

/** How finely the exercise boundary is resolved; more of each is slower and more accurate. */
export interface PricerAccuracy {
  /** Collocation points of the boundary. */
  readonly nodes: number;
  /** Quadrature points in its equation. */
  readonly inner: number;
  /** Quadrature points of the price. */
  readonly outer: number;
  /** Turns of the fixed-point iteration. */
  readonly iterations: number;
}

/** Fast enough for whole chains; its error is stated in docs/decisions/implied-volatility.md. */
export const chainAccuracy: PricerAccuracy = { nodes: 6, inner: 8, outer: 16, iterations: 5 };

/** For comparison, some fifty times slower. */
export const referenceAccuracy: PricerAccuracy = { nodes: 16, inner: 40, outer: 60, iterations: 24 };

/** Prices an American option; conventions as in `conventions.ts`. NaN where `supportsAmerican` says no. */
export type AmericanPricer = (
  call: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
) => number;

/** Whether exercise has one boundary: with negative rates and yields it can have two, which are not computed. */
export function hasSingleBoundary(call: boolean, rate: number, dividendYield: number): boolean {
  const [gain, cost] = call ? [dividendYield, rate] : [rate, dividendYield];
  return gain > 0 || cost >= gain;
}

/**
 * A pricer for American options by the spectral collocation of Andersen, Lake and Offengenden, "High Performance American
 * Option Pricing" (2016): the square of the boundary's logarithm is a polynomial in the root of time, and a fixed point
 * of an integral equation. The pricer keeps its working memory and allocates nothing afterwards.
 */
export function createAmericanPricer(accuracy: PricerAccuracy): AmericanPricer {
  const { grid, solve } = createBoundarySolver(accuracy);
  const boundary = new Float64Array(accuracy.nodes);
  const cached = { years: NaN, rate: NaN, dividendYield: NaN, volatility: NaN };
  return createPricer(grid, (years, rate, dividendYield, volatility) => {
    const isCached =
      cached.volatility === volatility &&
      cached.years === years &&
      cached.rate === rate &&
      cached.dividendYield === dividendYield;
    if (isCached) return boundary;
    solve(boundary, years, rate, dividendYield, volatility);
    cached.years = years;
    cached.rate = rate;
    cached.dividendYield = dividendYield;
    cached.volatility = volatility;
    return boundary;
  });
}

/**
 * Gives the boundary of puts of some terms, which is the same for every underlying and, in its own units, every strike. What
 * it gives is only good until it is asked again.
 */
export type FindBoundary = (years: number, rate: number, dividendYield: number, volatility: number) => Float64Array;

/** Solves for boundaries, into memory that is given, with tables that pricing needs too. */
export interface BoundarySolver {
  readonly grid: BoundaryGrid;
  readonly solve: (
    boundary: Float64Array,
    years: number,
    rate: number,
    dividendYield: number,
    volatility: number,
  ) => void;
}

export function createBoundarySolver({ nodes, inner, outer, iterations }: PricerAccuracy): BoundarySolver {
  const grid = createBoundaryGrid(nodes, inner, outer);
  const next = new Float64Array(nodes);
  return {
    grid,
    solve(boundary, years, rate, dividendYield, volatility) {
      // In units of the boundary just before expiry the strike is this, whatever it is.
      const logStrike = dividendYield > rate ? Math.log(dividendYield / rate) : 0;
      guessBoundary(grid, boundary, logStrike, years, rate, dividendYield, volatility);
      for (let iteration = 0; iteration < iterations; iteration++) {
        refineBoundary(grid, boundary, next, logStrike, years, rate, dividendYield, volatility);
      }
    },
  };
}

/** A pricer that takes its boundaries from somewhere. */
export function createPricer(grid: BoundaryGrid, find: FindBoundary): AmericanPricer {
  return (call, spot, strike, years, rate, dividendYield, volatility) => {
    if (!hasSingleBoundary(call, rate, dividendYield)) return NaN;
    // A call is a put with underlying and strike, and rate and yield, in each other's place.
    return call
      ? putPrice(grid, find, strike, spot, years, dividendYield, rate, volatility)
      : putPrice(grid, find, spot, strike, years, rate, dividendYield, volatility);
  };
}

function putPrice(
  grid: BoundaryGrid,
  find: FindBoundary,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): number {
  const european =
    Math.exp(-rate * years) *
    blackPrice('P', spot * Math.exp((rate - dividendYield) * years), strike, volatility * Math.sqrt(years));
  if (rate <= 0) return european;
  const boundary = find(years, rate, dividendYield, volatility);
  // In units of the boundary just before expiry.
  const start = dividendYield > rate ? (strike * rate) / dividendYield : strike;
  const log = Math.log(spot / start);
  if (log <= -Math.sqrt(boundary[0] ?? 0)) return strike - spot;
  return Math.max(
    european + exercisePremium(grid, boundary, log, spot, strike, years, rate, dividendYield, volatility),
    strike - spot,
  );
}

/** The flat boundary of Bjerksund and Stensland (1993) for each time: between the one at expiry and the one without. */
function guessBoundary(
  { roots }: BoundaryGrid,
  boundary: Float64Array,
  logStrike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): void {
  const variance = volatility * volatility;
  const drift = dividendYield - rate;
  const skew = 0.5 - drift / variance;
  const power = skew + Math.sqrt(skew * skew + (2 * dividendYield) / variance);
  // 1 / (1 − 1/power), which is infinite without dividends on the dual's side.
  const perpetualBoundary = power / (power - 1);
  const strike = Math.exp(logStrike);
  const expiryBoundary = Math.max(1, dividendYield / rate);
  for (let node = 0; node < roots.length; node++) {
    const time = years * (roots[node] ?? 0) ** 2;
    const boundaryRange = perpetualBoundary - expiryBoundary;
    const decay = -(drift * time + 2 * volatility * Math.sqrt(time)) * (expiryBoundary / boundaryRange);
    const dual = Number.isFinite(boundaryRange)
      ? expiryBoundary + boundaryRange * -Math.expm1(decay)
      : expiryBoundary * (1 + 2 * volatility * Math.sqrt(time));
    const level = Math.min(Math.log(strike / dual), -1e-12);
    boundary[node] = level * level;
  }
}

/** One turn of the fixed-point equation "A" of the paper: smooth pasting of the delta at each collocation point. */
function refineBoundary(
  { roots, quadrature, inner }: BoundaryGrid,
  boundary: Float64Array,
  next: Float64Array,
  logStrike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): void {
  const { points, weights } = quadrature;
  const drift = rate - dividendYield;
  // Where interest outweighs variance, the iteration overshoots.
  const damping = 1 / (1 + 0.12 * Math.max(Math.abs(drift) / (volatility * volatility) - 1, 0));
  let row = 0;
  for (let node = 0; node < roots.length; node++) {
    const root = Math.sqrt(years) * (roots[node] ?? 0);
    const time = root * root;
    const level = -Math.sqrt(boundary[node] ?? 0);
    const totalVolatility = volatility * root;
    const low = (level - logStrike + drift * time) / totalVolatility - 0.5 * totalVolatility;
    let above = Math.exp(-0.5 * low * low) / totalVolatility;
    let below = scaledByDensity(low + totalVolatility, 0, 1 / totalVolatility);
    for (let index = 0; index < points.length; index++) {
      const part = points[index] ?? 0;
      let square = 0;
      for (let other = 0; other < roots.length; other++) square += (inner[row++] ?? 0) * (boundary[other] ?? 0);
      const deviation = totalVolatility * part;
      const rest = time * part * part;
      const since = time - rest;
      const minus = (level + Math.sqrt(Math.max(square, 0)) + drift * rest) / deviation - 0.5 * deviation;
      const measure = 2 * time * part * (weights[index] ?? 0);
      above += rate * measure * (Math.exp(rate * since - 0.5 * minus * minus) / deviation);
      if (dividendYield !== 0) {
        below += dividendYield * measure * scaledByDensity(minus + deviation, dividendYield * since, 1 / deviation);
      }
    }
    const target = logStrike - drift * time + Math.log(above / below);
    const found = Math.min(level + damping * (target - level), 0);
    next[node] = found * found;
  }
  boundary.set(next);
}

/** e^growth · (Φ(z) + share · φ(z)) in units of the density at 0. */
function scaledByDensity(z: number, growth: number, share: number): number {
  const density = Math.exp(growth - 0.5 * z * z);
  if (z <= 0) return density * (millsRatio(z) + share);
  return 2.5066282746310002 * Math.exp(growth) - density * (millsRatio(-z) - share);
}

/** What the right to exercise early is worth: interest on the strike, less dividends, while below the boundary. */
function exercisePremium(
  { pricing, outer, roots }: BoundaryGrid,
  boundary: Float64Array,
  log: number,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  volatility: number,
): number {
  const { points, weights } = pricing;
  let sum = 0;
  let row = 0;
  for (let index = 0; index < points.length; index++) {
    const part = points[index] ?? 0;
    let square = 0;
    for (let other = 0; other < roots.length; other++) square += (outer[row++] ?? 0) * (boundary[other] ?? 0);
    const rest = years * part * part;
    const deviation = volatility * Math.sqrt(years) * part;
    const minus = (log + Math.sqrt(Math.max(square, 0)) + (rate - dividendYield) * rest) / deviation - 0.5 * deviation;
    let gain = rate * strike * Math.exp(-rate * rest) * normalCdf(-minus);
    if (dividendYield !== 0) {
      gain -= dividendYield * spot * Math.exp(-dividendYield * rest) * normalCdf(-minus - deviation);
    }
    sum += 2 * years * part * (weights[index] ?? 0) * gain;
  }
  return sum;
}
