import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey, drawUniform } from '../../platform/random.js';
import { drawNormal } from './draw-normal.js';

/**
 * The path of one symbol's price through one block of days, trading days or not: logarithms at each day's open and
 * close.
 */
export interface RandomWalk {
  readonly firstDay: number;
  readonly logOpen: Float64Array;
  readonly logClose: Float64Array;
  /** The standard deviation of the logarithm between each day's open and close. */
  readonly deviation: Float64Array;
}

/**
 * Days in a block: whole weeks, about half a year. Prices at the borders of blocks are drawn independently around a
 * long-term trend, and the days between are a Brownian bridge from border to border: any day of any year costs one
 * block, the price never drifts away, and from day to day it moves like a stock.
 */
export const blockDays = 182;

/** Monday, 5 January 1970: blocks begin on Mondays, so that weekends have the same positions in each. */
const firstMonday = 4;

/** On this day (1 December 2025) the trend passes through the symbol's base price. */
const referenceDay = 20_423;

/** The share of an ordinary weekday's variance while the exchange is closed. */
const overnightVariance = 0.25;
const sessionVariance = 0.75;
/** Saturdays and Sundays bring little news; a special session on one is quiet. */
const weekendVariance = 0.05;

/** The variance of a block, in units of an ordinary weekday. */
const blockVariance = (blockDays / 7) * (5 * (overnightVariance + sessionVariance) + 2 * 2 * weekendVariance);

/** The share of weekdays with news, which move more than the others. */
const newsShare = 1 / 16;
const newsFactor = 2.2;
const quietFactor = Math.sqrt((1 - newsShare * newsFactor * newsFactor) / (1 - newsShare));

/** The number of the block that contains a day. */
export function getBlock(day: number): number {
  return Math.floor((day - firstMonday) / blockDays);
}

/** Creates the path through one block. */
export function createRandomWalk(profile: SymbolProfile, block: number): RandomWalk {
  const firstDay = firstMonday + block * blockDays;
  const key = hashKey(profile.key, block);
  const unit = profile.volatility * Math.sqrt(blockDays / 365.25 / blockVariance);
  const logOpen = new Float64Array(blockDays);
  const logClose = new Float64Array(blockDays);
  const deviation = new Float64Array(blockDays);
  const cumulativeVariance = new Float64Array(2 * blockDays);
  let position = 0;
  let variance = 0;
  for (let index = 0; index < blockDays; index++) {
    const weekend = index % 7 >= 5;
    const factor = drawUniform(key, 3 * index) < newsShare ? newsFactor : quietFactor;
    const closed = (weekend ? weekendVariance : overnightVariance) * factor * factor;
    const open = (weekend ? weekendVariance : sessionVariance) * factor * factor;
    position += Math.sqrt(closed) * unit * drawNormal(key, 3 * index + 1);
    logOpen[index] = position;
    cumulativeVariance[2 * index] = variance += closed;
    deviation[index] = Math.sqrt(open) * unit;
    position += (deviation[index] ?? 0) * drawNormal(key, 3 * index + 2);
    logClose[index] = position;
    cumulativeVariance[2 * index + 1] = variance += open;
  }
  const from = boundaryLogPrice(profile, block);
  const slope = (boundaryLogPrice(profile, block + 1) - from - position) / variance;
  for (let index = 0; index < blockDays; index++) {
    logOpen[index] = from + (logOpen[index] ?? 0) + slope * (cumulativeVariance[2 * index] ?? 0);
    logClose[index] = from + (logClose[index] ?? 0) + slope * (cumulativeVariance[2 * index + 1] ?? 0);
  }
  return { firstDay, logOpen, logClose, deviation };
}

/** The price at the first instant of a block: trend, business cycle, and a random part per block. */
function boundaryLogPrice(profile: SymbolProfile, block: number): number {
  const years = (firstMonday + block * blockDays - referenceDay) / 365.25;
  const cycleKey = hashKey(profile.key, -1);
  const cycleYears = 6 + 8 * drawUniform(cycleKey, 0);
  const cycle = 0.3 * profile.volatility * Math.sin((2 * Math.PI * years) / cycleYears);
  const noise = Math.min(Math.max(drawNormal(hashKey(profile.key, -2), block), -2.5), 2.5);
  return Math.log(profile.basePrice) + profile.drift * years + cycle + 0.35 * profile.volatility * noise;
}
