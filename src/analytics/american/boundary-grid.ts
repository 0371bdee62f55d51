/**
 * The points of the collocation and of the quadratures, and the weights that interpolate the boundary between its
 * collocation points.
 */
export interface BoundaryGrid {
  /** Square roots of the times of the collocation points, relative to the root of the whole time; the first is 1. */
  readonly roots: Float64Array;
  readonly quadrature: Quadrature;
  /** For each collocation point and quadrature point, the weights of the collocated values. */
  readonly inner: Float64Array;
  readonly pricing: Quadrature;
  /** For each quadrature point of the price, the weights of the collocated values. */
  readonly outer: Float64Array;
}

/** Points between 0 and 1 with the weights of an integral over that interval. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Creates the tables for `nodes` collocation points, `inner` quadrature points for the boundary and `outer` ones for
 * the price.
 */
export function createBoundaryGrid(nodes: number, inner: number, outer: number): BoundaryGrid {
  const roots = Float64Array.from({ length: nodes }, (_, node) => 0.5 * (1 + Math.cos((node * Math.PI) / nodes)));
  const quadrature = gaussLegendre(inner);
  const pricing = gaussLegendre(outer);
  const weightsFor = (root: number, { points }: Quadrature): readonly number[] =>
    Array.from(points).flatMap((point) => interpolationWeights(root * Math.sqrt(1 - point * point), roots));
  return {
    roots,
    quadrature,
    inner: Float64Array.from(Array.from(roots).flatMap((root) => weightsFor(root, quadrature))),
    pricing,
    outer: Float64Array.from(weightsFor(1, pricing)),
  };
}

/**
 * The weights of the values at Chebyshev points for interpolation at `root`; the value at 0 is 0 and needs no weight.
 */
function interpolationWeights(root: number, roots: Float64Array): readonly number[] {
  const all = [...roots, 0];
  const parts = all.map((node, index) => {
    const isEnd = index === 0 || index === all.length - 1;
    return ((index % 2 === 0 ? 1 : -1) * (isEnd ? 0.5 : 1)) / (root - node);
  });
  const exactIndex = parts.findIndex((part) => !Number.isFinite(part));
  if (exactIndex >= 0) return Array.from(roots, (_, index) => (index === exactIndex ? 1 : 0));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.slice(0, -1).map((part) => part / sum);
}

/**
 * Gauss–Legendre quadrature on 0 … 1: the points are the roots of the Legendre polynomial, found by Newton's method.
 */
export function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let x = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let iteration = 0; iteration < 20; iteration++) {
      let before = 1;
      let value = x;
      for (let degree = 2; degree <= count; degree++) {
        const next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
        before = value;
        value = next;
      }
      slope = (count * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    points[index] = 0.5 * (1 - x);
    weights[index] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}
