import { createBuffer } from './bar.js';
import type { Bar, BarBuffer } from './bar.js';
import { drawExtremes } from './extremes.js';
import { reconcileNotional } from './reconcile-notional.js';
import { warp, createPath, getStepDeviation } from './price-path.js';
import { hashKey, drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';
import { allocateVolume, allocate, weightVolume } from './allocate.js';

/**
 * The distribution of trades over a parent bar: over a session, trading is heaviest at its ends; within a minute it is
 * even.
 */
export type SplitPattern = 'session' | 'even';

/**
 * Splits a bar into the bars of its slots. They add up to it exactly: the first has its open, the last its close, one
 * its high and one its low, and trades, shares and notional have its sums. A slot without a trade has no bar.
 */
export function splitBar(parent: Bar, slots: number, pattern: SplitPattern, key: Key): BarBuffer {
  const buffer = createBuffer(slots);
  allocateTrades(buffer, parent.count, slots, pattern, hashKey(key, -2));
  weightVolume(buffer, hashKey(key, -3));
  allocateVolume(buffer, parent.volume, parent.count);
  const path = createPath(parent, buffer.length, drawExtremes(key), hashKey(key, -4));
  warp(path, buffer.volume, buffer.length, parent);
  writeBars(path.levels, buffer, parent, key);
  reconcileNotional(buffer, parent);
  return buffer;
}

/** Allocates trades to slots, and a bar to every slot with trades. */
function allocateTrades(buffer: BarBuffer, trades: number, slots: number, pattern: SplitPattern, key: Key): void {
  const weights = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot++) {
    const x = (2 * slot + 1) / slots - 1;
    const baseWeight = pattern === 'session' ? 0.55 + 1.6 * x * x * x * x : 1;
    weights[slot] = baseWeight * (0.4 - 0.6 * Math.log(drawUniform(key, slot)));
  }
  allocate(trades, weights, slots, drawUniform(key, -1));
  for (let slot = 0; slot < slots; slot++) {
    const count = weights[slot] ?? 0;
    if (count === 0) continue;
    buffer.slot[buffer.length] = slot;
    buffer.count[buffer.length] = count;
    buffer.length++;
  }
}

/** Cuts a path into bars. */
function writeBars(levels: Float64Array, buffer: BarBuffer, parent: Bar, key: Key): void {
  const { length, open, high, low, close, count, slot } = buffer;
  const { highAt, lowAt } = drawExtremes(key);
  const highIndex = Math.min(Math.floor(highAt * length), length - 1);
  const lowIndex = Math.min(Math.floor(lowAt * length), length - 1);
  const step = getStepDeviation(parent, length);
  const rangeKey = hashKey(key, -5);
  for (let index = 0; index < length; index++) {
    const from = Math.round(levels[index] ?? 0);
    // A single trade has a single price, unless it has to be both an end of the parent and one of its extremes.
    const isSingleTrade = count[index] === 1 && index !== highIndex && index !== lowIndex && length > 1;
    const to = isSingleTrade && index === 0 ? from : Math.round(levels[index + 1] ?? 0);
    const start = isSingleTrade ? to : from;
    open[index] = start;
    close[index] = to;
    const upwards = drawUniform(rangeKey, slot[index] ?? 0);
    const range = (count[index] ?? 0) > 2 ? step : 0;
    const upper = Math.max(start, to) + Math.floor(range * upwards);
    const lower = Math.min(start, to) - Math.floor(range * (1 - upwards));
    high[index] = index === highIndex ? parent.high : Math.min(upper, parent.high);
    low[index] = index === lowIndex ? parent.low : Math.max(lower, parent.low);
  }
}
