import type { ExerciseStyle } from '../core/analytics-settings.js';
import type { RowsOf, TextColumn } from '../core/rows.js';
import { chainEffort } from './american.js';
import { createChainPricer } from './american-chain.js';
import { writeAmericanGreeks } from './american-greeks.js';
import { rightCode } from './conventions.js';
import { writeGreeks } from './greeks.js';
import { reasonCode, reasonOf } from './reason.js';
import { solveAmerican } from './solve-american.js';
import { createSolvedBatch, solveEuropean } from './solve-european.js';
import type { OptionBatch, SolvedBatch } from './solve-european.js';

/** What the options of a snapshot, all of one expiry, have in common. */
export interface SnapshotTerms {
  readonly style: ExerciseStyle;
  readonly rate: number;
  readonly dividendYield: number;
  /** Years to their expiry. */
  readonly years: number;
  /** The underlying's price where a row has none; NaN where that is not known either. */
  readonly knownPrice: number;
}

type SnapshotRows = RowsOf<'option_snapshots'>;
type SnapshotColumns = SnapshotRows['columns'];

const price = createChainPricer(chainEffort);

/** No source means a volatility above this. */
const highestVolatility = 20;

/**
 * Fills in what our own model says of a snapshot: volatility, Greeks, and where they come from.
 *
 * `iv_source` is `computed`, or `provider` where ours could not be computed and the source has one: the Greeks are then ours
 * at the source's volatility. `iv_reason` says why ours could not be computed, and otherwise what was not as it should be:
 * `last-price` when bid and ask were of no use, `known-underlying` when the row had no price of the underlying.
 */
export function evaluateSnapshot(rows: SnapshotRows, terms: SnapshotTerms): SnapshotRows {
  const { columns, length } = rows;
  const batch = batchOf(columns, length, terms);
  const solved = createSolvedBatch(length);
  solveEuropean(batch, solved);
  const early = placesWorthExercising(batch.right, terms);
  if (early.length > 0) solveEarly(batch, early, solved);
  const { source, reason } = explained(columns, batch, solved, terms);
  return {
    ...rows,
    columns: {
      ...columns,
      iv: solved.volatility,
      delta: solved.delta,
      gamma: solved.gamma,
      theta: solved.theta,
      vega: solved.vega,
      rho: solved.rho,
      underlying_price: batch.spot,
      iv_source: source,
      iv_reason: reason,
    },
  };
}

function batchOf(columns: SnapshotColumns, length: number, terms: SnapshotTerms): OptionBatch {
  const right = new Int8Array(length);
  const spot = new Float64Array(length);
  const strike = new Float64Array(length);
  const prices = new Float64Array(length);
  for (let place = 0; place < length; place++) {
    right[place] = codeOf(columns.right[place]);
    strike[place] = columns.strike[place] ?? NaN;
    const own = columns.underlying_price[place] ?? NaN;
    spot[place] = isPositive(own) ? own : terms.knownPrice;
    prices[place] = hasMiddle(columns, place)
      ? 0.5 * ((columns.bid[place] ?? NaN) + (columns.ask[place] ?? NaN))
      : (columns.last[place] ?? NaN);
  }
  const same = (value: number): Float64Array => new Float64Array(length).fill(value);
  const { years, rate, dividendYield } = terms;
  return {
    right,
    spot,
    strike,
    price: prices,
    years: same(years),
    rate: same(rate),
    dividendYield: same(dividendYield),
  };
}

function codeOf(right: string | null | undefined): number {
  return right === 'C' || right === 'P' ? rightCode[right] : 0;
}

/** Whether there are both sides, not crossed, and no further apart than the middle is high: wider ones say nothing. */
function hasMiddle({ bid, ask }: SnapshotColumns, place: number): boolean {
  const low = bid[place] ?? NaN;
  const high = ask[place] ?? NaN;
  return low > 0 && high >= low && high < Infinity && high - low <= 0.5 * (low + high);
}

/** The options for which the right to exercise early is worth something: the others are as good as European. */
function placesWorthExercising(right: Int8Array, { style, rate, dividendYield }: SnapshotTerms): Int32Array {
  if (style === 'european') return new Int32Array();
  const places = new Int32Array(right.length);
  let count = 0;
  for (let place = 0; place < right.length; place++) {
    const [gain, cost] = right[place] === rightCode.C ? [dividendYield, rate] : [rate, dividendYield];
    if (gain > 0 || cost < gain) places[count++] = place;
  }
  return places.subarray(0, count);
}

function solveEarly(batch: OptionBatch, places: Int32Array, solved: SolvedBatch): void {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(places, (place) => column[place] ?? NaN);
  const part: OptionBatch = {
    right: Int8Array.from(places, (place) => batch.right[place] ?? 0),
    spot: pick(batch.spot),
    strike: pick(batch.strike),
    years: pick(batch.years),
    rate: pick(batch.rate),
    dividendYield: pick(batch.dividendYield),
    price: pick(batch.price),
  };
  const found = { volatility: new Float64Array(places.length), reason: new Uint8Array(places.length) };
  solveAmerican(price, part, found);
  for (let index = 0; index < places.length; index++) {
    const place = places[index] ?? 0;
    const reason = found.reason[index] ?? reasonCode['no-terms'];
    solved.reason[place] = reason;
    if (reason === reasonCode.solved) writeAt(batch, solved, place, found.volatility[index] ?? NaN, true);
    else writeNothing(solved, place);
  }
}

/** Writes a volatility and the Greeks at it; nothing at all when one of them is no number. */
function writeAt(batch: OptionBatch, solved: SolvedBatch, place: number, volatility: number, early: boolean): boolean {
  const call = batch.right[place] === rightCode.C;
  const spot = batch.spot[place] ?? NaN;
  const strike = batch.strike[place] ?? NaN;
  const years = batch.years[place] ?? NaN;
  const rate = batch.rate[place] ?? NaN;
  const yielded = batch.dividendYield[place] ?? NaN;
  if (early) writeAmericanGreeks(price, solved, place, call, spot, strike, years, rate, yielded, volatility);
  else {
    const spotNow = spot * Math.exp(-yielded * years);
    const strikeNow = strike * Math.exp(-rate * years);
    writeGreeks(solved, place, call, spot, spotNow, strikeNow, years, rate, yielded, volatility * Math.sqrt(years));
  }
  solved.volatility[place] = volatility;
  const { delta, gamma, vega, theta, rho } = solved;
  const sum =
    (delta[place] ?? NaN) + (gamma[place] ?? NaN) + (vega[place] ?? NaN) + (theta[place] ?? NaN) + (rho[place] ?? NaN);
  if (Number.isFinite(sum)) return true;
  writeNothing(solved, place);
  if (solved.reason[place] === reasonCode.solved) solved.reason[place] = reasonCode['not-determined'];
  return false;
}

function writeNothing({ volatility, delta, gamma, vega, theta, rho }: SolvedBatch, place: number): void {
  volatility[place] = NaN;
  delta[place] = NaN;
  gamma[place] = NaN;
  vega[place] = NaN;
  theta[place] = NaN;
  rho[place] = NaN;
}

function explained(
  columns: SnapshotColumns,
  batch: OptionBatch,
  solved: SolvedBatch,
  terms: SnapshotTerms,
): { readonly source: TextColumn; readonly reason: TextColumn } {
  const { length } = batch.price;
  const source = new Array<string | null>(length).fill(null);
  const reason = new Array<string | null>(length).fill(null);
  const isWorth = new Uint8Array(length);
  for (const place of placesWorthExercising(batch.right, terms)) isWorth[place] = 1;
  for (let place = 0; place < length; place++) {
    const code = solved.reason[place] ?? reasonCode['no-terms'];
    if (code === reasonCode.solved) {
      source[place] = 'computed';
      reason[place] = remarkOn(columns, place);
      continue;
    }
    reason[place] = reasonOf(code) ?? 'no-terms';
    if (
      isUsable(batch, columns, place) &&
      writeAt(batch, solved, place, columns.provider_iv[place] ?? NaN, isWorth[place] === 1)
    )
      source[place] = 'provider';
  }
  return { source, reason };
}

/** Whether Greeks can be had at the source's own volatility. */
function isUsable(batch: OptionBatch, { provider_iv }: SnapshotColumns, place: number): boolean {
  const theirs = provider_iv[place] ?? NaN;
  return (
    theirs > 0 &&
    theirs <= highestVolatility &&
    batch.right[place] !== 0 &&
    isPositive(batch.spot[place] ?? NaN) &&
    isPositive(batch.strike[place] ?? NaN) &&
    isPositive(batch.years[place] ?? NaN)
  );
}

function isPositive(value: number): boolean {
  return value > 0 && value < Infinity;
}

function remarkOn(columns: SnapshotColumns, place: number): string | null {
  const fromLast = !hasMiddle(columns, place);
  const fromElsewhere = !isPositive(columns.underlying_price[place] ?? NaN);
  if (fromLast) return fromElsewhere ? 'last-price, known-underlying' : 'last-price';
  return fromElsewhere ? 'known-underlying' : null;
}
