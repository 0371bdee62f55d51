import { createBoundarySolver, createPricer } from './american-pricer.js';
import type { AmericanPricer, BoundarySolver, BoundaryTerms, PricerAccuracy } from './american-pricer.js';

/** The distance between the logarithms of the volatilities for which boundaries are solved. */
const logVolatilityStep = 0.2;

/** Terms in use at once: those of calls and of puts, each also at the shifted rate that rho is measured with. */
const cacheSize = 8;

/** The logarithms of the boundaries of some terms, by the index of their volatility on the logarithmic grid. */
interface CachedBoundaries {
  years: number;
  rate: number;
  dividendYield: number;
  readonly byGridIndex: Map<number, Float64Array>;
}

/**
 * Creates a pricer for the many options of one expiry, which share everything a boundary depends on but the volatility. It
 * solves for boundaries on a grid of volatilities, on demand, and interpolates between them by cubics. The logarithm of the
 * boundary is nearly linear in that of the volatility; docs/decisions/greeks-of-snapshots.md states the error.
 */
export function createChainPricer(accuracy: PricerAccuracy): AmericanPricer {
  const solver = createBoundarySolver(accuracy);
  const boundary = new Float64Array(accuracy.nodes);
  const cache = Array.from({ length: cacheSize }, (): CachedBoundaries => ({
    years: NaN,
    rate: NaN,
    dividendYield: NaN,
    byGridIndex: new Map(),
  }));
  let newest = 0;

  const findBoundaries = ({ years, rate, dividendYield }: BoundaryTerms): CachedBoundaries | undefined => {
    for (let age = 0; age < cacheSize; age++) {
      const entry = cache[(newest + cacheSize - age) % cacheSize];
      if (entry?.years === years && entry.rate === rate && entry.dividendYield === dividendYield) return entry;
    }
    newest = (newest + 1) % cacheSize;
    const oldest = cache[newest];
    if (oldest === undefined) return undefined;
    oldest.years = years;
    oldest.rate = rate;
    oldest.dividendYield = dividendYield;
    oldest.byGridIndex.clear();
    return oldest;
  };

  return createPricer(solver.grid, (terms, volatility) => {
    const gridPosition = Math.log(volatility) / logVolatilityStep;
    const boundaries = findBoundaries(terms);
    const isInterpolated =
      boundaries !== undefined && interpolate(boundary, boundaries, gridPosition, accuracy.nodes, solver);
    if (!isInterpolated) solver.solve(boundary, terms, volatility);
    return boundary;
  });
}

/** Interpolates the boundary between its four neighbours on the grid; false if one of them has no logarithm. */
function interpolate(
  boundary: Float64Array,
  boundaries: CachedBoundaries,
  gridPosition: number,
  nodes: number,
  solver: BoundarySolver,
): boolean {
  if (!Number.isFinite(gridPosition)) return false;
  const gridIndex = Math.floor(gridPosition);
  const t = gridPosition - gridIndex;
  const before = getLogBoundary(boundaries, gridIndex - 1, nodes, solver);
  const left = getLogBoundary(boundaries, gridIndex, nodes, solver);
  const right = getLogBoundary(boundaries, gridIndex + 1, nodes, solver);
  const after = getLogBoundary(boundaries, gridIndex + 2, nodes, solver);
  const weightBefore = (-t * (t - 1) * (t - 2)) / 6;
  const weightLeft = ((t + 1) * (t - 1) * (t - 2)) / 2;
  const weightRight = (-(t + 1) * t * (t - 2)) / 2;
  const weightAfter = ((t + 1) * t * (t - 1)) / 6;
  let sum = 0;
  for (let node = 0; node < nodes; node++) {
    const value =
      weightBefore * (before[node] ?? NaN) +
      weightLeft * (left[node] ?? NaN) +
      weightRight * (right[node] ?? NaN) +
      weightAfter * (after[node] ?? NaN);
    boundary[node] = Math.exp(value);
    sum += value;
  }
  return Number.isFinite(sum);
}

function getLogBoundary(
  cache: CachedBoundaries,
  gridIndex: number,
  nodes: number,
  solver: BoundarySolver,
): Float64Array {
  let found = cache.byGridIndex.get(gridIndex);
  if (found === undefined) {
    found = new Float64Array(nodes);
    solver.solve(found, cache, Math.exp(gridIndex * logVolatilityStep));
    for (let node = 0; node < nodes; node++) found[node] = Math.log(found[node] ?? NaN);
    cache.byGridIndex.set(gridIndex, found);
  }
  return found;
}
