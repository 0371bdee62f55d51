/**
 * Interpolates between two points with given slopes by a cubic over a quadratic (Delbourgo and Gregory, 1985). The
 * larger `shape` is, the straighter the curve; 3 gives the ordinary cubic, −1 is the lower limit.
 */
export function rationalCubic(
  x: number,
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
  const t = (x - left) / width;
  const rest = 1 - t;
  if (!(shape < 1e100)) return valueLeft * rest + valueRight * t;
  const numerator =
    valueRight * t * t * t +
    (shape * valueRight - width * slopeRight) * t * t * rest +
    (shape * valueLeft + width * slopeLeft) * t * rest * rest +
    valueLeft * rest * rest * rest;
  return numerator / (1 + (shape - 3) * t * rest);
}

/**
 * The shape that gives the curve this second derivative at its left end, limited so that the curve stays monotonic or
 * convex if its ends are.
 */
export function shapeFromLeft(
  width: number,
  rise: number,
  slopeLeft: number,
  slopeRight: number,
  curvature: number,
): number {
  const secant = rise / width;
  const fitted = (0.5 * width * curvature + (slopeRight - slopeLeft)) / (secant - slopeLeft);
  return Math.max(fitted, minShape(secant, slopeLeft, slopeRight));
}

/** The shape that gives the curve this second derivative at its right end, with the same limits as `shapeFromLeft`. */
export function shapeFromRight(
  width: number,
  rise: number,
  slopeLeft: number,
  slopeRight: number,
  curvature: number,
): number {
  const secant = rise / width;
  const fitted = (0.5 * width * curvature + (slopeRight - slopeLeft)) / (slopeRight - secant);
  return Math.max(fitted, minShape(secant, slopeLeft, slopeRight));
}

/** The smallest shape at which the curve is monotonic or convex between its ends. */
function minShape(secant: number, slopeLeft: number, slopeRight: number): number {
  const monotone = (slopeLeft + slopeRight) / secant;
  const bent = slopeRight - slopeLeft;
  const convex = Math.max(Math.abs(bent / (slopeRight - secant)), Math.abs(bent / (secant - slopeLeft)));
  const minimum = Math.max(monotone, convex, -0.999);
  return Number.isNaN(minimum) ? 3 : minimum;
}
