import { hour } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import type { Bar } from './bar.js';
import { drawExtremes } from './extremes.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey, drawUniform } from '../../platform/random.js';
import { drawNormal } from '../random-walk/draw-normal.js';
import type { Key } from '../../platform/random.js';
import type { RandomWalk } from '../random-walk/random-walk.js';

/** Draw numbers of a session's stream; the next two are its extremes. */
const drawNumber = { high: 0, low: 1, volume: 2 } as const;

/** The random stream of one session: of its bar and of everything the bar is split into. */
export function createSessionKey(profile: SymbolProfile, day: number): Key {
  return hashKey(hashKey(profile.key, -3), day);
}

/**
 * Creates the bar of a whole session. Shorter bars are split from it, not the other way round, so that the cost of ten
 * years of daily bars does not include shorter bars.
 */
export function createSessionBar(profile: SymbolProfile, walk: RandomWalk, day: number, length: Duration): Bar {
  const index = day - walk.firstDay;
  const key = createSessionKey(profile, day);
  const from = walk.logOpen[index] ?? 0;
  const to = walk.logClose[index] ?? 0;
  const standardDeviation = walk.deviation[index] ?? 0;
  const variance = standardDeviation * standardDeviation;
  const open = toTicks(profile, from);
  const close = toTicks(profile, to);
  const high = Math.max(
    open,
    close,
    toTicks(profile, bridgeMaximum(from, to, variance, drawUniform(key, drawNumber.high))),
  );
  const low = Math.min(
    open,
    close,
    toTicks(profile, -bridgeMaximum(-from, -to, variance, drawUniform(key, drawNumber.low))),
  );
  const { volume, count } = drawVolume(profile, key, Math.abs(to - from) / standardDeviation, length);
  const { highAt, lowAt } = drawExtremes(key);
  const average = averagePath(open, close, highAt < lowAt ? [highAt, high, lowAt, low] : [lowAt, low, highAt, high]);
  return { open, high, low, close, volume, count, notional: average * volume };
}

function toTicks(profile: SymbolProfile, logPrice: number): number {
  return Math.max(1, Math.round(Math.exp(logPrice) * profile.ticksPerUnit));
}

/** The maximum of a Brownian bridge, by inverting its exact distribution. */
function bridgeMaximum(from: number, to: number, variance: number, probability: number): number {
  const difference = to - from;
  return (from + to + Math.sqrt(difference * difference - 2 * variance * Math.log(probability))) / 2;
}

/** Draws shares and trades: lognormal from day to day, more on large price moves, less in short sessions. */
function drawVolume(
  profile: SymbolProfile,
  key: Key,
  move: number,
  length: Duration,
): { volume: number; count: number } {
  // An index is computed and not traded: it has a value for every second, and its volume is never shown.
  if (profile.dailyVolume === 0) {
    const values = Math.ceil(length / 1_000);
    return { volume: values, count: values };
  }
  const share = Math.min(length / (6.5 * hour), 1.25);
  const level = Math.exp(0.3 * drawNormal(key, drawNumber.volume) - 0.045) * (0.75 + 0.3 * Math.min(move, 4));
  const volume = Math.max(100, Math.round(profile.dailyVolume * share * level));
  return { volume, count: Math.max(4, Math.round(volume / profile.tradeSize)) };
}

/** The average height of the path open → first extreme → second extreme → close; times are fractions of the session. */
function averagePath(
  open: number,
  close: number,
  [at, first, thenAt, second]: readonly [number, number, number, number],
): number {
  return ((open + first) * at + (first + second) * (thenAt - at) + (second + close) * (1 - thenAt)) / 2;
}
