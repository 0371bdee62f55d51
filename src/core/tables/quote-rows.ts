import type { RowsOf } from './rows.js';
import type { Right } from '../series.js';

/** A quote of one instrument at one instant; null for values that the provider does not supply. */
export interface QuoteInput {
  readonly last: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  /** The close of the previous session. */
  readonly close: number | null;
  readonly volume: number | null;
  /** Delayed market data instead of the live market. */
  readonly delayed: boolean;
}

/** A quote of one option at one instant; null for values that the provider does not supply. */
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
  /** Implied volatility by the provider's own model. */
  readonly iv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly delayed: boolean;
}

/** Converts a quote to a table of one row. */
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
 * Converts option quotes to a table of one row each, ordered by strike and right. Values of the provider's model go
 * into the `provider_` columns; the trading class and the columns of pipe's own model are filled in later.
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
      trading_class: emptyTextColumn(),
    },
  };
}
