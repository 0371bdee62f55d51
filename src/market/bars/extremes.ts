import { drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';

/** When a bar reaches its highest and its lowest price, as parts of its length. */
export interface Extremes {
  readonly highAt: number;
  readonly lowAt: number;
}

/** The extremes of a random path lie near its ends more often than in the middle (the arcsine law). */
export function drawExtremes(key: Key): Extremes {
  return { highAt: arcsine(drawUniform(key, 3)), lowAt: arcsine(drawUniform(key, 4)) };
}

function arcsine(probability: number): number {
  return (1 - Math.cos(Math.PI * probability)) / 2;
}
