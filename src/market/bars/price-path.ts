import type { Bar } from './bar.js';
import type { Extremes } from './extremes.js';
import { drawNormal } from '../random-walk/draw-normal.js';
import type { Key } from '../../platform/random.js';

/**
 * Creates the levels at the borders of a bar's `length` parts: `length + 1` levels from its open to its close, random
 * between its high and its low and never outside them.
 */
export function createPath(parent: Bar, length: number, { highAt, lowAt }: Extremes, key: Key): PricePath {
  const levels = new Float64Array(length + 1);
  const slack = new Float64Array(length + 1);
  const turns = [
    { x: highAt * length, level: parent.high },
    { x: lowAt * length, level: parent.low },
    { x: length, level: parent.close },
  ].sort((a, b) => a.x - b.x);
  const step = getStepDeviation(parent, length);
  let lastTurn = 0;
  let x = 0;
  let level = parent.open;
  levels[0] = level;
  let turn = 0;
  for (let border = 1; border <= length; border++) {
    let next = turns[turn];
    while (next !== undefined && next.x <= border) {
      ({ x, level } = next);
      lastTurn = x;
      next = turns[++turn];
    }
    if (next !== undefined) {
      const share = (border - x) / (next.x - x);
      const noise = step * Math.sqrt((border - x) * (1 - share)) * drawNormal(key, border);
      level = reflect(level + (next.level - level) * share + noise, parent.low, parent.high);
      x = border;
      const turnDistance = next.x - lastTurn;
      slack[border] = (4 * (border - lastTurn) * (next.x - border)) / (turnDistance * turnDistance);
    }
    levels[border] = level;
  }
  return { levels, slack };
}

/** A path, with the range in which each level may be moved: none at the ends and the extremes, free between them. */
export interface PricePath {
  readonly levels: Float64Array;
  readonly slack: Float64Array;
}

/**
 * The standard deviation of a part's move: the range of a random path is about 1.6 times the deviation of the whole.
 */
export function getStepDeviation(parent: Bar, length: number): number {
  return (parent.high - parent.low) / (1.6 * Math.sqrt(length));
}

/** Shifts a path up or down between its extremes so that shares traded along it cost about as much as the parent's. */
export function warp({ levels, slack }: PricePath, volume: Float64Array, length: number, parent: Bar): void {
  let money = 0;
  for (let part = 0; part < length; part++) {
    money += ((volume[part] ?? 0) * ((levels[part] ?? 0) + (levels[part + 1] ?? 0))) / 2;
  }
  const missing = parent.notional - money;
  const edge = missing > 0 ? parent.high : parent.low;
  let capacity = 0;
  for (let border = 1; border < length; border++) {
    const shares = ((volume[border - 1] ?? 0) + (volume[border] ?? 0)) / 2;
    capacity += shares * (slack[border] ?? 0) * (edge - (levels[border] ?? 0));
  }
  if (capacity === 0) return;
  const part = Math.min(missing / capacity, 0.9);
  for (let border = 1; border < length; border++) {
    const level = levels[border] ?? 0;
    levels[border] = level + part * (slack[border] ?? 0) * (edge - level);
  }
}

/** Reflects a level outside `[low, high]` back into it. */
function reflect(level: number, low: number, high: number): number {
  const reflected = level > high ? 2 * high - level : level < low ? 2 * low - level : level;
  return Math.min(Math.max(reflected, low), high);
}
