import { expect } from 'vitest';
import { barSizes } from '../../src/core/tables/bars.js';
import type { BarSize } from '../../src/core/tables/bars.js';
import type { TradingSession } from '../../src/core/time/calendar.js';
import type { Row } from './market-fixture.js';

/** All sizes, shortest first. */
export const sizes = (Object.keys(barSizes) as BarSize[]).sort((a, b) => barSizes[a] - barSizes[b]);

/** Every pair of sizes of which the first divides the second. */
export const nestedPairs = sizes.flatMap((inner) =>
  sizes
    .filter((outer) => barSizes[outer] > barSizes[inner] && barSizes[outer] % barSizes[inner] === 0)
    .map((outer) => [inner, outer] as const),
);

/** Expects that the bars of one size in a session add up to those of a larger one. */
export function expectNested(
  session: TradingSession,
  inner: readonly Row[],
  outer: readonly Row[],
  outerSize: BarSize,
): void {
  const length = outerSize === '1 day' ? Infinity : barSizes[outerSize];
  const groups = new Map<number, Row[]>();
  for (const bar of inner) {
    const number = length === Infinity ? 0 : Math.floor((bar.ts - session.open) / length);
    const group = groups.get(number);
    if (group === undefined) groups.set(number, [bar]);
    else group.push(bar);
  }
  const added: Row[] = [];
  for (const [number, bars] of groups) {
    const expectedBar = outer[added.length];
    const sum = (of: (bar: Row) => number): number => bars.reduce((total, bar) => total + of(bar), 0);
    const volume = sum((bar) => bar.volume);
    added.push({
      ts: session.open + (number === 0 ? 0 : number * length),
      session: bars[0]?.session ?? NaN,
      open: bars[0]?.open ?? NaN,
      high: Math.max(...bars.map((bar) => bar.high)),
      low: Math.min(...bars.map((bar) => bar.low)),
      close: bars.at(-1)?.close ?? NaN,
      volume,
      bar_count: sum((bar) => bar.bar_count),
      open_interest: bars.at(-1)?.open_interest ?? NaN,
      wap: NaN,
    });
    // Both sides are rounded to a hundredth of a price step, which for 0.05 is 0.0005.
    const difference = volume > 0 ? sum((bar) => bar.volume * bar.wap) / volume - (expectedBar?.wap ?? NaN) : 0;
    if (!(Math.abs(difference) < 0.00051)) expect.fail(`another average than that of ${JSON.stringify(expectedBar)}`);
  }
  expect(outer.map((bar) => ({ ...bar, wap: NaN }))).toEqual(added);
}

/** Expects the properties of every single bar of trades. */
export function expectValidBars(bars: readonly Row[], tick: number): void {
  for (const bar of bars) {
    const { open, high, low, close, wap, volume, bar_count: count } = bar;
    const isValid =
      low <= Math.min(open, close) &&
      Math.max(open, close) <= high &&
      [open, high, low, close].every(
        (price) => price > 0 && price === Math.round(price / tick) / Math.round(1 / tick),
      ) &&
      Number.isInteger(volume) &&
      Number.isInteger(count) &&
      (volume === 0 ? Number.isNaN(wap) && count === 0 : low <= wap && wap <= high && count > 0 && count <= volume);
    if (!isValid) expect.fail(`not a sound bar: ${JSON.stringify(bar)}`);
  }
}
