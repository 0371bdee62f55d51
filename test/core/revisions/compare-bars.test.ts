import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compareBars } from '../../../src/core/revisions/compare-bars.js';
import type { BarValues } from '../../../src/core/revisions/compare-bars.js';
import { describeChange } from '../../../src/core/revisions/describe-comparison.js';

interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const toValues = (bars: readonly Bar[], times = bars.map((_, index) => index)): BarValues => ({
  ts: Float64Array.from(times),
  open: Float64Array.from(bars, ({ open }) => open),
  high: Float64Array.from(bars, ({ high }) => high),
  low: Float64Array.from(bars, ({ low }) => low),
  close: Float64Array.from(bars, ({ close }) => close),
  volume: Float64Array.from(bars, ({ volume }) => volume),
});

const cents = (value: number): number => Math.round(value * 100) / 100;

const rescale = ({ open, high, low, close, volume }: Bar, ratio: number, volumeRatio: number): Bar => ({
  open: cents(open * ratio),
  high: cents(high * ratio),
  low: cents(low * ratio),
  close: cents(close * ratio),
  volume: Math.round(volume * volumeRatio),
});

/** A bar of prices in cents, above the level at which one cent is several per cent. */
const barOf = (minPrice: number): fc.Arbitrary<Bar> =>
  fc
    .tuple(
      fc.integer({ min: minPrice * 100, max: 50_000 }),
      fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1_000, max: 9_000_000 }),
    )
    .map(([base, [a = 0, b = 0, c = 0], volume]) => {
      const prices = [base, base + a, base + b, base + c].map((price) => Math.max(price, 100) / 100);
      const [open = 0, , , close = 0] = prices;
      return { open, close, high: Math.max(...prices), low: Math.min(...prices), volume };
    });

const barsOf = (minPrice: number): fc.Arbitrary<readonly Bar[]> =>
  fc.array(barOf(minPrice), { minLength: 1, maxLength: 20 });

const someBars: readonly Bar[] = [
  { open: 190.12, high: 192.4, low: 189.03, close: 191.77, volume: 51_234_567 },
  { open: 191.9, high: 193.01, low: 190.5, close: 192.63, volume: 48_000_123 },
];

describe('the comparison of stored bars with a second answer', () => {
  test('finds equal bars equal', () => {
    fc.assert(fc.property(barsOf(1), (bars) => compareBars(toValues(bars), toValues(bars)).kind === 'equal'));
  });

  test.each([
    ['4:1', 4],
    ['1:10', 0.1],
    ['3:2', 1.5],
    ['2:1', 2],
    ['21:20', 1.05],
    ['7:1', 7],
  ])('names a split of %s with rounded prices, whatever the prices', (name, shares) => {
    fc.assert(
      fc.property(barsOf(20), (bars) => {
        const split = bars.map((bar) => rescale(bar, 1 / shares, shares));
        const change = compareBars(toValues(bars), toValues(split));
        expect(change.kind).toBe('split');
        if (change.kind !== 'split') return;
        expect(change.ratio).toBeCloseTo(1 / shares, 2);
      }),
    );
    const split = someBars.map((bar) => rescale(bar, 1 / shares, shares));
    const change = compareBars(toValues(someBars), toValues(split));
    expect(change.kind === 'split' && describeChange(change)).toContain(`${name} split`);
  });

  test('names a constant ratio of prices with the same volume a dividend adjustment', () => {
    fc.assert(
      fc.property(barsOf(50), fc.double({ min: 0.92, max: 0.995, noNaN: true }), (bars, factor) => {
        fc.pre(new Set(bars.flatMap(({ open, high, low, close }) => [open, high, low, close])).size > 1);
        const change = compareBars(toValues(bars), toValues(bars.map((bar) => rescale(bar, factor, 1))));
        expect(change.kind).toBe('dividend');
        expect(change.kind === 'dividend' ? change.ratio : NaN).toBeCloseTo(factor, 3);
      }),
    );
  });

  test('never takes changes of one step of the last digit for a change of scale', () => {
    const changes = fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(barsOf(1), changes, (bars, steps) => {
        const shift = (price: number, at: number): number => cents(price + (steps[at % steps.length] ?? 0) / 100);
        const revised = bars.map((bar, index) => ({
          ...bar,
          open: shift(bar.open, 4 * index),
          high: shift(bar.high, 4 * index + 1),
          low: shift(bar.low, 4 * index + 2),
          close: shift(bar.close, 4 * index + 3),
        }));
        const change = compareBars(toValues(bars), toValues(revised));
        expect(['equal', 'revision']).toContain(change.kind);
        if (change.kind === 'revision') expect(change.largestChange).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('names one corrected bar, added bars and removed bars a revision', () => {
    const [first, second] = someBars;
    if (first === undefined || second === undefined) throw new Error('two bars');
    const corrected = [first, { ...second, close: 192.7 }];
    expect(compareBars(toValues(someBars), toValues(corrected))).toEqual({
      kind: 'revision',
      changedBars: 1,
      addedBars: 0,
      removedBars: 0,
      largestChange: 7,
    });
    expect(compareBars(toValues(someBars), toValues([first]))).toMatchObject({ kind: 'revision', removedBars: 1 });
    expect(compareBars(toValues([first]), toValues(someBars))).toMatchObject({ kind: 'revision', addedBars: 1 });
    const late = someBars.map((bar) => ({ ...bar, volume: bar.volume + 40 }));
    expect(compareBars(toValues(someBars), toValues(late))).toMatchObject({ kind: 'revision', largestChange: 0 });
  });

  test('names a night whose prices differ without a pattern a revision', () => {
    const bad = someBars.map((bar, index) => ({
      ...bar,
      open: bar.open * (index + 2),
      close: bar.close / (index + 1),
    }));
    expect(compareBars(toValues(someBars), toValues(bad)).kind).toBe('revision');
  });

  test('says nothing without bars on one side', () => {
    expect(compareBars(toValues(someBars), toValues([])).kind).toBe('incomparable');
    expect(compareBars(toValues([]), toValues(someBars)).kind).toBe('incomparable');
  });

  test('finds a split of bars without volumes by their prices', () => {
    const quotes = someBars.map((bar) => ({ ...bar, volume: NaN }));
    const change = compareBars(
      toValues(quotes),
      toValues(quotes.map((bar) => ({ ...rescale(bar, 0.25, 1), volume: NaN }))),
    );
    expect(change).toMatchObject({ kind: 'scale', ratio: 0.25 });
  });

  test('takes one corrected price of a bar without range for a revision', () => {
    const flat = [{ open: 50, high: 50, low: 50, close: 50, volume: 1_000 }];
    const corrected = [{ open: 49, high: 49, low: 49, close: 49, volume: 1_000 }];
    expect(compareBars(toValues(flat), toValues(corrected)).kind).toBe('revision');
  });
});
