/**
 * Interpolates between two points with given slopes by a cubic over a quadratic (Delbourgo and Gregory, 1985). The further
 * `shape` is above −1, the straighter the curve; 3 makes it the ordinary cubic.
 */
export function rationalCubic(
  at: number,
  left: number,
  right: number,
  valueLeft: number,
  valueRight: number,
  slopeLeft: number,
  slopeRight: number,
  shape: number,
): number {
  const width = right - left;
  if (!(width > 0)) return 0.5 * (valueLeft + valueRight);
  const t = (at - left) / width;
  const rest = 1 - t;
  if (!(shape < 1e100)) return valueLeft * rest + valueRight * t;
  const above =
    valueRight * t * t * t +
    (shape * valueRight - width * slopeRight) * t * t * rest +
    (shape * valueLeft + width * slopeLeft) * t * rest * rest +
    valueLeft * rest * rest * rest;
  return above / (1 + (shape - 3) * t * rest);
}

/** The shape that gives the curve this second derivative at its left end, but keeps it rising, falling or bent as its ends are. */
export function shapeFromLeft(
  width: number,
  rise: number,
  slopeLeft: number,
  slopeRight: number,
  curvature: number,
): number {
  const secant = rise / width;
  const fitted = (0.5 * width * curvature + (slopeRight - slopeLeft)) / (secant - slopeLeft);
  return Math.max(fitted, leastShape(secant, slopeLeft, slopeRight));
}

/** The same for the second derivative at the right end. */
export function shapeFromRight(
  width: number,
  rise: number,
  slopeLeft: number,
  slopeRight: number,
  curvature: number,
): number {
  const secant = rise / width;
  const fitted = (0.5 * width * curvature + (slopeRight - slopeLeft)) / (slopeRight - secant);
  return Math.max(fitted, leastShape(secant, slopeLeft, slopeRight));
}

/** Below this shape the curve would turn round between its ends, or bend the other way. */
function leastShape(secant: number, slopeLeft: number, slopeRight: number): number {
  const monotone = (slopeLeft + slopeRight) / secant;
  const bent = slopeRight - slopeLeft;
  const convex = Math.max(Math.abs(bent / (slopeRight - secant)), Math.abs(bent / (secant - slopeLeft)));
  const least = Math.max(monotone, convex, -0.999);
  return Number.isNaN(least) ? 3 : least;
}
