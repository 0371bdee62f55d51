import type { InstrumentKind } from '../../../core/series.js';
import { findKnownInstrument } from '../../../market/instruments/known-instruments.js';
import type { WireContract } from '../wire/wire-contract.js';

/** A market that contracts can be listed in. */
export interface ListingMarket {
  readonly calendar: string;
  readonly currency: string;
  /** Where stocks are routed when nobody says where. */
  readonly defaultExchange: string;
  /** Where stocks trade; the first that is not SMART is where they are listed when nothing else is known. */
  readonly stockExchanges: readonly string[];
  /** Where options trade, the first is asked for when nobody says where. */
  readonly optionExchanges: readonly string[];
  /** Where indices come from. */
  readonly indexExchanges: readonly string[];
  /** Hours in which stocks also trade, though little: minutes from midnight; null where there are none. */
  readonly extendedHours: readonly [number, number] | null;
  readonly isinCountry: string;
}

const usStockExchanges =
  'SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,ISLAND,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,PEARL,NYSENAT,LTSE,MEMX,PSX';

/** Every market, with the one that is meant when nothing tells which first. */
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
];

/** Companies that are listed at home and in New York: asked for without a currency they are ambiguous. */
const dualListedSymbols: ReadonlySet<string> = new Set(['BHP', 'INFY']);

/** The exchange at which a symbol is listed, as far as it is known. */
export function findListing(symbol: string): string | undefined {
  return findKnownInstrument(symbol)?.primaryExchange;
}

/** What kind of thing a symbol names when a client says stock or index; null when it is not of that type. */
export function toInstrumentKind(symbol: string, secType: string): InstrumentKind | null {
  const category = findKnownInstrument(symbol)?.industry;
  if (secType === 'IND') return category === undefined || category === 'Indices' ? 'index' : null;
  if (secType !== 'STK' || category === 'Indices') return null;
  return category === 'Funds' ? 'etf' : 'stock';
}

/** The markets in which a described stock or index can be meant: more than one when the description leaves it open. */
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
  // Still open: the home market of the name, New York besides if it is listed there too, else the first.
  const home = matches.find(
    (listingMarket) =>
      listing !== undefined &&
      (listingMarket.stockExchanges.includes(listing) || listingMarket.indexExchanges.includes(listing)),
  );
  if (home === undefined) return [first];
  return dualListedSymbols.has(symbol) && home !== first ? [first, home] : [home];
}

/** Where an instrument is listed. */
export function getPrimaryExchange(symbol: string, listingMarket: ListingMarket): string {
  const listing = findListing(symbol);
  if (
    listing !== undefined &&
    (listingMarket.stockExchanges.includes(listing) || listingMarket.indexExchanges.includes(listing))
  )
    return listing;
  return listingMarket.calendar === 'XNYS' ? 'NYSE' : listingMarket.defaultExchange;
}
