import { normalQuantile } from '../../analytics/european/normal-distribution.js';
import { drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';

/** Draws a number of the standard normal distribution. */
export function drawNormal(key: Key, number: number): number {
  return normalQuantile(drawUniform(key, number));
}
