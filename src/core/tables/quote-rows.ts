import type { RowsOf } from './rows.js';
import type { Right } from '../series.js';

/** What a source says of one instrument at one moment; null for what it does not say. */
export interface QuoteInput {
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
export interface OptionInput {
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
export function toQuoteRows(input: QuoteInput): RowsOf<'quotes'> {
  const singleValue = (value: number | null): Float64Array => Float64Array.of(value ?? NaN);
  return {
    dataset: 'quotes',
    length: 1,
    columns: {
      last: singleValue(input.last),
      bid: singleValue(input.bid),
      ask: singleValue(input.ask),
      open: singleValue(input.open),
      high: singleValue(input.high),
      low: singleValue(input.low),
      close: singleValue(input.close),
      volume: singleValue(input.volume),
      delayed: singleValue(Number(input.delayed)),
    },
  };
}

/**
 * Options as a table of one row each, in order of strike and right. What the source's model says goes into the columns
 * named after the provider; those of our own model are left empty for whoever computes them.
 */
export function toSnapshotRows(unsorted: readonly OptionInput[]): RowsOf<'option_snapshots'> {
  const inputs = unsorted.toSorted((a, b) =>
    a.strike === b.strike ? a.right.localeCompare(b.right) : a.strike - b.strike,
  );
  const { length } = inputs;
  const column = (getValue: (input: OptionInput) => number | null): Float64Array =>
    Float64Array.from(inputs, (input) => getValue(input) ?? NaN);
  const emptyColumn = (): Float64Array => new Float64Array(length).fill(NaN);
  const emptyTextColumn = (): null[] => new Array<null>(length).fill(null);
  return {
    dataset: 'option_snapshots',
    length,
    columns: {
      strike: column(({ strike }) => strike),
      right: inputs.map(({ right }) => right),
      con_id: column(({ conId }) => conId),
      bid: column(({ bid }) => bid),
      ask: column(({ ask }) => ask),
      last: column(({ last }) => last),
      volume: column(({ volume }) => volume),
      open_interest: column(({ openInterest }) => openInterest),
      iv: emptyColumn(),
      delta: emptyColumn(),
      gamma: emptyColumn(),
      theta: emptyColumn(),
      vega: emptyColumn(),
      rho: emptyColumn(),
      underlying_price: column(({ underlyingPrice }) => underlyingPrice),
      iv_source: emptyTextColumn(),
      iv_reason: emptyTextColumn(),
      provider_iv: column(({ iv }) => iv),
      provider_delta: column(({ delta }) => delta),
      provider_gamma: column(({ gamma }) => gamma),
      provider_theta: column(({ theta }) => theta),
      provider_vega: column(({ vega }) => vega),
      delayed: column(({ delayed }) => Number(delayed)),
    },
  };
}
