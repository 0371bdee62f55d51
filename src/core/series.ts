import type { BarSize, TradingHours, PriceType } from './tables/bars.js';
import type { LocalDate } from './time/time.js';
import type { Dataset } from './tables/tables.js';

/** What kind of thing a symbol names. */
export type InstrumentKind = 'stock' | 'etf' | 'index' | 'future';

/** A symbol with what is needed to find it at a source. */
export interface Instrument {
  readonly symbol: string;
  readonly kind: InstrumentKind;
  /** Where requests are routed, in the source's words (`SMART`, `ASX`, `NSE`). */
  readonly exchange: string;
  readonly currency: string;
  /** The calendar its sessions follow (`XNYS`). */
  readonly calendar: string;
}

/** A call or a put. */
export type Right = 'C' | 'P';

/** One listed option of an underlying. */
export interface OptionContract {
  readonly expiry: LocalDate;
  readonly strike: number;
  readonly right: Right;
  /** The source's own number for it; null where the source has none. */
  readonly conId: number | null;
}

/** An expiry, and how many of its strikes are wanted. */
export interface ExpectedExpiry {
  readonly expiry: LocalDate;
  readonly strikes: number;
}

/** Names the source that answers; part of a series' identity, so that mock rows never pass for real ones. */
export type ProviderName = 'mock' | 'synthetic' | 'ib' | 'kite';

/** Who answers: a provider, or `pipe` itself from answers it holds. */
export type DataOrigin = ProviderName | 'pipe';

/** What is asked for: a table, an instrument and the parameters that make its rows comparable. */
export type Series =
  | { readonly dataset: 'contracts'; readonly provider: ProviderName; readonly instrument: Instrument }
  | {
      readonly dataset: 'chains';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      /** One pair of expiry and strike that the source lists and does not know: nothing but its absence is ever recorded. */
      readonly contract?: OptionContract;
    }
  | {
      readonly dataset: 'equity_bars';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      readonly barSize: BarSize;
      readonly priceType: PriceType;
      readonly hours: TradingHours;
    }
  | {
      readonly dataset: 'option_bars';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      readonly contract: OptionContract;
      readonly barSize: BarSize;
      readonly priceType: PriceType;
      readonly hours: TradingHours;
    }
  | {
      readonly dataset: 'history_starts';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      readonly priceType: PriceType;
      readonly hours: TradingHours;
    }
  | { readonly dataset: 'quotes'; readonly provider: ProviderName; readonly instrument: Instrument }
  | {
      readonly dataset: 'option_snapshots';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      readonly expiry: LocalDate;
      /** Counted from 1: an expiry with more options than one request may name is asked for in several. */
      readonly part: number;
      /** What to ask for, all of this expiry; not part of the series' identity. */
      readonly contracts: readonly OptionContract[];
    }
  | {
      readonly dataset: 'overviews';
      /** Whose market it is computed from. */
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      /** What the snapshots were to bring; not part of the series' identity. */
      readonly expected: readonly ExpectedExpiry[];
    };

/** The series of one particular table. */
export type SeriesOf<D extends Dataset> = Extract<Series, { dataset: D }>;

/**
 * The name of a series in coverage and lineage, such as `equity_bars/AAPL/1 day/TRADES/rth`. It leaves the provider out:
 * coverage is kept per provider and name.
 */
export type SeriesName = string;

/** `/` parts the name, so it is escaped inside a symbol; everything else stays readable. */
export function escapePart(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F');
}

export function unescapePart(part: string): string {
  return part.replaceAll('%2F', '/').replaceAll('%25', '%');
}

export function formatSeriesName(series: Series): SeriesName {
  const symbol = escapePart(series.instrument.symbol);
  switch (series.dataset) {
    case 'contracts':
    case 'quotes':
    case 'overviews':
      return `${series.dataset}/${symbol}`;
    case 'chains':
      return series.contract === undefined
        ? `chains/${symbol}`
        : `chains/${symbol}/${formatContractName(series.contract)}`;
    case 'history_starts':
      return `history_starts/${symbol}/${series.priceType}/${series.hours}`;
    case 'option_snapshots':
      return `option_snapshots/${symbol}/${series.expiry}/${series.part}`;
    case 'equity_bars':
      return `equity_bars/${symbol}/${series.barSize}/${series.priceType}/${series.hours}`;
    case 'option_bars':
      return `option_bars/${symbol}/${formatContractName(series.contract)}/${series.barSize}/${series.priceType}/${series.hours}`;
  }
}

function formatContractName({ expiry, strike, right }: OptionContract): string {
  return `${expiry}/${strike}/${right}`;
}

/** The table and symbol of a series, read back from its name. */
export function parseSeriesName(name: SeriesName): { dataset: string; symbol: string; parameters: string } {
  const [dataset = '', symbol = '', ...parameters] = name.split('/');
  return { dataset, symbol: unescapePart(symbol), parameters: parameters.join('/') };
}
