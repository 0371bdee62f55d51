import { hour } from '../core/time.js';
import type { Duration } from '../core/time.js';
import type { Bar } from './bar.js';
import { extremesOf } from './extremes.js';
import type { Profile } from './profile.js';
import { keyOf, uniform } from '../core/random.js';
import { normal } from './normal-draw.js';
import type { Key } from '../core/random.js';
import type { Walk } from './walk.js';

/** Draws of a session's stream; the next two are its extremes. */
const draw = { high: 0, low: 1, volume: 2 } as const;

/** The stream of one session: its bar and everything the bar is split into. */
export function sessionKey(profile: Profile, day: number): Key {
  return keyOf(keyOf(profile.key, -3), day);
}

/**
 * The bar of a whole session. It is not made of shorter bars: shorter bars are made of it, so that ten years of daily bars
 * cost ten years of daily bars.
 */
export function sessionBar(profile: Profile, walk: Walk, day: number, length: Duration): Bar {
  const index = day - walk.firstDay;
  const key = sessionKey(profile, day);
  const from = walk.logOpen[index] ?? 0;
  const to = walk.logClose[index] ?? 0;
  const deviation = walk.deviation[index] ?? 0;
  const variance = deviation * deviation;
  const open = inTicks(profile, from);
  const close = inTicks(profile, to);
  const high = Math.max(open, close, inTicks(profile, bridgeMaximum(from, to, variance, uniform(key, draw.high))));
  const low = Math.min(open, close, inTicks(profile, -bridgeMaximum(-from, -to, variance, uniform(key, draw.low))));
  const { volume, count } = turnover(profile, key, Math.abs(to - from) / deviation, length);
  const { highAt, lowAt } = extremesOf(key);
  const average = pathAverage(open, close, highAt < lowAt ? [highAt, high, lowAt, low] : [lowAt, low, highAt, high]);
  return { open, high, low, close, volume, count, money: average * volume };
}

function inTicks(profile: Profile, logPrice: number): number {
  return Math.max(1, Math.round(Math.exp(logPrice) * profile.ticksPerUnit));
}

/** The highest point of a Brownian bridge, by inverting its exact distribution. */
function bridgeMaximum(from: number, to: number, variance: number, probability: number): number {
  const difference = to - from;
  return (from + to + Math.sqrt(difference * difference - 2 * variance * Math.log(probability))) / 2;
}

/** Shares and trades: lognormal from day to day, more when the price moves, less when the session is short. */
function turnover(profile: Profile, key: Key, move: number, length: Duration): { volume: number; count: number } {
  // What is computed and not traded has a value for every second; its volume is never shown.
  if (profile.dailyVolume === 0) {
    const values = Math.ceil(length / 1_000);
    return { volume: values, count: values };
  }
  const share = Math.min(length / (6.5 * hour), 1.25);
  const level = Math.exp(0.3 * normal(key, draw.volume) - 0.045) * (0.75 + 0.3 * Math.min(move, 4));
  const volume = Math.max(100, Math.round(profile.dailyVolume * share * level));
  return { volume, count: Math.max(4, Math.round(volume / profile.tradeSize)) };
}

/** The average height of the path open → first extreme → second extreme → close; its times are parts of the session. */
function pathAverage(
  open: number,
  close: number,
  [at, first, thenAt, second]: readonly [number, number, number, number],
): number {
  return ((open + first) * at + (first + second) * (thenAt - at) + (second + close) * (1 - thenAt)) / 2;
}
