import { uniform } from '../core/random.js';
import type { Key } from '../core/random.js';

/** When a bar reaches its highest and its lowest price, as parts of its length. */
export interface Extremes {
  readonly highAt: number;
  readonly lowAt: number;
}

/** The extremes of a random path lie near its ends more often than in the middle (the arcsine law). */
export function extremesOf(key: Key): Extremes {
  return { highAt: arcsine(uniform(key, 3)), lowAt: arcsine(uniform(key, 4)) };
}

function arcsine(probability: number): number {
  return (1 - Math.cos(Math.PI * probability)) / 2;
}
