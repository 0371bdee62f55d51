import type { RowsOf } from './rows.js';
import type { Right } from './series.js';

/** What a source says of one instrument at one moment; null for what it does not say. */
export interface QuoteReading {
  readonly last: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  /** Of the session before. */
  readonly close: number | null;
  readonly volume: number | null;
  /** Not the live market but some minutes before it. */
  readonly delayed: boolean;
}

/** What a source says of one option at one moment; null for what it does not say. */
export interface OptionReading {
  readonly strike: number;
  readonly right: Right;
  readonly conId: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly last: number | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  readonly underlyingPrice: number | null;
  /** By the source's own model. */
  readonly iv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly delayed: boolean;
}

/** A quote as a table of one row. */
export function quoteRows(reading: QuoteReading): RowsOf<'quotes'> {
  const one = (value: number | null): Float64Array => Float64Array.of(value ?? NaN);
  return {
    dataset: 'quotes',
    length: 1,
    columns: {
      last: one(reading.last),
      bid: one(reading.bid),
      ask: one(reading.ask),
      open: one(reading.open),
      high: one(reading.high),
      low: one(reading.low),
      close: one(reading.close),
      volume: one(reading.volume),
      delayed: one(Number(reading.delayed)),
    },
  };
}

/**
 * Options as a table of one row each, in order of strike and right. What the source's model says goes into the columns
 * named after the provider; those of our own model are left empty for whoever computes them.
 */
export function snapshotRows(unordered: readonly OptionReading[]): RowsOf<'option_snapshots'> {
  const readings = unordered.toSorted((a, b) =>
    a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike,
  );
  const { length } = readings;
  const column = (valueOf: (reading: OptionReading) => number | null): Float64Array =>
    Float64Array.from(readings, (reading) => valueOf(reading) ?? NaN);
  const nothing = (): Float64Array => new Float64Array(length).fill(NaN);
  const noText = (): null[] => new Array<null>(length).fill(null);
  return {
    dataset: 'option_snapshots',
    length,
    columns: {
      strike: column(({ strike }) => strike),
      right: readings.map(({ right }) => right),
      con_id: column(({ conId }) => conId),
      bid: column(({ bid }) => bid),
      ask: column(({ ask }) => ask),
      last: column(({ last }) => last),
      volume: column(({ volume }) => volume),
      open_interest: column(({ openInterest }) => openInterest),
      iv: nothing(),
      delta: nothing(),
      gamma: nothing(),
      theta: nothing(),
      vega: nothing(),
      rho: nothing(),
      underlying_price: column(({ underlyingPrice }) => underlyingPrice),
      iv_source: noText(),
      iv_reason: noText(),
      provider_iv: column(({ iv }) => iv),
      provider_delta: column(({ delta }) => delta),
      provider_gamma: column(({ gamma }) => gamma),
      provider_theta: column(({ theta }) => theta),
      provider_vega: column(({ vega }) => vega),
      delayed: column(({ delayed }) => Number(delayed)),
    },
  };
}
