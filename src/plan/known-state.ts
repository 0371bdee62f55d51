import { isIntraday } from '../core/tables/bars.js';
import type { TradingHours, PriceType } from '../core/tables/bars.js';
import type { FetchResult } from '../core/fetch-result.js';
import type { RequestId } from '../core/request.js';
import type { Rows, RowsOf } from '../core/tables/rows.js';
import { formatSeriesName } from '../core/series.js';
import type { Instrument, OptionContract, ProviderName, SeriesOf } from '../core/series.js';
import { assignTradingClasses } from '../core/trading-class.js';
import { fromDayNumber, toUtcDate } from '../core/time/time.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import { createDailyCloses, noDailyCloses } from './daily-closes.js';
import type { ClosesSnapshot } from './daily-closes.js';
import type { KnownChain, KnownClose, KnownContract, KnownQuote } from '../lake/api.js';

/** The latest contract, chain and prices of each symbol, which other steps are planned from. */
export interface KnownState {
  contract(provider: ProviderName, symbol: string): KnownContract | undefined;
  chain(provider: ProviderName, symbol: string): KnownChain | undefined;
  close(provider: ProviderName, symbol: string): KnownClose | undefined;
  /** The latest price: that of a quote after the session of the last close, or that close. */
  price(provider: ProviderName, symbol: string): KnownPrice | undefined;
  /** The latest snapshots of a symbol's options. */
  snapshots(provider: ProviderName, symbol: string): KnownSnapshots | undefined;
  /** Ratio of 20-day to usual realised volatility; undefined with too few daily closes. */
  volatilityRatio(provider: ProviderName, symbol: string): number | undefined;
  /** Number of daily closes that `volatilityRatio` knows. */
  dailyCloses(provider: ProviderName, symbol: string): number;
  /** Number of daily closes that `volatilityRatio` needs. */
  readonly minDailyCloses: number;
  /** Start of the provider's history of bars, if it was requested. */
  historyStart(provider: ProviderName, symbol: string, priceType: PriceType, hours: TradingHours): Instant | undefined;
  /**
   * Returns whether this run found that the provider does not know an option that it lists. Coverage has those of
   * earlier runs.
   */
  isUnlisted(provider: ProviderName, instrument: Instrument, contract: OptionContract): boolean;
}

/** A price and the request that fetched it. */
export interface KnownPrice {
  readonly price: number;
  /** UTC date of the quote, or session of the close. */
  readonly date: LocalDate;
  readonly requestId: RequestId;
}

export interface KnownSnapshots {
  /** The time of the last answer with options; −∞ without any. */
  readonly asOf: Instant;
  /** The time of the last request, whatever came of it. */
  readonly attemptedAt: Instant;
}

/** Known state that includes the answers of the run, so that deferred tasks are planned before anything is committed. */
export interface MutableKnownState extends KnownState {
  record(result: FetchResult): void;
}

/** State of the lake at the time of the plan, by provider and symbol. */
export interface KnownStateSnapshot {
  readonly contracts: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownContract>>;
  readonly chains: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownChain>>;
  readonly closes: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownClose>>;
  readonly quotes: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownQuote>>;
  readonly snapshots: ReadonlyMap<ProviderName, ReadonlyMap<string, KnownSnapshots>>;
  readonly dailyCloses: ClosesSnapshot;
  /** By provider and `historyStartKey`. */
  readonly historyStarts: ReadonlyMap<ProviderName, ReadonlyMap<string, Instant>>;
}

/** Builds the key of a history start within one provider. */
export function historyStartKey(symbol: string, priceType: string, hours: TradingHours): string {
  return `${symbol}\n${priceType}\n${hours}`;
}

export const emptyKnownState: KnownStateSnapshot = {
  contracts: new Map(),
  chains: new Map(),
  closes: new Map(),
  quotes: new Map(),
  snapshots: new Map(),
  dailyCloses: noDailyCloses,
  historyStarts: new Map(),
};

export function createKnownState(snapshot: KnownStateSnapshot): MutableKnownState {
  const unlisted = withSnapshot<true>(new Map());
  const values = createKnownValues(snapshot);
  const { contracts, chains, quotes, snapshots, historyStarts, closes } = values;
  const dailyCloses = createDailyCloses(snapshot.dailyCloses);

  return {
    contract: contracts.get,
    chain: chains.get,
    close: closes.get,
    price: (provider, symbol) => selectPrice(quotes.get(provider, symbol), closes.get(provider, symbol)),
    snapshots: snapshots.get,
    volatilityRatio: dailyCloses.ratio,
    dailyCloses: dailyCloses.count,
    minDailyCloses: snapshot.dailyCloses.minimum,
    historyStart: (provider, symbol, priceType, hours) =>
      historyStarts.get(provider, historyStartKey(symbol, priceType, hours)),
    isUnlisted: (provider, instrument, contract) =>
      unlisted.get(provider, formatSeriesName({ dataset: 'chains', provider, instrument, contract })) === true,
    record(result) {
      const { rows, series, closedWindows, requestId, answeredAt: asOf } = result;
      const { provider, instrument } = series;
      if (series.dataset === 'chains' && series.contract !== undefined) {
        unlisted.set(provider, formatSeriesName(series), true);
        return;
      }
      if (series.dataset === 'option_snapshots') {
        const known = snapshots.get(provider, instrument.symbol);
        snapshots.set(provider, instrument.symbol, { asOf: known?.asOf ?? -Infinity, attemptedAt: asOf });
      }
      if (series.dataset === 'chains' && closedWindows.some(({ state }) => state === 'empty')) {
        chains.set(provider, instrument.symbol, { asOf, requestId, contracts: [] });
      }
      if (rows === null || rows.length === 0) return;
      recordRows(values, rows, result);
      dailyCloses.record(series, rows);
    },
  };
}

interface KnownValues {
  readonly contracts: OverlaidValues<KnownContract>;
  readonly chains: OverlaidValues<KnownChain>;
  readonly quotes: OverlaidValues<KnownQuote>;
  readonly snapshots: OverlaidValues<KnownSnapshots>;
  readonly historyStarts: OverlaidValues<Instant>;
  readonly closes: KnownCloses;
}

function createKnownValues(snapshot: KnownStateSnapshot): KnownValues {
  return {
    contracts: withSnapshot(snapshot.contracts),
    chains: withSnapshot(snapshot.chains),
    quotes: withSnapshot(snapshot.quotes),
    snapshots: withSnapshot(snapshot.snapshots),
    historyStarts: withSnapshot(snapshot.historyStarts),
    closes: createKnownCloses(snapshot),
  };
}

function recordRows(
  { contracts, chains, quotes, snapshots, historyStarts, closes }: KnownValues,
  rows: Rows,
  { series, requestId, answeredAt: asOf }: FetchResult,
): void {
  const { provider } = series;
  const { symbol } = series.instrument;
  switch (rows.dataset) {
    case 'contracts':
      contracts.set(provider, symbol, { asOf, requestId, conId: numberOrNull(rows.columns.con_id[0]) });
      return;
    case 'chains':
      chains.set(provider, symbol, { asOf, requestId, contracts: toContracts(symbol, rows.columns, rows.length) });
      return;
    case 'equity_bars':
      if (series.dataset === 'equity_bars') closes.record(rows, series, requestId);
      return;
    case 'history_starts': {
      const first = numberOrNull(rows.columns.first[0]);
      if (series.dataset !== 'history_starts' || first === null) return;
      historyStarts.set(provider, historyStartKey(symbol, series.priceType, series.hours), first);
      return;
    }
    case 'quotes': {
      const price = selectQuotePrice(rows.columns);
      if (price !== null) quotes.set(provider, symbol, { at: asOf, price, requestId });
      return;
    }
    case 'option_snapshots':
      snapshots.set(provider, symbol, { asOf, attemptedAt: asOf });
      return;
    case 'option_bars':
    case 'overviews':
    case 'corporate_actions':
  }
}

type ValuesByProvider<T> = ReadonlyMap<ProviderName, ReadonlyMap<string, T>>;

interface OverlaidValues<T> {
  readonly get: (provider: ProviderName, key: string) => T | undefined;
  set(provider: ProviderName, key: string, value: T): void;
}

/** Values of the run, and below them those of the snapshot. */
function withSnapshot<T>(snapshot: ValuesByProvider<T>): OverlaidValues<T> {
  const byProvider = new Map<ProviderName, Map<string, T>>();
  return {
    get: (provider, key) => byProvider.get(provider)?.get(key) ?? snapshot.get(provider)?.get(key),
    set(provider, key, value) {
      const values = byProvider.get(provider) ?? new Map<string, T>();
      byProvider.set(provider, values.set(key, value));
    },
  };
}

interface KnownCloses {
  readonly get: KnownState['close'];
  record(rows: RowsOf<'equity_bars'>, series: SeriesOf<'equity_bars'>, requestId: RequestId): void;
}

function createKnownCloses(snapshot: Pick<KnownStateSnapshot, 'closes'>): KnownCloses {
  const closes = withSnapshot(snapshot.closes);
  /** The ranks of closes of this run; those of the lake are mostly official closes of trades. */
  const ranks = new Map<KnownClose, number>();
  return {
    get: closes.get,
    record(rows, series, requestId) {
      const { provider, instrument } = series;
      const last = lastClose(rows.columns.session, rows.columns.close, requestId);
      if (last === null) return;
      const rank = rankClose(series);
      const known = closes.get(provider, instrument.symbol);
      if (known !== undefined) {
        if (last.session < known.session) return;
        if (last.session === known.session && rank < (ranks.get(known) ?? storedRank)) return;
        ranks.delete(known);
      }
      closes.set(provider, instrument.symbol, last);
      ranks.set(last, rank);
    },
  };
}

const officialRank = 4;
const tradesRank = 2;
const storedRank = officialRank + tradesRank;

/**
 * Ranks the closes of one session as the lake does: the official close of a daily bar, then trades, then regular hours.
 * Of equals the later answer counts.
 */
function rankClose({ barSize, priceType, hours }: SeriesOf<'equity_bars'>): number {
  return (
    (isIntraday(barSize) ? 0 : officialRank) + (priceType === 'TRADES' ? tradesRank : 0) + (hours === 'rth' ? 1 : 0)
  );
}

/** A close is the last price of its day; only a quote of a later day is newer. */
function selectPrice(quote: KnownQuote | undefined, last: KnownClose | undefined): KnownPrice | undefined {
  if (quote !== undefined && (last === undefined || toUtcDate(quote.at) > last.session))
    return { price: quote.price, date: toUtcDate(quote.at), requestId: quote.requestId };
  return last === undefined ? undefined : { price: last.close, date: last.session, requestId: last.requestId };
}

function toContracts(
  symbol: string,
  columns: {
    readonly expiry: Float64Array;
    readonly strike: Float64Array;
    readonly right: readonly (string | null)[];
    readonly con_id: Float64Array;
    readonly trading_class: readonly (string | null)[];
  },
  length: number,
): readonly OptionContract[] {
  const contracts: OptionContract[] = [];
  for (let row = 0; row < length; row++) {
    const right = columns.right[row];
    const strike = columns.strike[row];
    const expiry = columns.expiry[row];
    if ((right !== 'C' && right !== 'P') || strike === undefined || expiry === undefined) continue;
    const tradingClass = columns.trading_class[row] ?? null;
    contracts.push({
      expiry: fromDayNumber(expiry),
      strike,
      right,
      conId: numberOrNull(columns.con_id[row]),
      ...(tradingClass === null ? {} : { tradingClass }),
    });
  }
  return assignTradingClasses(symbol, contracts);
}

function lastClose(sessions: Float64Array, closes: Float64Array, requestId: RequestId): KnownClose | null {
  const session = sessions.at(-1);
  const close = closes.at(-1);
  if (session === undefined || close === undefined || Number.isNaN(close)) return null;
  return { session: fromDayNumber(session), close, requestId };
}

/** Returns the last trade; without one the midpoint, or the previous close. */
function selectQuotePrice({ last, bid, ask, close }: RowsOf<'quotes'>['columns']): number | null {
  return numberOrNull(last[0]) ?? numberOrNull(((bid[0] ?? NaN) + (ask[0] ?? NaN)) / 2) ?? numberOrNull(close[0]);
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
