import { findSimplestFraction } from './simplest-fraction.js';
import { inferPriceStep } from './price-step.js';

/** The bars of one series in one window, by time, as stored or as an answer has them. */
export interface BarValues {
  readonly ts: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** An event that changes the scale of every earlier price of a series. */
export type ActionKind = 'split' | 'dividend' | 'scale';

/** What a second answer for the same window says about the first one. */
export type BarComparison =
  | { readonly kind: 'equal' }
  /** The answer has no bars, which says nothing about the stored ones. */
  | { readonly kind: 'incomparable' }
  /**
   * Every price has changed by one ratio.
   *
   * - `split`: the volume has changed by the inverse ratio
   * - `dividend`: the volume is the same, and the prices are a few per cent lower
   * - `scale`: the volume is the same or unknown, and the ratio is too large for a dividend
   */
  | {
      readonly kind: ActionKind;
      /** New price divided by stored price: 0.25 for a 4:1 split. */
      readonly ratio: number;
      readonly bars: number;
    }
  /** Some bars have other values, were added or are gone. */
  | {
      readonly kind: 'revision';
      readonly changedBars: number;
      readonly addedBars: number;
      readonly removedBars: number;
      /** The largest change of a price, in steps of the last digit; 0 if only volumes differ. */
      readonly largestChange: number;
    };

/** Prices that no dividend lowers further in one event; special dividends above are rare and are called a change of scale. */
const lowestDividendRatio = 0.9;

/** Ratios nearer to 1 than this need more evidence than prices alone. */
const nearOne = { low: 0.8, high: 1.25 } as const;

/** Volumes are rounded to lots, and late trades change them a little. */
const volumeTolerance = 0.005;

/** Fractions of corporate actions have small terms: 3:2, 1:10, 21:20. */
const maxTerm = 200;

const prices = ['open', 'high', 'low', 'close'] as const;

/**
 * Compares the stored bars of a window with those of a new answer. Prices are rounded to steps, so each pair of prices allows
 * an interval of ratios: the ratio is constant if all intervals have a common part. A change of one step in every price is
 * therefore never a change of scale.
 */
export function compareBars(stored: BarValues, fetched: BarValues): BarComparison {
  if (stored.ts.length === 0 || fetched.ts.length === 0) return { kind: 'incomparable' };
  const pairs = matchBars(stored, fetched);
  const addedBars = fetched.ts.length - pairs.length;
  const removedBars = stored.ts.length - pairs.length;
  const changedBars = pairs.filter(([before, after]) => !isSameBar(stored, before, fetched, after)).length;
  if (changedBars + addedBars + removedBars === 0) return { kind: 'equal' };
  const steps = { stored: inferPriceStep(listPrices(stored)), fetched: inferPriceStep(listPrices(fetched)) };
  if (addedBars + removedBars === 0) {
    const action = findAction(stored, fetched, pairs, steps);
    if (action !== null) return { ...action, bars: pairs.length };
  }
  const step = Math.min(steps.stored, steps.fetched);
  const largest = pairs.reduce((max, [before, after]) => {
    const changes = prices.map((name) => Math.abs((fetched[name][after] ?? NaN) - (stored[name][before] ?? NaN)));
    return Math.max(max, ...changes.filter((change) => !Number.isNaN(change)));
  }, 0);
  return { kind: 'revision', changedBars, addedBars, removedBars, largestChange: Math.round(largest / step) };
}

/** Positions of equal times. */
type Pair = readonly [stored: number, fetched: number];

function matchBars(stored: BarValues, fetched: BarValues): readonly Pair[] {
  const pairs: Pair[] = [];
  let after = 0;
  for (let before = 0; before < stored.ts.length; before++) {
    const time = stored.ts[before] ?? NaN;
    while (after < fetched.ts.length && (fetched.ts[after] ?? NaN) < time) after++;
    if (fetched.ts[after] === time) pairs.push([before, after]);
  }
  return pairs;
}

function isSameBar(stored: BarValues, before: number, fetched: BarValues, after: number): boolean {
  return [...prices, 'volume' as const].every((name) => isSame(stored[name][before], fetched[name][after]));
}

function isSame(a = NaN, b = NaN): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function listPrices(bars: BarValues): readonly number[] {
  return prices.flatMap((name) => [...bars[name]].filter((price) => Number.isFinite(price)));
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

function findAction(
  stored: BarValues,
  fetched: BarValues,
  pairs: readonly Pair[],
  steps: { readonly stored: number; readonly fetched: number },
): { readonly kind: ActionKind; readonly ratio: number } | null {
  const interval = findRatios(stored, fetched, pairs, steps);
  if (interval === null || (interval.low <= 1 && interval.high >= 1)) return null;
  const ratio = chooseRatio(interval);
  const volumes = compareVolumes(stored, fetched, pairs, ratio);
  if (volumes === 'inverse') return { kind: 'split', ratio };
  const isFar = ratio < nearOne.low || ratio > nearOne.high;
  if (isFar) return { kind: volumes === 'other' ? 'split' : 'scale', ratio };
  // One price alone may have been corrected.
  const distinct = new Set(listPrices(stored)).size;
  if (volumes === 'same' && distinct >= 2 && ratio < 1 && ratio >= lowestDividendRatio)
    return { kind: 'dividend', ratio };
  return volumes === 'same' && distinct >= 3 && ratio < lowestDividendRatio ? { kind: 'scale', ratio } : null;
}

/** The ratios that all pairs of rounded prices allow; null for none. */
function findRatios(
  stored: BarValues,
  fetched: BarValues,
  pairs: readonly Pair[],
  steps: { readonly stored: number; readonly fetched: number },
): Interval | null {
  let low = 0;
  let high = Infinity;
  for (const [before, after] of pairs) {
    for (const name of prices) {
      const old = stored[name][before] ?? NaN;
      const now = fetched[name][after] ?? NaN;
      if (Number.isNaN(old) && Number.isNaN(now)) continue;
      // Zero and negative prices have no scale.
      if (!(old > 0 && now > 0)) return null;
      low = Math.max(low, (now - steps.fetched / 2) / (old + steps.stored / 2));
      if (old > steps.stored / 2) high = Math.min(high, (now + steps.fetched / 2) / (old - steps.stored / 2));
    }
  }
  const slack = 1e-9;
  return low <= high * (1 + slack) && Number.isFinite(high)
    ? { low: low * (1 - slack), high: high * (1 + slack) }
    : null;
}

/** The fraction with the smallest terms within the rounding; dividends have none, so that the middle is the best guess. */
function chooseRatio({ low, high }: Interval): number {
  const fraction = findSimplestFraction(low, high, maxTerm);
  return fraction === null ? (low + high) / 2 : fraction.numerator / fraction.denominator;
}

/** `inverse`: volumes have changed by the inverse of the ratio · `same`: unchanged, or there are none · `other`: neither. */
function compareVolumes(
  stored: BarValues,
  fetched: BarValues,
  pairs: readonly Pair[],
  ratio: number,
): 'inverse' | 'same' | 'other' {
  let [isInverse, isEqual, compared] = [true, true, 0];
  for (const [before, after] of pairs) {
    const old = stored.volume[before] ?? NaN;
    const now = fetched.volume[after] ?? NaN;
    if (!(old > 0) && !(now > 0)) continue;
    compared++;
    const expected = old / ratio;
    isInverse &&= Math.abs(now - expected) <= volumeTolerance * expected + Math.max(1, 1 / ratio);
    isEqual &&= Math.abs(now - old) <= volumeTolerance * old + 1;
  }
  if (compared === 0 || (isEqual && !(isInverse && Math.abs(ratio - 1) > 2 * volumeTolerance))) return 'same';
  return isInverse ? 'inverse' : 'other';
}
