import type { OptionTerms } from '../conventions.js';
import { createBoundaryGrid } from './boundary-grid.js';
import type { BoundaryGrid } from './boundary-grid.js';
import { blackPrice } from '../european/black.js';
import { normalCdf } from '../european/normal-distribution.js';
import { millsRatio } from '../european/normalized-black.js';

/** The resolution of the exercise boundary; larger numbers are slower and more accurate. */
export interface PricerAccuracy {
  /** Collocation points of the boundary. */
  readonly nodes: number;
  /** Quadrature points in its equation. */
  readonly inner: number;
  /** Quadrature points of the price. */
  readonly outer: number;
  /** Steps of the fixed-point iteration. */
  readonly iterations: number;
}

/** Fast enough for whole chains; docs/decisions/implied-volatility.md states its error. */
export const chainAccuracy: PricerAccuracy = { nodes: 6, inner: 8, outer: 16, iterations: 5 };

/** For comparison; about fifty times slower. */
export const referenceAccuracy: PricerAccuracy = { nodes: 16, inner: 40, outer: 60, iterations: 24 };

/** Prices an American option by the conventions of `conventions.ts`; NaN where `hasSingleBoundary` is false. */
export type AmericanPricer = (terms: OptionTerms, volatility: number) => number;

/** The terms that the exercise boundary of a put depends on; it is the same for every spot and, in its own units, every strike. */
export type BoundaryTerms = Pick<OptionTerms, 'years' | 'rate' | 'dividendYield'>;

/**
 * Returns whether exercise has one boundary: with negative rates and yields it can have two, which this pricer does not
 * compute.
 */
export function hasSingleBoundary({
  right,
  rate,
  dividendYield,
}: Omit<OptionTerms, 'spot' | 'strike' | 'years'>): boolean {
  const [gain, cost] = right === 'C' ? [dividendYield, rate] : [rate, dividendYield];
  return gain > 0 || cost >= gain;
}

/**
 * Creates a pricer for American options by the spectral collocation of Andersen, Lake and Offengenden, "High Performance
 * American Option Pricing" (2016): the square of the boundary's logarithm is a polynomial in the root of time, and a fixed
 * point of an integral equation. The pricer reuses its working memory and the boundary of its last call.
 */
export function createAmericanPricer(accuracy: PricerAccuracy): AmericanPricer {
  const { grid, solve } = createBoundarySolver(accuracy);
  const boundary = new Float64Array(accuracy.nodes);
  const cached = { years: NaN, rate: NaN, dividendYield: NaN, volatility: NaN };
  return createPricer(grid, (terms, volatility) => {
    const { years, rate, dividendYield } = terms;
    const isCached =
      cached.volatility === volatility &&
      cached.years === years &&
      cached.rate === rate &&
      cached.dividendYield === dividendYield;
    if (isCached) return boundary;
    solve(boundary, terms, volatility);
    cached.years = years;
    cached.rate = rate;
    cached.dividendYield = dividendYield;
    cached.volatility = volatility;
    return boundary;
  });
}

/** Gives the exercise boundary of puts; valid until the next call. */
export type FindBoundary = (terms: BoundaryTerms, volatility: number) => Float64Array;

/** Solves for boundaries into memory of the caller, with the tables that pricing needs too. */
export interface BoundarySolver {
  readonly grid: BoundaryGrid;
  readonly solve: (boundary: Float64Array, terms: BoundaryTerms, volatility: number) => void;
}

export function createBoundarySolver({ nodes, inner, outer, iterations }: PricerAccuracy): BoundarySolver {
  const grid = createBoundaryGrid(nodes, inner, outer);
  const next = new Float64Array(nodes);
  return {
    grid,
    solve(boundary, terms, volatility) {
      const { rate, dividendYield } = terms;
      // The logarithm of any strike in units of the boundary just before expiry.
      const logStrike = dividendYield > rate ? Math.log(dividendYield / rate) : 0;
      guessBoundary(grid, boundary, logStrike, terms, volatility);
      for (let iteration = 0; iteration < iterations; iteration++) {
        refineBoundary(grid, boundary, next, logStrike, terms, volatility);
      }
    },
  };
}

/** Creates a pricer that takes its boundaries from `find`. */
export function createPricer(grid: BoundaryGrid, find: FindBoundary): AmericanPricer {
  return (terms, volatility) => {
    if (!hasSingleBoundary(terms)) return NaN;
    return putPrice(grid, find, terms.right === 'C' ? toPut(terms) : terms, volatility);
  };
}

/** A call is worth as much as the put with spot and strike, and rate and yield, exchanged. */
function toPut({ spot, strike, years, rate, dividendYield }: OptionTerms): OptionTerms {
  return { right: 'P', spot: strike, strike: spot, years, rate: dividendYield, dividendYield: rate };
}

function putPrice(grid: BoundaryGrid, find: FindBoundary, terms: OptionTerms, volatility: number): number {
  const { spot, strike, years, rate, dividendYield } = terms;
  const european =
    Math.exp(-rate * years) *
    blackPrice('P', spot * Math.exp((rate - dividendYield) * years), strike, volatility * Math.sqrt(years));
  if (rate <= 0) return european;
  const boundary = find(terms, volatility);
  // In units of the boundary just before expiry.
  const start = dividendYield > rate ? (strike * rate) / dividendYield : strike;
  const log = Math.log(spot / start);
  if (log <= -Math.sqrt(boundary[0] ?? 0)) return strike - spot;
  return Math.max(european + exercisePremium(grid, boundary, log, terms, volatility), strike - spot);
}

/** The flat boundary of Bjerksund and Stensland (1993) for each time, between those at expiry and of a perpetual option. */
function guessBoundary(
  { roots }: BoundaryGrid,
  boundary: Float64Array,
  logStrike: number,
  { years, rate, dividendYield }: BoundaryTerms,
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

/** One step of the fixed-point equation "A" of the paper: smooth pasting of the delta at each collocation point. */
function refineBoundary(
  { roots, quadrature, inner }: BoundaryGrid,
  boundary: Float64Array,
  next: Float64Array,
  logStrike: number,
  { years, rate, dividendYield }: BoundaryTerms,
  volatility: number,
): void {
  const { points, weights } = quadrature;
  const drift = rate - dividendYield;
  // The iteration overshoots where interest outweighs variance.
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

/** The value of early exercise: interest on the strike, less dividends, while the price is below the boundary. */
function exercisePremium(
  { pricing, outer, roots }: BoundaryGrid,
  boundary: Float64Array,
  log: number,
  { spot, strike, years, rate, dividendYield }: OptionTerms,
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
