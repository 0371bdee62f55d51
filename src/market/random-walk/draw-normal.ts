import { normalQuantile } from '../../analytics/european/normal-distribution.js';
import { drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';

/** A number from the standard normal distribution, by address as all randomness here. */
export function drawNormal(key: Key, number: number): number {
  return normalQuantile(drawUniform(key, number));
}
