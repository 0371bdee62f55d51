import type { ExerciseStyle } from '../core/analytics-settings.js';
import type { RowsOf, TextColumn } from '../core/tables/rows.js';
import { chainAccuracy } from './american/american-pricer.js';
import { createChainPricer } from './american/chain-pricer.js';
import { writeAmericanGreeks } from './american/american-greeks.js';
import { rightCode } from './conventions.js';
import type { OptionTerms } from './conventions.js';
import { writeEuropeanGreeks } from './european/greeks.js';
import { ivReasonCode, ivReasonFromCode } from './iv-reason.js';
import { solveAmerican } from './american/solve-american.js';
import { createSolvedBatch, solveEuropean } from './european/solve-european.js';
import type { OptionBatch, SolvedBatch } from './european/solve-european.js';

/** Terms that the options of a snapshot, all of one expiry, have in common. */
export interface SnapshotTerms {
  readonly style: ExerciseStyle;
  readonly rate: number;
  readonly dividendYield: number;
  /** Years to their expiry. */
  readonly years: number;
  /** The price of the underlying for rows without one; NaN if it is unknown. */
  readonly fallbackUnderlyingPrice: number;
}

type SnapshotRows = RowsOf<'option_snapshots'>;
type SnapshotColumns = SnapshotRows['columns'];

const price = createChainPricer(chainAccuracy);

/** No provider reports a volatility above this. */
const maxVolatility = 20;

/**
 * Fills the model columns of a snapshot: volatility, Greeks, and their origin.
 *
 * `iv_source` is `computed`, or `provider` if the model found no volatility and the provider reports one: the Greeks
 * are then computed at the provider's volatility. `iv_reason` says why the model found none, and otherwise which
 * fallbacks it used: `last-price` if bid and ask were unusable, `known-underlying` if the row had no price of the
 * underlying.
 */
export function evaluateSnapshot(rows: SnapshotRows, terms: SnapshotTerms): SnapshotRows {
  const { columns, length } = rows;
  const batch = createBatch(columns, length, terms);
  const solved = createSolvedBatch(length);
  solveEuropean(batch, solved);
  const earlyExerciseRows = findEarlyExerciseRows(batch.right, terms);
  if (earlyExerciseRows.length > 0) solveEarlyExercise(batch, earlyExerciseRows, solved);
  const { source, reason } = explainResults(columns, batch, solved, terms);
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

function createBatch(columns: SnapshotColumns, length: number, terms: SnapshotTerms): OptionBatch {
  const right = new Int8Array(length);
  const spot = new Float64Array(length);
  const strike = new Float64Array(length);
  const prices = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    right[row] = toRightCode(columns.right[row]);
    strike[row] = columns.strike[row] ?? NaN;
    const rowPrice = columns.underlying_price[row] ?? NaN;
    spot[row] = isPositive(rowPrice) ? rowPrice : terms.fallbackUnderlyingPrice;
    prices[row] = hasMidPrice(columns, row)
      ? 0.5 * ((columns.bid[row] ?? NaN) + (columns.ask[row] ?? NaN))
      : (columns.last[row] ?? NaN);
  }
  const constantColumn = (value: number): Float64Array => new Float64Array(length).fill(value);
  const { years, rate, dividendYield } = terms;
  return {
    right,
    spot,
    strike,
    price: prices,
    years: constantColumn(years),
    rate: constantColumn(rate),
    dividendYield: constantColumn(dividendYield),
  };
}

function toRightCode(right: string | null | undefined): number {
  return right === 'C' || right === 'P' ? rightCode[right] : 0;
}

/**
 * Returns whether bid and ask exist, are not crossed, and are no further apart than their mid-price; wider quotes are
 * meaningless.
 */
function hasMidPrice({ bid, ask }: SnapshotColumns, row: number): boolean {
  const low = bid[row] ?? NaN;
  const high = ask[row] ?? NaN;
  return low > 0 && high >= low && high < Infinity && high - low <= 0.5 * (low + high);
}

/** The rows whose early exercise can have a value; the others are priced as European. */
function findEarlyExerciseRows(right: Int8Array, { style, rate, dividendYield }: SnapshotTerms): Int32Array {
  if (style === 'european') return new Int32Array();
  const rowIndices = new Int32Array(right.length);
  let count = 0;
  for (let row = 0; row < right.length; row++) {
    const [gain, cost] = right[row] === rightCode.C ? [dividendYield, rate] : [rate, dividendYield];
    if (gain > 0 || cost < gain) rowIndices[count++] = row;
  }
  return rowIndices.subarray(0, count);
}

function solveEarlyExercise(batch: OptionBatch, rowIndices: Int32Array, solved: SolvedBatch): void {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rowIndices, (row) => column[row] ?? NaN);
  const subset: OptionBatch = {
    right: Int8Array.from(rowIndices, (row) => batch.right[row] ?? 0),
    spot: pick(batch.spot),
    strike: pick(batch.strike),
    years: pick(batch.years),
    rate: pick(batch.rate),
    dividendYield: pick(batch.dividendYield),
    price: pick(batch.price),
  };
  const found = { volatility: new Float64Array(rowIndices.length), reason: new Uint8Array(rowIndices.length) };
  solveAmerican(price, subset, found);
  for (let index = 0; index < rowIndices.length; index++) {
    const row = rowIndices[index] ?? 0;
    const reason = found.reason[index] ?? ivReasonCode['no-terms'];
    solved.reason[row] = reason;
    if (reason === ivReasonCode.solved) writeResult(batch, solved, row, found.volatility[index] ?? NaN, true);
    else clearResult(solved, row);
  }
}

/** Writes a volatility and its Greeks; clears the row and returns false if one of them is not finite. */
function writeResult(
  batch: OptionBatch,
  solved: SolvedBatch,
  row: number,
  volatility: number,
  isEarlyExercise: boolean,
): boolean {
  const terms: OptionTerms = {
    right: batch.right[row] === rightCode.C ? 'C' : 'P',
    spot: batch.spot[row] ?? NaN,
    strike: batch.strike[row] ?? NaN,
    years: batch.years[row] ?? NaN,
    rate: batch.rate[row] ?? NaN,
    dividendYield: batch.dividendYield[row] ?? NaN,
  };
  if (isEarlyExercise) writeAmericanGreeks(price, solved, row, terms, volatility);
  else writeEuropeanGreeks(solved, row, terms, volatility);
  solved.volatility[row] = volatility;
  const { delta, gamma, vega, theta, rho } = solved;
  const sum = (delta[row] ?? NaN) + (gamma[row] ?? NaN) + (vega[row] ?? NaN) + (theta[row] ?? NaN) + (rho[row] ?? NaN);
  if (Number.isFinite(sum)) return true;
  clearResult(solved, row);
  if (solved.reason[row] === ivReasonCode.solved) solved.reason[row] = ivReasonCode['not-determined'];
  return false;
}

function clearResult({ volatility, delta, gamma, vega, theta, rho }: SolvedBatch, row: number): void {
  volatility[row] = NaN;
  delta[row] = NaN;
  gamma[row] = NaN;
  vega[row] = NaN;
  theta[row] = NaN;
  rho[row] = NaN;
}

function explainResults(
  columns: SnapshotColumns,
  batch: OptionBatch,
  solved: SolvedBatch,
  terms: SnapshotTerms,
): { readonly source: TextColumn; readonly reason: TextColumn } {
  const { length } = batch.price;
  const source = new Array<string | null>(length).fill(null);
  const reason = new Array<string | null>(length).fill(null);
  const isEarlyExercise = new Uint8Array(length);
  for (const row of findEarlyExerciseRows(batch.right, terms)) isEarlyExercise[row] = 1;
  for (let row = 0; row < length; row++) {
    const code = solved.reason[row] ?? ivReasonCode['no-terms'];
    if (code === ivReasonCode.solved) {
      source[row] = 'computed';
      reason[row] = describeFallback(columns, row);
      continue;
    }
    reason[row] = ivReasonFromCode(code) ?? 'no-terms';
    if (
      canUseProviderVolatility(batch, columns, row) &&
      writeResult(batch, solved, row, columns.provider_iv[row] ?? NaN, isEarlyExercise[row] === 1)
    )
      source[row] = 'provider';
  }
  return { source, reason };
}

/** Returns whether Greeks can be computed at the provider's volatility. */
function canUseProviderVolatility(batch: OptionBatch, { provider_iv }: SnapshotColumns, row: number): boolean {
  const providerVolatility = provider_iv[row] ?? NaN;
  return (
    providerVolatility > 0 &&
    providerVolatility <= maxVolatility &&
    batch.right[row] !== 0 &&
    isPositive(batch.spot[row] ?? NaN) &&
    isPositive(batch.strike[row] ?? NaN) &&
    isPositive(batch.years[row] ?? NaN)
  );
}

function isPositive(value: number): boolean {
  return value > 0 && value < Infinity;
}

function describeFallback(columns: SnapshotColumns, row: number): string | null {
  const usesLastPrice = !hasMidPrice(columns, row);
  const usesKnownUnderlying = !isPositive(columns.underlying_price[row] ?? NaN);
  if (usesLastPrice) return usesKnownUnderlying ? 'last-price, known-underlying' : 'last-price';
  return usesKnownUnderlying ? 'known-underlying' : null;
}
