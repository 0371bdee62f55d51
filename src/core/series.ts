import type { BarSize, TradingHours, PriceType } from './tables/bars.js';
import type { Instant, LocalDate } from './time/time.js';
import type { Dataset } from './tables/tables.js';

export type InstrumentKind = 'stock' | 'etf' | 'index' | 'future';

/** What identifies an instrument at its provider besides the symbol, as the pipeline sets it. */
export interface InstrumentIds {
  /** The provider's own id, or an id that many providers know; at most one of them. */
  readonly conId?: number;
  readonly isin?: string;
  readonly figi?: string;
  /** The exchange that lists it. */
  readonly primaryExchange?: string;
}

/** A symbol with the details that identify it at a provider. */
export interface Instrument {
  readonly symbol: string;
  readonly kind: InstrumentKind;
  /** The routing destination, in the provider's terms (`SMART`, `ASX`, `NSE`). */
  readonly exchange: string;
  readonly currency: string;
  /** The market identifier code of the calendar of its sessions (`XNYS`). */
  readonly calendar: string;
  /** Absent if the symbol identifies it. */
  readonly ids?: InstrumentIds;
}

export type Right = 'C' | 'P';

/** One listed option of an underlying. */
export interface OptionContract {
  readonly expiry: LocalDate;
  readonly strike: number;
  readonly right: Right;
  /** The provider's own id; null if the provider has none. */
  readonly conId: number | null;
  /** The class that it trades in, such as SPXW; absent if the provider names none. */
  readonly tradingClass?: string;
  /** The main class of the symbol lists the same expiry, strike and right; see `assignTradingClasses`. */
  readonly isOtherClass?: true;
}

/** An expiry with the number of its strikes that a snapshot requests. */
export interface ExpectedExpiry {
  readonly expiry: LocalDate;
  readonly strikes: number;
}

/** A provider that answers requests. */
export type FetchProvider = 'mock' | 'synthetic' | 'ib' | 'kite';

/** A source of imported files, such as `import:nse-fo`: its rows never pass for those of a provider. */
export type ImportSource = `import:${string}`;

/** Names a provider; part of a series' identity, so that mock rows never pass for real ones. */
export type ProviderName = FetchProvider | ImportSource;

const importPrefix = 'import:';

/** Returns the provider name of the rows that come from files of a source. */
export function toImportSource(source: string): ImportSource {
  return `${importPrefix}${source}`;
}

export function isImportSource(name: string): name is ImportSource {
  return name.startsWith(importPrefix) && name.length > importPrefix.length;
}

/** The origin of rows: a provider, or `pipe` itself for computed rows. */
export type DataOrigin = ProviderName | 'pipe';

/** A table, an instrument and the parameters that make rows comparable. */
export type Series =
  | { readonly dataset: 'contracts'; readonly provider: ProviderName; readonly instrument: Instrument }
  | {
      readonly dataset: 'chains';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      /** A pair of expiry and strike that the provider lists but does not know; only its absence is recorded. */
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
  /** Changes of stored bars that a second answer showed. */
  | {
      readonly dataset: 'corporate_actions';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      readonly barSize: BarSize;
      readonly priceType: PriceType;
      readonly hours: TradingHours;
    }
  | { readonly dataset: 'quotes'; readonly provider: ProviderName; readonly instrument: Instrument }
  | {
      readonly dataset: 'option_snapshots';
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      readonly expiry: LocalDate;
      /** Counted from 1: an expiry with more options than one request may name is split into parts. */
      readonly part: number;
      /** The requested options, all of this expiry; not part of the series' identity. */
      readonly contracts: readonly OptionContract[];
    }
  | {
      readonly dataset: 'overviews';
      /** The provider whose snapshots it is computed from. */
      readonly provider: ProviderName;
      readonly instrument: Instrument;
      /** The options that the snapshots requested; not part of the series' identity. */
      readonly expected: readonly ExpectedExpiry[];
      /** Stored options from before belong to an earlier chain; absent for no limit. Not part of the series' identity. */
      readonly optionsSince?: Instant;
    };

/** The series of one table. */
export type SeriesOf<D extends Dataset> = Extract<Series, { dataset: D }>;

/**
 * The name of a series in coverage and lineage, such as `equity_bars/AAPL/1 day/TRADES/rth`. It leaves the provider
 * out: coverage is keyed by provider and name.
 */
export type SeriesName = string;

/** Escapes `/`, which separates the parts of a name; everything else stays readable. */
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
        : `chains/${symbol}/${formatContractName(series.contract)}${formatClass(series.contract)}`;
    case 'history_starts':
      return `history_starts/${symbol}/${series.priceType}/${series.hours}`;
    case 'option_snapshots':
      return `option_snapshots/${symbol}/${series.expiry}/${series.part}`;
    case 'equity_bars':
    case 'corporate_actions':
      return `${series.dataset}/${symbol}/${series.barSize}/${series.priceType}/${series.hours}`;
    case 'option_bars':
      return `option_bars/${symbol}/${formatContractName(series.contract)}/${series.barSize}/${series.priceType}/${series.hours}${formatClass(series.contract)}`;
  }
}

/** Names the class at the end, where series of the main class have nothing: their names are as old as the lake. */
function formatClass({ isOtherClass, tradingClass }: OptionContract): string {
  return isOtherClass === true && tradingClass !== undefined ? `/${escapePart(tradingClass)}` : '';
}

function formatContractName({ expiry, strike, right }: OptionContract): string {
  return `${expiry}/${strike}/${right}`;
}

/** Splits a series name into its table, symbol and parameters. */
export function parseSeriesName(name: SeriesName): { dataset: string; symbol: string; parameters: string } {
  const [dataset = '', symbol = '', ...parameters] = name.split('/');
  return { dataset, symbol: unescapePart(symbol), parameters: parameters.join('/') };
}
