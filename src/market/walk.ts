import type { Profile } from './profile.js';
import { keyOf, uniform } from '../core/random.js';
import { normal } from './normal-draw.js';

/** The path of one symbol's price through one block of days, session or not: logarithms at each day's open and close. */
export interface Walk {
  /** The day number of the first day. */
  readonly firstDay: number;
  readonly logOpen: Float64Array;
  readonly logClose: Float64Array;
  /** How far the price strays between each day's open and close: one standard deviation of its logarithm. */
  readonly deviation: Float64Array;
}

/**
 * Days in a block: whole weeks, about half a year. Prices at the borders of blocks are drawn by themselves around a long trend,
 * and the days between are a Brownian bridge from border to border: any day of any year costs one block, the price never
 * wanders off, and from day to day it moves like a stock.
 */
export const blockDays = 182;

/** Monday, 5 January 1970: blocks begin on Mondays, so that weekends fall on the same places of each. */
const firstMonday = 4;

/** At this day (1 December 2025) the trend passes through the symbol's base price. */
const referenceDay = 20_423;

/** Shares of an ordinary weekday's variance: while the exchange is closed, and while it is open. */
const overnight = 0.25;
const session = 0.75;
/** Saturdays and Sundays bring little news; a special session on one is quiet. */
const weekendDay = 0.05;

/** The variance of a block, with an ordinary weekday as unit. */
const blockVariance = (blockDays / 7) * (5 * (overnight + session) + 2 * 2 * weekendDay);

/** One weekday in so many has news, and moves so much more than the others. */
const newsShare = 1 / 16;
const newsFactor = 2.2;
const quietFactor = Math.sqrt((1 - newsShare * newsFactor * newsFactor) / (1 - newsShare));

/** The number of the block a day lies in. */
export function blockOf(day: number): number {
  return Math.floor((day - firstMonday) / blockDays);
}

/** The path through one block. */
export function walkOf(profile: Profile, block: number): Walk {
  const firstDay = firstMonday + block * blockDays;
  const key = keyOf(profile.key, block);
  const unit = profile.volatility * Math.sqrt(blockDays / 365.25 / blockVariance);
  const logOpen = new Float64Array(blockDays);
  const logClose = new Float64Array(blockDays);
  const deviation = new Float64Array(blockDays);
  const passed = new Float64Array(2 * blockDays);
  let position = 0;
  let variance = 0;
  for (let index = 0; index < blockDays; index++) {
    const weekend = index % 7 >= 5;
    const factor = uniform(key, 3 * index) < newsShare ? newsFactor : quietFactor;
    const closed = (weekend ? weekendDay : overnight) * factor * factor;
    const open = (weekend ? weekendDay : session) * factor * factor;
    position += Math.sqrt(closed) * unit * normal(key, 3 * index + 1);
    logOpen[index] = position;
    passed[2 * index] = variance += closed;
    deviation[index] = Math.sqrt(open) * unit;
    position += (deviation[index] ?? 0) * normal(key, 3 * index + 2);
    logClose[index] = position;
    passed[2 * index + 1] = variance += open;
  }
  const from = borderLogPrice(profile, block);
  const slope = (borderLogPrice(profile, block + 1) - from - position) / variance;
  for (let index = 0; index < blockDays; index++) {
    logOpen[index] = from + (logOpen[index] ?? 0) + slope * (passed[2 * index] ?? 0);
    logClose[index] = from + (logClose[index] ?? 0) + slope * (passed[2 * index + 1] ?? 0);
  }
  return { firstDay, logOpen, logClose, deviation };
}

/** The price at the first instant of a block: trend, business cycle, and the season's luck. */
function borderLogPrice(profile: Profile, block: number): number {
  const years = (firstMonday + block * blockDays - referenceDay) / 365.25;
  const ownKey = keyOf(profile.key, -1);
  const cycleYears = 6 + 8 * uniform(ownKey, 0);
  const cycle = 0.3 * profile.volatility * Math.sin((2 * Math.PI * years) / cycleYears);
  const luck = Math.min(Math.max(normal(keyOf(profile.key, -2), block), -2.5), 2.5);
  return Math.log(profile.basePrice) + profile.drift * years + cycle + 0.35 * profile.volatility * luck;
}
