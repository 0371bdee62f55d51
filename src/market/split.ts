import { newSheet } from './bar.js';
import type { Bar, BarSheet } from './bar.js';
import { extremesOf } from './extremes.js';
import { settleMoney } from './money.js';
import { normal, uniform } from './random.js';
import type { Key } from './random.js';
import { spread, spreadVolume } from './spread.js';

/** How lively each part of a parent bar is: over a session trading is heaviest at its ends; within a minute it is even. */
export type Rhythm = 'session' | 'even';

/** Draws of a bar's stream, by what they are for; a slot's draws are `first + slot`. */
const draw = { phase: 12, weight: 10_000, level: 20_000, excursion: 30_000 } as const;

/**
 * Splits a bar into the bars of its slots. They add up to it exactly: the first opens where it opens, the last closes where
 * it closes, one reaches its high and one its low, and trades, shares and money have its sums. A slot without a trade has
 * no bar.
 */
export function split(parent: Bar, slots: number, rhythm: Rhythm, key: Key): BarSheet {
  const sheet = newSheet(slots);
  spreadTrades(sheet, parent.count, slots, rhythm, key);
  spreadVolume(sheet, parent.volume - parent.count, key);
  drawPath(sheet, parent, key);
  settleMoney(sheet, parent);
  return sheet;
}

/** Gives every slot its trades, and a bar to every slot that has one. */
function spreadTrades(sheet: BarSheet, trades: number, slots: number, rhythm: Rhythm, key: Key): void {
  const weights = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot++) {
    const x = (2 * slot + 1) / slots - 1;
    const usual = rhythm === 'session' ? 0.55 + 1.6 * x * x * x * x : 1;
    weights[slot] = usual * (0.4 - 0.6 * Math.log(uniform(key, draw.weight + slot)));
  }
  spread(trades, weights, slots, uniform(key, draw.phase));
  for (let slot = 0; slot < slots; slot++) {
    const count = weights[slot] ?? 0;
    if (count === 0) continue;
    sheet.slot[sheet.length] = slot;
    sheet.count[sheet.length] = count;
    sheet.length++;
  }
}

/** Draws a path from open to close that touches high and low where the extremes say, and cuts it into bars. */
function drawPath(sheet: BarSheet, parent: Bar, key: Key): void {
  const { length, open, high, low, close, count, slot } = sheet;
  const { highAt, lowAt } = extremesOf(key);
  const highIndex = Math.min(Math.floor(highAt * length), length - 1);
  const lowIndex = Math.min(Math.floor(lowAt * length), length - 1);
  const turns = [
    { x: highAt * length, level: parent.high },
    { x: lowAt * length, level: parent.low },
    { x: length, level: parent.close },
  ].sort((a, b) => a.x - b.x);
  // The range of a random path is about 1.6 times its deviation.
  const step = (parent.high - parent.low) / (1.6 * Math.sqrt(length));
  let x = 0;
  let level = parent.open;
  let turn = 0;
  for (let index = 0; index < length; index++) {
    const from = Math.round(level);
    const border = index + 1;
    let next = turns[turn];
    while (next !== undefined && next.x <= border) {
      ({ x, level } = next);
      next = turns[++turn];
    }
    if (next !== undefined) {
      const share = (border - x) / (next.x - x);
      const noise = Math.sqrt((border - x) * (1 - share)) * normal(key, draw.level + (slot[index] ?? 0));
      level = fold(level + (next.level - level) * share + step * noise, parent.low, parent.high);
      x = border;
    }
    // A single trade has a single price, unless it has to be both an end of the parent and one of its extremes.
    const alone = count[index] === 1 && index !== highIndex && index !== lowIndex && length > 1;
    const to = alone && index === 0 ? from : Math.round(level);
    const start = alone ? to : from;
    open[index] = start;
    close[index] = to;
    const reach = (count[index] ?? 0) > 2 ? step * uniform(key, draw.excursion + (slot[index] ?? 0)) : 0;
    const upper = Math.max(start, to) + Math.floor(reach);
    const lower = Math.min(start, to) - Math.floor(reach > 0 ? step - reach : 0);
    high[index] = index === highIndex ? parent.high : Math.min(upper, parent.high);
    low[index] = index === lowIndex ? parent.low : Math.max(lower, parent.low);
  }
}

/** Reflects a level that left `[low, high]` back into it. */
function fold(level: number, low: number, high: number): number {
  const reflected = level > high ? 2 * high - level : level < low ? 2 * low - level : level;
  return Math.min(Math.max(reflected, low), high);
}
