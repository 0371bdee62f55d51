import type { BarBuffer } from './bar.js';
import { drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';

/**
 * Replaces weights by whole numbers in proportion to them that add up to `total`. The phase, between 0 and 1, decides
 * which are rounded up, so that a small total among many weights does not always go to the same ones.
 */
export function allocate(total: number, weights: Float64Array, length: number, phase: number): void {
  let sum = 0;
  for (let index = 0; index < length; index++) sum += weights[index] ?? 0;
  let before = 0;
  let cumulativeWeight = 0;
  for (let index = 0; index < length; index++) {
    cumulativeWeight += weights[index] ?? 0;
    const after = index === length - 1 ? total : Math.min(Math.floor((total * cumulativeWeight) / sum + phase), total);
    weights[index] = after - before;
    before = after;
  }
}

/** Writes the weight of each bar, from its trades and from chance, into the volume column. */
export function weightVolume(buffer: BarBuffer, key: Key): void {
  const { length, count, volume, slot } = buffer;
  for (let index = 0; index < length; index++) {
    volume[index] = (count[index] ?? 0) * (0.5 + drawUniform(key, slot[index] ?? 0));
  }
}

/** Turns weights into volumes: one share for each trade, and the rest by weight. */
export function allocateVolume(buffer: BarBuffer, total: number, trades: number): void {
  const { length, count, volume } = buffer;
  allocate(total - trades, volume, length, 0.5);
  for (let index = 0; index < length; index++) volume[index] = (volume[index] ?? 0) + (count[index] ?? 0);
}
