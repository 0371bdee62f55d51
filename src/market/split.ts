import { newSheet } from './bar.js';
import type { Bar, BarSheet } from './bar.js';
import { extremesOf } from './extremes.js';
import { settleMoney } from './money.js';
import { bend, pathWithin, stepOf } from './path.js';
import { keyOf, uniform } from '../core/random.js';
import type { Key } from '../core/random.js';
import { shareOutVolume, spread, weighVolume } from './spread.js';

/** How lively each part of a parent bar is: over a session trading is heaviest at its ends; within a minute it is even. */
export type Rhythm = 'session' | 'even';

/**
 * Splits a bar into the bars of its slots. They add up to it exactly: the first opens where it opens, the last closes where
 * it closes, one reaches its high and one its low, and trades, shares and money have its sums. A slot without a trade has
 * no bar.
 */
export function split(parent: Bar, slots: number, rhythm: Rhythm, key: Key): BarSheet {
  const sheet = newSheet(slots);
  spreadTrades(sheet, parent.count, slots, rhythm, keyOf(key, -2));
  weighVolume(sheet, keyOf(key, -3));
  shareOutVolume(sheet, parent.volume, parent.count);
  const path = pathWithin(parent, sheet.length, extremesOf(key), keyOf(key, -4));
  bend(path, sheet.volume, sheet.length, parent);
  cut(path.levels, sheet, parent, key);
  settleMoney(sheet, parent);
  return sheet;
}

/** Gives every slot its trades, and a bar to every slot that has one. */
function spreadTrades(sheet: BarSheet, trades: number, slots: number, rhythm: Rhythm, key: Key): void {
  const weights = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot++) {
    const x = (2 * slot + 1) / slots - 1;
    const usual = rhythm === 'session' ? 0.55 + 1.6 * x * x * x * x : 1;
    weights[slot] = usual * (0.4 - 0.6 * Math.log(uniform(key, slot)));
  }
  spread(trades, weights, slots, uniform(key, -1));
  for (let slot = 0; slot < slots; slot++) {
    const count = weights[slot] ?? 0;
    if (count === 0) continue;
    sheet.slot[sheet.length] = slot;
    sheet.count[sheet.length] = count;
    sheet.length++;
  }
}

/** Cuts a path into bars. */
function cut(levels: Float64Array, sheet: BarSheet, parent: Bar, key: Key): void {
  const { length, open, high, low, close, count, slot } = sheet;
  const { highAt, lowAt } = extremesOf(key);
  const highIndex = Math.min(Math.floor(highAt * length), length - 1);
  const lowIndex = Math.min(Math.floor(lowAt * length), length - 1);
  const step = stepOf(parent, length);
  const reachKey = keyOf(key, -5);
  for (let index = 0; index < length; index++) {
    const from = Math.round(levels[index] ?? 0);
    // A single trade has a single price, unless it has to be both an end of the parent and one of its extremes.
    const alone = count[index] === 1 && index !== highIndex && index !== lowIndex && length > 1;
    const to = alone && index === 0 ? from : Math.round(levels[index + 1] ?? 0);
    const start = alone ? to : from;
    open[index] = start;
    close[index] = to;
    const upwards = uniform(reachKey, slot[index] ?? 0);
    const reach = (count[index] ?? 0) > 2 ? step : 0;
    const upper = Math.max(start, to) + Math.floor(reach * upwards);
    const lower = Math.min(start, to) - Math.floor(reach * (1 - upwards));
    high[index] = index === highIndex ? parent.high : Math.min(upper, parent.high);
    low[index] = index === lowIndex ? parent.low : Math.max(lower, parent.low);
  }
}
