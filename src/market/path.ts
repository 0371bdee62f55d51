import type { Bar } from './bar.js';
import type { Extremes } from './extremes.js';
import { normal } from './normal-draw.js';
import type { Key } from '../core/random.js';

/**
 * The levels at the borders of a bar's `length` parts: `length + 1` of them, from its open to its close, random between
 * the turns at its high and its low, and never outside these.
 */
export function pathWithin(parent: Bar, length: number, { highAt, lowAt }: Extremes, key: Key): Path {
  const levels = new Float64Array(length + 1);
  const freedom = new Float64Array(length + 1);
  const turns = [
    { x: highAt * length, level: parent.high },
    { x: lowAt * length, level: parent.low },
    { x: length, level: parent.close },
  ].sort((a, b) => a.x - b.x);
  const step = stepOf(parent, length);
  let turned = 0;
  let x = 0;
  let level = parent.open;
  levels[0] = level;
  let turn = 0;
  for (let border = 1; border <= length; border++) {
    let next = turns[turn];
    while (next !== undefined && next.x <= border) {
      ({ x, level } = next);
      turned = x;
      next = turns[++turn];
    }
    if (next !== undefined) {
      const share = (border - x) / (next.x - x);
      const noise = step * Math.sqrt((border - x) * (1 - share)) * normal(key, border);
      level = folded(level + (next.level - level) * share + noise, parent.low, parent.high);
      x = border;
      const apart = next.x - turned;
      freedom[border] = (4 * (border - turned) * (next.x - border)) / (apart * apart);
    }
    levels[border] = level;
  }
  return { levels, freedom };
}

/** A path, and how far each of its levels may be moved: not at all at the ends and the turns, freely between them. */
export interface Path {
  readonly levels: Float64Array;
  readonly freedom: Float64Array;
}

/** One standard deviation of a part's move: the range of a random path is about 1.6 times the deviation of the whole. */
export function stepOf(parent: Bar, length: number): number {
  return (parent.high - parent.low) / (1.6 * Math.sqrt(length));
}

/** Bends a path up or down between its turns so that shares traded along it cost about as much as the parent's did. */
export function bend({ levels, freedom }: Path, volume: Float64Array, length: number, parent: Bar): void {
  let money = 0;
  for (let part = 0; part < length; part++) {
    money += ((volume[part] ?? 0) * ((levels[part] ?? 0) + (levels[part + 1] ?? 0))) / 2;
  }
  const missing = parent.money - money;
  const edge = missing > 0 ? parent.high : parent.low;
  let room = 0;
  for (let border = 1; border < length; border++) {
    const shares = ((volume[border - 1] ?? 0) + (volume[border] ?? 0)) / 2;
    room += shares * (freedom[border] ?? 0) * (edge - (levels[border] ?? 0));
  }
  if (room === 0) return;
  const part = Math.min(missing / room, 0.9);
  for (let border = 1; border < length; border++) {
    const level = levels[border] ?? 0;
    levels[border] = level + part * (freedom[border] ?? 0) * (edge - level);
  }
}

/** Reflects a level that left `[low, high]` back into it. */
function folded(level: number, low: number, high: number): number {
  const reflected = level > high ? 2 * high - level : level < low ? 2 * low - level : level;
  return Math.min(Math.max(reflected, low), high);
}
