import { barAt, newSheet } from './bar.js';
import type { Bar, BarSheet } from './bar.js';
import { settleMoney } from './money.js';
import { tradesPerMinute } from './option-activity.js';
import type { OptionActivity } from './option-activity.js';
import { keyOf, uniform } from '../core/random.js';
import type { Key } from '../core/random.js';
import type { SessionBars } from './session-bars.js';
import { shareOutVolume, spread, weighVolume } from './spread.js';

/** The price of an option, in its own price steps, at a price of the underlying in its steps; rising or falling throughout. */
export type PriceAt = (level: number) => number;

/** Everything the trades of an option in one session follow from. */
export interface OptionSession {
  readonly underlying: SessionBars;
  readonly priceAt: PriceAt;
  /** Whether the price falls when the underlying rises. */
  readonly falling: boolean;
  /** Annual; what the price is computed with. */
  readonly volatility: number;
  readonly activity: OptionActivity;
  readonly key: Key;
}

/** The bars of an option's trades: in minutes and seconds without a trade there is none. */
export function tradedBars(option: OptionSession): SessionBars {
  const { underlying, priceAt, falling, activity, key } = option;
  const traded: PriceAt = (level) => Math.max(1, Math.round(priceAt(level)));
  const own = underlying.bar;
  const bar = mapped(own, traded, falling);
  const session: Bar = {
    ...bar,
    volume: activity.volume,
    count: activity.trades,
    money: averagePrice(bar, priceAt(own.money / own.volume)) * activity.volume,
  };
  let minutes: TracedSheet | null = null;
  const traced = (): TracedSheet =>
    (minutes ??= follow(session, underlying.minutes(), traded, falling, tradesPerMinute, key));
  return {
    bar: session,
    minutes: () => traced().sheet,
    seconds(index) {
      const { sheet, origin } = traced();
      const minuteKey = keyOf(keyOf(key, -3), sheet.slot[index] ?? 0);
      return follow(barAt(sheet, index), underlying.seconds(origin[index] ?? 0), traded, falling, 1, minuteKey).sheet;
    },
  };
}

/**
 * The average price of a session: the price at the underlying's average, as far as trades can average to it of which some
 * are needed at the open, the high, the low and the close.
 */
function averagePrice({ open, high, low, close }: Bar, wanted: number): number {
  const middle = (open + high + low + close) / 4;
  return Math.min(Math.max(wanted, (low + middle) / 2), (middle + high) / 2);
}

/** The bars of what an option is worth, traded or not: what quotes are made around. Levels are not rounded. */
export function valuedBars({ underlying, priceAt, falling }: OptionSession): SessionBars {
  const valued = (sheet: BarSheet): BarSheet => {
    const result = newSheet(sheet.length);
    result.length = sheet.length;
    result.slot.set(sheet.slot.subarray(0, sheet.length));
    for (let index = 0; index < sheet.length; index++)
      setBar(result, index, mapped(barAt(sheet, index), priceAt, falling));
    return result;
  };
  return {
    bar: mapped(underlying.bar, priceAt, falling),
    minutes: () => valued(underlying.minutes()),
    seconds: (index) => valued(underlying.seconds(index)),
  };
}

function mapped(bar: Bar, priceAt: PriceAt, falling: boolean): Bar {
  const high = priceAt(bar.high);
  const low = priceAt(bar.low);
  return {
    open: priceAt(bar.open),
    close: priceAt(bar.close),
    high: falling ? low : high,
    low: falling ? high : low,
    volume: bar.volume,
    count: bar.count,
    money: priceAt(bar.money / bar.volume) * bar.volume,
  };
}

/** A sheet with, for each of its bars, the index of the underlying's bar it follows. */
interface TracedSheet {
  readonly sheet: BarSheet;
  readonly origin: Int32Array;
}

/**
 * Splits an option's bar along the underlying's bars. Trades come in lots of `lot`; where the underlying opens, closes and
 * reaches its extremes there always is one, so that the bars add up.
 */
function follow(
  parent: Bar,
  underlying: BarSheet,
  priceAt: PriceAt,
  falling: boolean,
  lot: number,
  key: Key,
): TracedSheet {
  const { length } = underlying;
  const top = extremeIndex(underlying.high, length, 1);
  const bottom = extremeIndex(underlying.low, length, -1);
  const needed = new Set([0, length - 1, top, bottom]);
  const spare = parent.count - needed.size * lot;
  const lots = new Float64Array(length);
  for (let index = 0; index < length; index++) lots[index] = -Math.log(uniform(key, index));
  spread(Math.floor(spare / lot), lots, length, uniform(key, -1));

  const sheet = newSheet(length);
  const origin = new Int32Array(length);
  for (let index = 0; index < length; index++) {
    const count = lot * ((lots[index] ?? 0) + (needed.has(index) ? 1 : 0)) + (index === 0 ? spare % lot : 0);
    if (count === 0) continue;
    const bar = mapped(barAt(underlying, index), priceAt, falling);
    const at = sheet.length++;
    setBar(sheet, at, {
      open: index === 0 ? parent.open : bar.open,
      close: index === length - 1 ? parent.close : bar.close,
      high: index === (falling ? bottom : top) ? parent.high : bar.high,
      low: index === (falling ? top : bottom) ? parent.low : bar.low,
      volume: 0,
      money: 0,
      count,
    });
    sheet.slot[at] = underlying.slot[index] ?? 0;
    origin[at] = index;
  }
  weighVolume(sheet, keyOf(key, -2));
  lean(sheet, parent);
  shareOutVolume(sheet, parent.volume, parent.count);
  settleMoney(sheet, parent);
  return { sheet, origin };
}

/**
 * Shifts weights between the bars above and below the parent's average price, so that shares given out by them cost what the
 * parent's did: the few bars of a thin option would average to something else, as their prices are not free.
 */
function lean(sheet: BarSheet, parent: Bar): void {
  const { length, open, high, low, close, count, volume } = sheet;
  const average = parent.money / parent.volume;
  const rest = parent.volume - parent.count;
  const distanceOf = (index: number): number =>
    ((open[index] ?? 0) + (high[index] ?? 0) + (low[index] ?? 0) + (close[index] ?? 0)) / 4 - average;
  let fixed = 0;
  const above = { weight: 0, distance: 0 };
  const below = { weight: 0, distance: 0 };
  for (let index = 0; index < length; index++) {
    const distance = distanceOf(index);
    const weight = volume[index] ?? 0;
    const side = distance > 0 ? above : below;
    fixed += (count[index] ?? 0) * distance;
    side.weight += weight;
    side.distance += weight * distance;
  }
  const factor = -(rest * below.distance + fixed * below.weight) / (rest * above.distance + fixed * above.weight);
  if (!(factor > 0)) return;
  for (let index = 0; index < length; index++) {
    if (distanceOf(index) > 0) volume[index] = (volume[index] ?? 0) * factor;
  }
}

function extremeIndex(column: Float64Array, length: number, sign: 1 | -1): number {
  let best = 0;
  for (let index = 1; index < length; index++) {
    if (sign * (column[index] ?? 0) > sign * (column[best] ?? 0)) best = index;
  }
  return best;
}

function setBar(sheet: BarSheet, index: number, bar: Bar): void {
  sheet.open[index] = bar.open;
  sheet.high[index] = bar.high;
  sheet.low[index] = bar.low;
  sheet.close[index] = bar.close;
  sheet.volume[index] = bar.volume;
  sheet.money[index] = bar.money;
  sheet.count[index] = bar.count;
}
