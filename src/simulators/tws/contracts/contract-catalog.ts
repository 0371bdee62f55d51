import type { Calendar } from '../../../core/time/calendar.js';
import type { Instrument } from '../../../core/series.js';
import { addDays } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import { findIndexOfClass } from '../../../market/options/option-chain.js';
import type { ListedOption } from '../../../market/options/option-chain.js';
import type { Market } from '../../../market/market.js';
import type { WireContract } from '../wire/wire-contract.js';
import { formatCompactDate, parseCompactDate } from '../wire/times.js';
import { createConIdRegistry } from './con-id-registry.js';
import { createFigi, createIsin } from './isin.js';
import { allListed, stockListings } from './listings.js';
import type { IsListed } from './listings.js';
import { toInstrumentKind, findListingMarkets } from './listing-markets.js';
import type { ListingMarket } from './listing-markets.js';

/** A stock or an index with its listing. */
export interface Spot {
  readonly kind: 'spot';
  readonly conId: number;
  readonly secType: 'STK' | 'IND';
  readonly instrument: Instrument;
  readonly listingMarket: ListingMarket;
  readonly calendar: Calendar;
}

export interface Option {
  readonly kind: 'option';
  readonly conId: number;
  readonly underlying: Spot;
  /** Exchange of the request. */
  readonly exchange: string;
  readonly listed: Omit<ListedOption, 'conId'>;
}

export type Contract = Spot | Option;

/** Result of looking up a contract description. */
export type Lookup =
  | { readonly kind: 'found'; readonly contracts: readonly Contract[] }
  | { readonly kind: 'none' }
  /** The contract has expired. */
  | { readonly kind: 'expired'; readonly contract: Contract }
  /** The description is invalid. */
  | { readonly kind: 'invalid'; readonly cause: string };

/** Finds contracts by clients' descriptions and assigns their ids. */
export interface ContractCatalog {
  readonly isListed: IsListed;
  lookUp(query: WireContract, at: Instant): Lookup;
  /** Lists the tradable options on a stock or an index at an instant. */
  chain(spot: Spot, at: Instant): readonly ListedOption[];
  getOption(underlying: Spot, listed: Omit<ListedOption, 'conId'>, exchange: string): Option;
}

/** Maximum cached chains: enough for one pass over a watch list. */
const maxCachedChains = 64;

/** Contracts whose ids work before any lookup, because scripts contain them. */
const preassignedStocks = ['AAPL', 'AMZN', 'IBM', 'MSFT', 'NVDA', 'SPY', 'TSLA'];
const preassignedIndices = ['SPX', 'VIX'];

export function createContractCatalog(deps: {
  readonly market: Market;
  readonly calendarOf: (name: string) => Calendar | undefined;
  readonly isListed?: IsListed;
}): ContractCatalog {
  const { market, calendarOf, isListed = allListed } = deps;
  const conIdRegistry = createConIdRegistry<Contract>();
  const chainCache = new Map<
    string,
    { readonly chain: readonly ListedOption[]; readonly from: Instant; readonly until: Instant }
  >();

  function findSpot(
    listingMarket: ListingMarket,
    symbol: string,
    secType: 'STK' | 'IND',
    exchange: string,
  ): Spot | null {
    const kind = toInstrumentKind(symbol, secType);
    const calendar = calendarOf(listingMarket.calendar);
    if (kind === null || calendar === undefined || !isListed(symbol)) return null;
    const instrument = { symbol, kind, exchange, currency: listingMarket.currency, calendar: listingMarket.calendar };
    if (!market.contract(instrument).found) return null;
    const make = (conId: number): Spot => ({ kind: 'spot', conId, secType, instrument, listingMarket, calendar });
    const suffix = listingMarket.calendar === 'XBOM' ? '|BSE' : '';
    return make(conIdRegistry.assign(`${symbol}|${secType}|${listingMarket.currency}${suffix}`, () => make(0)));
  }

  function findSpots(query: WireContract, symbol: string, secType: string): readonly Spot[] {
    if (secType !== 'STK' && secType !== 'IND') return [];
    return findListingMarkets(symbol, secType, query).flatMap((listingMarket) => {
      const exchange =
        query.exchange !== ''
          ? query.exchange
          : secType === 'IND'
            ? (listingMarket.indexExchanges[0] ?? '')
            : listingMarket.defaultExchange;
      return findSpot(listingMarket, symbol, secType, exchange) ?? [];
    });
  }

  /** Finds stocks by an ISIN or a FIGI; their ids are computed from their symbols. */
  function findBySecId({ secIdType = '', secId = '', ...query }: WireContract): readonly Spot[] {
    const symbol = stockListings.find((name) =>
      secIdType === 'FIGI'
        ? createFigi(name) === secId
        : secIdType === 'ISIN' && createIsin(secId.slice(0, 2), name) === secId,
    );
    return symbol === undefined
      ? []
      : findSpots(query, symbol, 'STK').filter(
          ({ listingMarket }) => secIdType === 'FIGI' || listingMarket.isinCountry === secId.slice(0, 2),
        );
  }

  function getOption(underlying: Spot, listed: Omit<ListedOption, 'conId'>, exchange: string): Option {
    const { instrument } = underlying;
    const terms = `${instrument.symbol}|${instrument.currency}|${listed.expiry}|${listed.strike}|${listed.right}`;
    const name = listed.tradingClass === instrument.symbol ? terms : `${terms}|${listed.tradingClass}`;
    const make = (conId: number): Option => ({ kind: 'option', conId, underlying, exchange, listed });
    return make(conIdRegistry.assign(name, () => make(0)));
  }

  function chain(spot: Spot, at: Instant): readonly ListedOption[] {
    const { symbol, currency, calendar } = spot.instrument;
    const name = `${symbol}|${spot.secType}|${currency}|${calendar}`;
    const known = chainCache.get(name);
    if (known !== undefined && at >= known.from && at < known.until) return known.chain;
    const found = market.chain(spot.instrument, at);
    const freshChain = found.found ? found.value : [];
    // A chain changes at midnight (new strikes and expiries) and at the close (today's expiry ends).
    const today = spot.calendar.dateAt(at);
    const close = spot.calendar.sessions(today, addDays(today, 1)).find((session) => session.close > at)?.close;
    const until = Math.min(close ?? Infinity, spot.calendar.startOf(addDays(today, 1)));
    chainCache.delete(name);
    chainCache.set(name, { chain: freshChain, from: at, until });
    const [oldest] = chainCache.keys();
    if (chainCache.size > maxCachedChains && oldest !== undefined) chainCache.delete(oldest);
    return freshChain;
  }

  function findOptions(query: WireContract, at: Instant): Lookup {
    const occSymbol = parseOccSymbol(query.localSymbol);
    const symbol = query.symbol !== '' ? query.symbol : (occSymbol?.symbol ?? '');
    if (symbol === '') return { kind: 'invalid', cause: 'Please enter a local symbol or an expiry' };
    const anyExchange = { ...query, exchange: '', primaryExchange: '' };
    const underlyings = [...findSpots(anyExchange, symbol, 'IND'), ...findSpots(anyExchange, symbol, 'STK')].filter(
      ({ listingMarket }) => query.exchange === '' || listingMarket.optionExchanges.includes(query.exchange),
    );
    const known = underlyings.filter(({ secType }) => secType === 'STK' || toInstrumentKind(symbol, 'STK') === null);
    const optionQuery = occSymbol === null ? query : { ...query, ...occSymbol };
    const found = known.flatMap((underlying) =>
      chain(underlying, at)
        .filter((listed) => matchesListing(optionQuery, listed))
        .map((listed) => getOption(underlying, listed, getOptionExchange(query, underlying.listingMarket))),
    );
    if (found.length > 0) return { kind: 'found', contracts: found };
    for (const underlying of known) {
      const expiredOption = findExpiredOption(underlying, optionQuery, at);
      if (expiredOption !== null) return { kind: 'expired', contract: expiredOption };
    }
    return { kind: 'none' };
  }

  function findExpiredOption(underlying: Spot, query: WireContract, at: Instant): Option | null {
    const expiry = parseCompactDate(query.expiry.slice(0, 8));
    const { strike, right } = query;
    if (expiry === null || strike === null || right === null || expiry > underlying.calendar.dateAt(at)) return null;
    const tradingClass = query.tradingClass === '' ? underlying.instrument.symbol : query.tradingClass;
    const quoted = market.optionQuote(underlying.instrument, { expiry, strike, right, tradingClass }, at);
    if (!quoted.found && quoted.reason !== 'after-expiry') return null;
    const listed = {
      expiry,
      strike,
      right,
      exchange: query.exchange,
      tradingClass,
      multiplier: 100,
      localSymbol: '',
    };
    return getOption(underlying, listed, getOptionExchange(query, underlying.listingMarket));
  }

  /** Finds a contract by its id, routed to the requested exchange. */
  function findByConId(query: WireContract, at: Instant): Lookup | null {
    const known = conIdRegistry.find(query.conId);
    if (known === undefined) return null;
    if (known.kind === 'spot') {
      const exchanges =
        known.secType === 'IND' ? known.listingMarket.indexExchanges : known.listingMarket.stockExchanges;
      if (query.exchange !== '' && !exchanges.includes(query.exchange)) return { kind: 'none' };
      const exchange = query.exchange !== '' ? query.exchange : known.instrument.exchange;
      const instrument = { ...known.instrument, exchange };
      return { kind: 'found', contracts: [{ ...known, conId: query.conId, instrument }] };
    }
    const { underlying, listed } = known;
    if (query.exchange !== '' && !underlying.listingMarket.optionExchanges.includes(query.exchange))
      return { kind: 'none' };
    const contract = { ...known, conId: query.conId, exchange: getOptionExchange(query, underlying.listingMarket) };
    const isTradable = chain(underlying, at).some(
      ({ expiry, strike, right, tradingClass }) =>
        expiry === listed.expiry &&
        strike === listed.strike &&
        right === listed.right &&
        tradingClass === listed.tradingClass,
    );
    return isTradable ? { kind: 'found', contracts: [contract] } : { kind: 'expired', contract };
  }

  const [usMarket] = findListingMarkets('', 'STK', { currency: 'USD', exchange: '', primaryExchange: '' });
  if (usMarket !== undefined) {
    for (const symbol of preassignedStocks) findSpot(usMarket, symbol, 'STK', 'SMART');
    for (const symbol of preassignedIndices) findSpot(usMarket, symbol, 'IND', 'CBOE');
  }

  return {
    isListed,
    lookUp(query, at) {
      if (query.conId > 0) {
        const known = findByConId(query, at);
        if (known !== null) return known;
        if (query.symbol === '' && query.localSymbol === '') return { kind: 'none' };
      }
      if (query.secId !== undefined && query.secId !== '') {
        const contracts = findBySecId(query);
        return contracts.length > 0 ? { kind: 'found', contracts } : { kind: 'none' };
      }
      const { secType } = query;
      if (secType === '') return { kind: 'invalid', cause: 'Please enter a valid security type' };
      let result: Lookup;
      if (secType === 'OPT') {
        result = findOptions(query, at);
      } else {
        const symbol = query.symbol !== '' ? query.symbol : query.localSymbol;
        if (symbol === '') return { kind: 'invalid', cause: 'Please enter a symbol' };
        const contracts = findSpots(query, symbol, secType);
        result = contracts.length > 0 ? { kind: 'found', contracts } : { kind: 'none' };
      }
      if (query.conId === 0 || result.kind === 'none' || result.kind === 'invalid') return result;
      // The client gave a description and an id from an earlier run, not assigned in this one: the id must match the
      // description.
      if (result.kind === 'expired') return result.contract.conId === query.conId ? result : { kind: 'none' };
      const contracts = result.contracts.filter(({ conId }) => conId === query.conId);
      return contracts.length > 0 ? { kind: 'found', contracts } : { kind: 'none' };
    },
    chain,
    getOption,
  };
}

function getOptionExchange(query: WireContract, listingMarket: ListingMarket): string {
  return query.exchange !== '' ? query.exchange : (listingMarket.optionExchanges[0] ?? '');
}

function matchesListing(query: WireContract, listed: ListedOption): boolean {
  return (
    (query.expiry === '' || formatCompactDate(listed.expiry).startsWith(query.expiry.slice(0, 8))) &&
    (query.strike === null || Math.abs(query.strike - listed.strike) < 1e-6) &&
    (query.right === null || query.right === listed.right) &&
    (query.multiplier === '' || Number(query.multiplier) === listed.multiplier) &&
    (query.tradingClass === '' || query.tradingClass === listed.tradingClass)
  );
}

/** Parses an OCC option symbol: `AAPL  261218C00270000`. It begins with the class. */
function parseOccSymbol(
  name: string,
): Pick<WireContract, 'symbol' | 'tradingClass' | 'expiry' | 'strike' | 'right'> | null {
  const match = /^(.{1,6}?) *(\d{6})([CP])(\d{8})$/.exec(name);
  if (match === null) return null;
  const [, tradingClass = '', date = '', right = '', strike = ''] = match;
  const symbol = findIndexOfClass(tradingClass) ?? tradingClass;
  return {
    symbol,
    tradingClass,
    expiry: `20${date}`,
    strike: Number(strike) / 1_000,
    right: right === 'C' ? 'C' : 'P',
  };
}
