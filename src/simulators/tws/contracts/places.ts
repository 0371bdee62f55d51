import type { InstrumentKind } from '../../../core/series.js';
import { knownName } from '../../../market/known-names.js';
import type { WireContract } from '../wire/contract.js';

/** A market that contracts can be listed in. */
export interface Place {
  readonly calendar: string;
  readonly currency: string;
  /** Where stocks are routed when nobody says where. */
  readonly defaultExchange: string;
  /** Where stocks trade; the first that is not SMART is where they are listed when nothing else is known. */
  readonly stocks: readonly string[];
  /** Where options trade, the first is asked for when nobody says where. */
  readonly options: readonly string[];
  /** Where indices come from. */
  readonly indices: readonly string[];
  /** Hours in which stocks also trade, though little: minutes from midnight; null where there are none. */
  readonly extended: readonly [number, number] | null;
  readonly isin: string;
}

const americanStocks =
  'SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,ISLAND,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,PEARL,NYSENAT,LTSE,MEMX,PSX';

/** Every market, with the one that is meant when nothing tells which first. */
export const places: readonly Place[] = [
  {
    calendar: 'XNYS',
    currency: 'USD',
    defaultExchange: 'SMART',
    stocks: americanStocks.split(','),
    options: 'SMART,AMEX,CBOE,PHLX,ISE,BOX,PSE,NASDAQOM,BATS,CBOE2,EDGX,EMERALD,GEMINI,MERCURY,MIAX,PEARL'.split(','),
    indices: ['CBOE', 'NASDAQ', 'NYSE', 'AMEX', 'SMART'],
    extended: [240, 1200],
    isin: 'US',
  },
  {
    calendar: 'XASX',
    currency: 'AUD',
    defaultExchange: 'ASX',
    stocks: ['ASX', 'SMART', 'ASXCEN', 'CHIXAU'],
    options: ['ASX', 'SMART'],
    indices: ['ASX', 'SMART'],
    extended: null,
    isin: 'AU',
  },
  {
    calendar: 'XNSE',
    currency: 'INR',
    defaultExchange: 'NSE',
    stocks: ['NSE', 'SMART'],
    options: ['NSE', 'SMART'],
    indices: ['NSE', 'SMART'],
    extended: null,
    isin: 'IN',
  },
  {
    calendar: 'XBOM',
    currency: 'INR',
    defaultExchange: 'BSE',
    stocks: ['BSE'],
    options: ['BSE'],
    indices: ['BSE'],
    extended: null,
    isin: 'IN',
  },
];

/** Companies that are listed at home and in New York: asked for without a currency they are ambiguous. */
const listedTwice: ReadonlySet<string> = new Set(['BHP', 'INFY']);

/** The exchange at which a symbol is listed, as far as it is known. */
export function listingOf(symbol: string): string | undefined {
  return knownName(symbol)?.listing;
}

/** What kind of thing a symbol names when a client says stock or index; null when it is not of that type. */
export function kindOf(symbol: string, secType: string): InstrumentKind | null {
  const category = knownName(symbol)?.industry;
  if (secType === 'IND') return category === undefined || category === 'Indices' ? 'index' : null;
  if (secType !== 'STK' || category === 'Indices') return null;
  return category === 'Funds' ? 'etf' : 'stock';
}

/** The markets in which a described stock or index can be meant: more than one when the description leaves it open. */
export function placesOf(
  symbol: string,
  secType: string,
  contract: Pick<WireContract, 'currency' | 'exchange' | 'primaryExchange'>,
): readonly Place[] {
  const { currency, exchange, primaryExchange } = contract;
  const listing = listingOf(symbol);
  const exchangesOf = (place: Place): readonly string[] => (secType === 'IND' ? place.indices : place.stocks);
  const fits = places.filter(
    (place) =>
      (currency === '' || place.currency === currency) &&
      (exchange === '' || exchangesOf(place).includes(exchange)) &&
      (primaryExchange === '' || place.stocks.includes(primaryExchange) || place.indices.includes(primaryExchange)),
  );
  const [first] = fits;
  if (first === undefined || fits.length === 1) return fits;
  // Still open: the home market of the name, New York besides if it is listed there too, else the first.
  const home = fits.find(
    (place) => listing !== undefined && (place.stocks.includes(listing) || place.indices.includes(listing)),
  );
  if (home === undefined) return [first];
  return listedTwice.has(symbol) && home !== first ? [first, home] : [home];
}

/** Where an instrument is listed. */
export function primaryExchangeOf(symbol: string, place: Place): string {
  const listing = listingOf(symbol);
  if (listing !== undefined && (place.stocks.includes(listing) || place.indices.includes(listing))) return listing;
  return place.calendar === 'XNYS' ? 'NYSE' : place.defaultExchange;
}
