import type { BarSize } from '../../core/tables/bars.js';

/** Kite's name of a bar size, and the days that one request may span. */
export interface KiteInterval {
  readonly interval: 'minute' | '3minute' | '5minute' | '10minute' | '15minute' | '30minute' | '60minute' | 'day';
  readonly days: number;
}

const intervals: ReadonlyMap<BarSize, KiteInterval> = new Map([
  ['1 min', { interval: 'minute', days: 60 }],
  ['3 mins', { interval: '3minute', days: 100 }],
  ['5 mins', { interval: '5minute', days: 100 }],
  ['10 mins', { interval: '10minute', days: 100 }],
  ['15 mins', { interval: '15minute', days: 200 }],
  ['30 mins', { interval: '30minute', days: 200 }],
  ['1 hour', { interval: '60minute', days: 400 }],
  ['1 day', { interval: 'day', days: 2_000 }],
]);

export const kiteBarSizes: readonly BarSize[] = [...intervals.keys()];

/** The interval of a bar size; undefined for a size that Kite lacks. */
export function toKiteInterval(barSize: BarSize): KiteInterval | undefined {
  return intervals.get(barSize);
}
