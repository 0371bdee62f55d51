import type { InstrumentKind } from '../../../core/series.js';
import { findKnownInstrument } from '../../../market/instruments/known-instruments.js';
import type { WireContract } from '../wire/wire-contract.js';

export interface ListingMarket {
  readonly calendar: string;
  readonly currency: string;
  /** Default routing of stocks. */
  readonly defaultExchange: string;
  /** Exchanges of stocks; the first other than SMART is the default primary exchange. */
  readonly stockExchanges: readonly string[];
  /** Exchanges of options; the first is the default. */
  readonly optionExchanges: readonly string[];
  /** Exchanges of indices. */
  readonly indexExchanges: readonly string[];
  /** Extended trading hours of stocks in minutes from midnight; null if there are none. */
  readonly extendedHours: readonly [number, number] | null;
  readonly isinCountry: string;
}

const usStockExchanges =
  'SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,ISLAND,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,PEARL,NYSENAT,LTSE,MEMX,PSX';

/** All markets; the first is the default. */
export const listingMarkets: readonly ListingMarket[] = [
  {
    calendar: 'XNYS',
    currency: 'USD',
    defaultExchange: 'SMART',
    stockExchanges: usStockExchanges.split(','),
    optionExchanges:
      'SMART,AMEX,CBOE,PHLX,ISE,BOX,PSE,NASDAQOM,BATS,CBOE2,EDGX,EMERALD,GEMINI,MERCURY,MIAX,PEARL'.split(','),
    indexExchanges: ['CBOE', 'NASDAQ', 'NYSE', 'AMEX', 'SMART'],
    extendedHours: [240, 1200],
    isinCountry: 'US',
  },
  {
    calendar: 'XASX',
    currency: 'AUD',
    defaultExchange: 'ASX',
    stockExchanges: ['ASX', 'SMART', 'ASXCEN', 'CHIXAU'],
    optionExchanges: ['ASX', 'SMART'],
    indexExchanges: ['ASX', 'SMART'],
    extendedHours: null,
    isinCountry: 'AU',
  },
  {
    calendar: 'XNSE',
    currency: 'INR',
    defaultExchange: 'NSE',
    stockExchanges: ['NSE', 'SMART'],
    optionExchanges: ['NSE', 'SMART'],
    indexExchanges: ['NSE', 'SMART'],
    extendedHours: null,
    isinCountry: 'IN',
  },
  {
    calendar: 'XBOM',
    currency: 'INR',
    defaultExchange: 'BSE',
    stockExchanges: ['BSE'],
    optionExchanges: ['BSE'],
    indexExchanges: ['BSE'],
    extendedHours: null,
    isinCountry: 'IN',
  },
  ...(
    [
      ['XLON', 'GBP', ['LSE', 'SMART', 'LSEETF'], 'GB'],
      ['XETR', 'EUR', ['IBIS', 'SMART', 'IBIS2', 'FWB'], 'DE'],
      ['XPAR', 'EUR', ['SBF', 'SMART'], 'FR'],
      ['XAMS', 'EUR', ['AEB', 'SMART'], 'NL'],
      ['XBRU', 'EUR', ['ENEXT.BE', 'SMART'], 'BE'],
      ['XMIL', 'EUR', ['BVME', 'SMART', 'BVME.ETF'], 'IT'],
      ['XSWX', 'CHF', ['EBS', 'SMART'], 'CH'],
      ['XTSE', 'CAD', ['TSE', 'SMART'], 'CA'],
      ['XTKS', 'JPY', ['TSEJ', 'SMART'], 'JP'],
      ['XHKG', 'HKD', ['SEHK', 'SMART'], 'HK'],
    ] as const
  ).map(([calendar, currency, exchanges, isinCountry]): ListingMarket => ({
    calendar,
    currency,
    defaultExchange: exchanges[0],
    stockExchanges: exchanges,
    optionExchanges: exchanges,
    indexExchanges: exchanges,
    extendedHours: null,
    isinCountry,
  })),
];

/** Companies listed at home and in New York; a request without a currency is ambiguous. */
const dualListedSymbols: ReadonlySet<string> = new Set(['BHP', 'INFY']);

/** Returns the known primary exchange of a symbol. */
export function findListing(symbol: string): string | undefined {
  return findKnownInstrument(symbol)?.primaryExchange;
}

/** Returns the instrument kind of a symbol for a security type; null if the symbol is of another type. */
export function toInstrumentKind(symbol: string, secType: string): InstrumentKind | null {
  const category = findKnownInstrument(symbol)?.industry;
  if (secType === 'IND') return category === undefined || category === 'Indices' ? 'index' : null;
  if (secType !== 'STK' || category === 'Indices') return null;
  return category === 'Funds' ? 'etf' : 'stock';
}

/** Finds the markets that a description of a stock or index matches; more than one if it is ambiguous. */
export function findListingMarkets(
  symbol: string,
  secType: string,
  contract: Pick<WireContract, 'currency' | 'exchange' | 'primaryExchange'>,
): readonly ListingMarket[] {
  const { currency, exchange, primaryExchange } = contract;
  const listing = findListing(symbol);
  const getExchanges = (listingMarket: ListingMarket): readonly string[] =>
    secType === 'IND' ? listingMarket.indexExchanges : listingMarket.stockExchanges;
  const matches = listingMarkets.filter(
    (listingMarket) =>
      (currency === '' || listingMarket.currency === currency) &&
      (exchange === '' || getExchanges(listingMarket).includes(exchange)) &&
      (primaryExchange === '' ||
        listingMarket.stockExchanges.includes(primaryExchange) ||
        listingMarket.indexExchanges.includes(primaryExchange)),
  );
  const [first] = matches;
  if (first === undefined || matches.length === 1) return matches;
  // Still ambiguous: the home market of the symbol, also New York if it is listed there, else the default.
  const home = matches.find(
    (listingMarket) =>
      listing !== undefined &&
      (listingMarket.stockExchanges.includes(listing) || listingMarket.indexExchanges.includes(listing)),
  );
  if (home === undefined) return [first];
  return dualListedSymbols.has(symbol) && home !== first ? [first, home] : [home];
}

/** Returns the primary exchange of an instrument. */
export function getPrimaryExchange(symbol: string, listingMarket: ListingMarket): string {
  const listing = findListing(symbol);
  if (
    listing !== undefined &&
    (listingMarket.stockExchanges.includes(listing) || listingMarket.indexExchanges.includes(listing))
  )
    return listing;
  return listingMarket.calendar === 'XNYS' ? 'NYSE' : listingMarket.defaultExchange;
}
