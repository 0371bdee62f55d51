import { drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';

/** The times of a bar's highest and lowest price, as fractions of its length. */
export interface Extremes {
  readonly highAt: number;
  readonly lowAt: number;
}

/** Draws extremes by the arcsine law: those of a random path are nearer to its ends than to its middle. */
export function drawExtremes(key: Key): Extremes {
  return { highAt: arcsine(drawUniform(key, 3)), lowAt: arcsine(drawUniform(key, 4)) };
}

function arcsine(probability: number): number {
  return (1 - Math.cos(Math.PI * probability)) / 2;
}
