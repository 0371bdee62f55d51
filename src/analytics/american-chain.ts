import { boundarySolver, pricerWith } from './american.js';
import type { AmericanEffort, AmericanPricer, BoundarySolver } from './american.js';

/** How far apart the volatilities are, as logarithms, for which boundaries are solved. */
const step = 0.2;

/** Terms are remembered side by side: of calls and of puts, each also at the rate that rho is measured with. */
const remembered = 8;

/** The logarithms of the boundaries of some terms, by the place of their volatility on the grid of logarithms. */
interface KnownBoundaries {
  years: number;
  rate: number;
  dividendYield: number;
  readonly byPlace: Map<number, Float64Array>;
}

/**
 * A pricer for the many options of one expiry: they share everything a boundary depends on but the volatility. It solves for
 * boundaries on a grid of volatilities, when one is needed, and goes between them by cubics. The logarithm of the boundary is
 * nearly a straight line in that of the volatility, so little is lost; how much is in docs/decisions/greeks-of-snapshots.md.
 */
export function createChainPricer(effort: AmericanEffort): AmericanPricer {
  const solver = boundarySolver(effort);
  const boundary = new Float64Array(effort.nodes);
  const known = Array.from({ length: remembered }, (): KnownBoundaries => ({
    years: NaN,
    rate: NaN,
    dividendYield: NaN,
    byPlace: new Map(),
  }));
  let latest = 0;

  const boundariesOf = (years: number, rate: number, dividendYield: number): KnownBoundaries | undefined => {
    for (let back = 0; back < remembered; back++) {
      const one = known[(latest + remembered - back) % remembered];
      if (one?.years === years && one.rate === rate && one.dividendYield === dividendYield) return one;
    }
    latest = (latest + 1) % remembered;
    const oldest = known[latest];
    if (oldest === undefined) return undefined;
    oldest.years = years;
    oldest.rate = rate;
    oldest.dividendYield = dividendYield;
    oldest.byPlace.clear();
    return oldest;
  };

  return pricerWith(solver.grid, (years, rate, dividendYield, volatility) => {
    const at = Math.log(volatility) / step;
    const boundaries = boundariesOf(years, rate, dividendYield);
    const isBetween = boundaries !== undefined && interpolate(boundary, boundaries, at, effort.nodes, solver);
    if (!isBetween) solver.solve(boundary, years, rate, dividendYield, volatility);
    return boundary;
  });
}

/** Writes the boundary between the four around a place; false where one of them has no logarithm. */
function interpolate(
  boundary: Float64Array,
  boundaries: KnownBoundaries,
  at: number,
  nodes: number,
  solver: BoundarySolver,
): boolean {
  if (!Number.isFinite(at)) return false;
  const place = Math.floor(at);
  const t = at - place;
  const before = logarithms(boundaries, place - 1, nodes, solver);
  const left = logarithms(boundaries, place, nodes, solver);
  const right = logarithms(boundaries, place + 1, nodes, solver);
  const after = logarithms(boundaries, place + 2, nodes, solver);
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

function logarithms(known: KnownBoundaries, place: number, nodes: number, solver: BoundarySolver): Float64Array {
  let found = known.byPlace.get(place);
  if (found === undefined) {
    found = new Float64Array(nodes);
    solver.solve(found, known.years, known.rate, known.dividendYield, Math.exp(place * step));
    for (let node = 0; node < nodes; node++) found[node] = Math.log(found[node] ?? NaN);
    known.byPlace.set(place, found);
  }
  return found;
}
