import { normalQuantile } from '../analytics/normal.js';
import { uniform } from '../core/random.js';
import type { Key } from '../core/random.js';

/** A number from the standard normal distribution, by address as all randomness here. */
export function normal(key: Key, number: number): number {
  return normalQuantile(uniform(key, number));
}
