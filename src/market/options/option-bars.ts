import { getBar, createBuffer } from '../bars/bar.js';
import type { Bar, BarBuffer } from '../bars/bar.js';
import { reconcileNotional } from '../bars/reconcile-notional.js';
import { tradesPerMinute } from './option-activity.js';
import type { OptionActivity } from './option-activity.js';
import { hashKey, drawUniform } from '../../platform/random.js';
import type { Key } from '../../platform/random.js';
import type { SessionBars } from '../bars/session-bars.js';
import { allocateVolume, allocate, weightVolume } from '../bars/allocate.js';

/** The price of an option, in its own price steps, as a monotonic function of the underlying's price in its steps. */
export type PriceFunction = (level: number) => number;

/** The inputs that determine the trades of an option in one session. */
export interface OptionSession {
  readonly underlying: SessionBars;
  readonly getPrice: PriceFunction;
  /** True if the price falls when the underlying rises. */
  readonly isInverse: boolean;
  /** The annual volatility of the price. */
  readonly volatility: number;
  readonly activity: OptionActivity;
  readonly key: Key;
}

/** Creates the bars of an option's trades; minutes and seconds without a trade have no bar. */
export function createTradeBars(option: OptionSession): SessionBars {
  const { underlying, getPrice, isInverse, activity, key } = option;
  const roundedPrice: PriceFunction = (level) => Math.max(1, Math.round(getPrice(level)));
  const underlyingBar = underlying.bar;
  const bar = mapBar(underlyingBar, roundedPrice, isInverse);
  const session: Bar = {
    ...bar,
    volume: activity.volume,
    count: activity.trades,
    notional: averagePrice(bar, getPrice(underlyingBar.notional / underlyingBar.volume)) * activity.volume,
  };
  let minutes: TracedBuffer | null = null;
  const getMinutes = (): TracedBuffer =>
    (minutes ??= splitAlongUnderlying(session, underlying.minutes(), roundedPrice, isInverse, tradesPerMinute, key));
  return {
    bar: session,
    minutes: () => getMinutes().buffer,
    seconds(index) {
      const { buffer, origin } = getMinutes();
      const minuteKey = hashKey(hashKey(key, -3), buffer.slot[index] ?? 0);
      return splitAlongUnderlying(
        getBar(buffer, index),
        underlying.seconds(origin[index] ?? 0),
        roundedPrice,
        isInverse,
        1,
        minuteKey,
      ).buffer;
    },
  };
}

/**
 * The average price of a session: the price at the underlying's average, limited to what trades can average to if some
 * are needed at the open, the high, the low and the close.
 */
function averagePrice({ open, high, low, close }: Bar, target: number): number {
  const middle = (open + high + low + close) / 4;
  return Math.min(Math.max(target, (low + middle) / 2), (middle + high) / 2);
}

/** Creates the bars of an option's value, traded or not; quotes are derived from them. Levels are not rounded. */
export function createValueBars({ underlying, getPrice, isInverse }: OptionSession): SessionBars {
  const mapBuffer = (sheet: BarBuffer): BarBuffer => {
    const result = createBuffer(sheet.length);
    result.length = sheet.length;
    result.slot.set(sheet.slot.subarray(0, sheet.length));
    for (let index = 0; index < sheet.length; index++)
      setBar(result, index, mapBar(getBar(sheet, index), getPrice, isInverse));
    return result;
  };
  return {
    bar: mapBar(underlying.bar, getPrice, isInverse),
    minutes: () => mapBuffer(underlying.minutes()),
    seconds: (index) => mapBuffer(underlying.seconds(index)),
  };
}

function mapBar(bar: Bar, getPrice: PriceFunction, isInverse: boolean): Bar {
  const high = getPrice(bar.high);
  const low = getPrice(bar.low);
  return {
    open: getPrice(bar.open),
    close: getPrice(bar.close),
    high: isInverse ? low : high,
    low: isInverse ? high : low,
    volume: bar.volume,
    count: bar.count,
    notional: getPrice(bar.notional / bar.volume) * bar.volume,
  };
}

/** A buffer with the index of the underlying's bar for each of its bars. */
interface TracedBuffer {
  readonly buffer: BarBuffer;
  readonly origin: Int32Array;
}

/**
 * Splits an option's bar along the underlying's bars. Trades come in lots of `lot`; there is always one where the
 * underlying opens, closes and reaches its extremes, so that the bars add up.
 */
function splitAlongUnderlying(
  parent: Bar,
  underlying: BarBuffer,
  getPrice: PriceFunction,
  isInverse: boolean,
  lot: number,
  key: Key,
): TracedBuffer {
  const { length } = underlying;
  const top = extremeIndex(underlying.high, length, 1);
  const bottom = extremeIndex(underlying.low, length, -1);
  const required = new Set([0, length - 1, top, bottom]);
  const spare = parent.count - required.size * lot;
  const lots = new Float64Array(length);
  for (let index = 0; index < length; index++) lots[index] = -Math.log(drawUniform(key, index));
  allocate(Math.floor(spare / lot), lots, length, drawUniform(key, -1));

  const sheet = createBuffer(length);
  const origin = new Int32Array(length);
  for (let index = 0; index < length; index++) {
    const count = lot * ((lots[index] ?? 0) + (required.has(index) ? 1 : 0)) + (index === 0 ? spare % lot : 0);
    if (count === 0) continue;
    const bar = mapBar(getBar(underlying, index), getPrice, isInverse);
    const at = sheet.length++;
    setBar(sheet, at, {
      open: index === 0 ? parent.open : bar.open,
      close: index === length - 1 ? parent.close : bar.close,
      high: index === (isInverse ? bottom : top) ? parent.high : bar.high,
      low: index === (isInverse ? top : bottom) ? parent.low : bar.low,
      volume: 0,
      notional: 0,
      count,
    });
    sheet.slot[at] = underlying.slot[index] ?? 0;
    origin[at] = index;
  }
  weightVolume(sheet, hashKey(key, -2));
  tiltWeights(sheet, parent);
  allocateVolume(sheet, parent.volume, parent.count);
  reconcileNotional(sheet, parent);
  return { buffer: sheet, origin };
}

/**
 * Shifts weights between the bars above and below the parent's average price, so that shares allocated by weight cost
 * what the parent's did: the few bars of an illiquid option would average to something else, because their prices are
 * fixed.
 */
function tiltWeights(sheet: BarBuffer, parent: Bar): void {
  const { length, open, high, low, close, count, volume } = sheet;
  const average = parent.notional / parent.volume;
  const rest = parent.volume - parent.count;
  const getDistance = (index: number): number =>
    ((open[index] ?? 0) + (high[index] ?? 0) + (low[index] ?? 0) + (close[index] ?? 0)) / 4 - average;
  let fixed = 0;
  const above = { weight: 0, distance: 0 };
  const below = { weight: 0, distance: 0 };
  for (let index = 0; index < length; index++) {
    const distance = getDistance(index);
    const weight = volume[index] ?? 0;
    const side = distance > 0 ? above : below;
    fixed += (count[index] ?? 0) * distance;
    side.weight += weight;
    side.distance += weight * distance;
  }
  const factor = -(rest * below.distance + fixed * below.weight) / (rest * above.distance + fixed * above.weight);
  if (!(factor > 0)) return;
  for (let index = 0; index < length; index++) {
    if (getDistance(index) > 0) volume[index] = (volume[index] ?? 0) * factor;
  }
}

function extremeIndex(column: Float64Array, length: number, sign: 1 | -1): number {
  let best = 0;
  for (let index = 1; index < length; index++) {
    if (sign * (column[index] ?? 0) > sign * (column[best] ?? 0)) best = index;
  }
  return best;
}

function setBar(sheet: BarBuffer, index: number, bar: Bar): void {
  sheet.open[index] = bar.open;
  sheet.high[index] = bar.high;
  sheet.low[index] = bar.low;
  sheet.close[index] = bar.close;
  sheet.volume[index] = bar.volume;
  sheet.notional[index] = bar.notional;
  sheet.count[index] = bar.count;
}
