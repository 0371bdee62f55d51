import type { Calendar } from '../../../core/calendar.js';
import type { Instrument } from '../../../core/series.js';
import { addDays } from '../../../core/time.js';
import type { Instant } from '../../../core/time.js';
import type { ListedOption } from '../../../market/listing.js';
import type { Market } from '../../../market/market.js';
import type { WireContract } from '../wire/contract.js';
import { compactDate, dateOfCompact } from '../wire/times.js';
import { conIds } from './con-ids.js';
import { kindOf, placesOf } from './places.js';
import type { Place } from './places.js';

/** A stock or an index with where it is. */
export interface Spot {
  readonly kind: 'spot';
  readonly conId: number;
  readonly secType: 'STK' | 'IND';
  readonly instrument: Instrument;
  readonly place: Place;
  readonly calendar: Calendar;
}

/** An option of a stock or an index. */
export interface Option {
  readonly kind: 'option';
  readonly conId: number;
  readonly underlying: Spot;
  /** Where it was asked for. */
  readonly exchange: string;
  readonly listed: Omit<ListedOption, 'conId'>;
}

export type Contract = Spot | Option;

/** What a description stands for. */
export type Looked =
  | { readonly kind: 'found'; readonly contracts: readonly Contract[] }
  | { readonly kind: 'none' }
  /** It existed until its expiry. */
  | { readonly kind: 'expired'; readonly contract: Contract }
  /** The description cannot mean anything. */
  | { readonly kind: 'invalid'; readonly cause: string };

/** Finds contracts by what clients say about them, and remembers the numbers it hands out. */
export interface ContractBook {
  look(wanted: WireContract, at: Instant): Looked;
  /** The options of a stock or an index that can be traded at an instant. */
  chain(spot: Spot, at: Instant): readonly ListedOption[];
  option(underlying: Spot, listed: Omit<ListedOption, 'conId'>, exchange: string): Option;
}

/** How many chains are kept: those of one pass over a watch list. */
const keptChains = 64;

/** Names whose numbers are known before anybody has asked for them: scripts have them written down. */
const firstNames = ['AAPL', 'AMZN', 'IBM', 'MSFT', 'NVDA', 'SPY', 'TSLA'];
const firstIndices = ['SPX', 'VIX'];

export function contractBook(parts: {
  readonly market: Market;
  readonly calendarOf: (name: string) => Calendar | undefined;
}): ContractBook {
  const { market, calendarOf } = parts;
  const numbers = conIds<Contract>();
  const chains = new Map<
    string,
    { readonly chain: readonly ListedOption[]; readonly from: Instant; readonly until: Instant }
  >();

  function spotIn(place: Place, symbol: string, secType: 'STK' | 'IND', exchange: string): Spot | null {
    const kind = kindOf(symbol, secType);
    const calendar = calendarOf(place.calendar);
    if (kind === null || calendar === undefined) return null;
    const instrument = { symbol, kind, exchange, currency: place.currency, calendar: place.calendar };
    if (!market.contract(instrument).found) return null;
    const make = (conId: number): Spot => ({ kind: 'spot', conId, secType, instrument, place, calendar });
    const suffix = place.calendar === 'XBOM' ? '|BSE' : '';
    return make(numbers.numberOf(`${symbol}|${secType}|${place.currency}${suffix}`, () => make(0)));
  }

  function spots(wanted: WireContract, symbol: string, secType: string): readonly Spot[] {
    if (secType !== 'STK' && secType !== 'IND') return [];
    return placesOf(symbol, secType, wanted).flatMap((place) => {
      const exchange =
        wanted.exchange !== '' ? wanted.exchange : secType === 'IND' ? (place.indices[0] ?? '') : place.defaultExchange;
      return spotIn(place, symbol, secType, exchange) ?? [];
    });
  }

  function option(underlying: Spot, listed: Omit<ListedOption, 'conId'>, exchange: string): Option {
    const { instrument } = underlying;
    const name = `${instrument.symbol}|${instrument.currency}|${listed.expiry}|${listed.strike}|${listed.right}`;
    const make = (conId: number): Option => ({ kind: 'option', conId, underlying, exchange, listed });
    return make(numbers.numberOf(name, () => make(0)));
  }

  function chain(spot: Spot, at: Instant): readonly ListedOption[] {
    const { symbol, currency, calendar } = spot.instrument;
    const name = `${symbol}|${spot.secType}|${currency}|${calendar}`;
    const known = chains.get(name);
    if (known !== undefined && at >= known.from && at < known.until) return known.chain;
    const found = market.chain(spot.instrument, at);
    const fresh = found.found ? found.value : [];
    // A chain changes at midnight, when strikes and expiries are added, and at the close, when the day's expiry is over.
    const today = spot.calendar.dateAt(at);
    const close = spot.calendar.sessions(today, addDays(today, 1)).find((session) => session.close > at)?.close;
    const until = Math.min(close ?? Infinity, spot.calendar.startOf(addDays(today, 1)));
    chains.delete(name);
    chains.set(name, { chain: fresh, from: at, until });
    const [oldest] = chains.keys();
    if (chains.size > keptChains && oldest !== undefined) chains.delete(oldest);
    return fresh;
  }

  function options(wanted: WireContract, at: Instant): Looked {
    const named = occParts(wanted.localSymbol);
    const symbol = wanted.symbol !== '' ? wanted.symbol : (named?.symbol ?? '');
    if (symbol === '') return { kind: 'invalid', cause: 'Please enter a local symbol or an expiry' };
    const open = { ...wanted, exchange: '', primaryExchange: '' };
    const underlyings = [...spots(open, symbol, 'IND'), ...spots(open, symbol, 'STK')].filter(
      ({ place }) => wanted.exchange === '' || place.options.includes(wanted.exchange),
    );
    const known = underlyings.filter(({ secType }) => secType === 'STK' || kindOf(symbol, 'STK') === null);
    const description = named === null ? wanted : { ...wanted, ...named };
    const found = known.flatMap((underlying) =>
      chain(underlying, at)
        .filter((listed) => fits(description, listed))
        .map((listed) => option(underlying, listed, exchangeOf(wanted, underlying.place))),
    );
    if (found.length > 0) return { kind: 'found', contracts: found };
    for (const underlying of known) {
      const gone = expired(underlying, description, at);
      if (gone !== null) return { kind: 'expired', contract: gone };
    }
    return { kind: 'none' };
  }

  function expired(underlying: Spot, wanted: WireContract, at: Instant): Option | null {
    const expiry = dateOfCompact(wanted.expiry.slice(0, 8));
    const { strike, right } = wanted;
    if (expiry === null || strike === null || right === null || expiry > underlying.calendar.dateAt(at)) return null;
    const asked = market.optionQuote(underlying.instrument, { expiry, strike, right }, at);
    if (!asked.found && asked.why !== 'after-expiry') return null;
    const { symbol } = underlying.instrument;
    const listed = {
      expiry,
      strike,
      right,
      exchange: wanted.exchange,
      tradingClass: symbol,
      multiplier: 100,
      localSymbol: '',
    };
    return option(underlying, listed, exchangeOf(wanted, underlying.place));
  }

  /** A contract by its number, routed where the client says. */
  function byNumber(wanted: WireContract, at: Instant): Looked | null {
    const known = numbers.find(wanted.conId);
    if (known === undefined) return null;
    if (known.kind === 'spot') {
      const exchanges = known.secType === 'IND' ? known.place.indices : known.place.stocks;
      if (wanted.exchange !== '' && !exchanges.includes(wanted.exchange)) return { kind: 'none' };
      const exchange = wanted.exchange !== '' ? wanted.exchange : known.instrument.exchange;
      const instrument = { ...known.instrument, exchange };
      return { kind: 'found', contracts: [{ ...known, conId: wanted.conId, instrument }] };
    }
    const { underlying, listed } = known;
    if (wanted.exchange !== '' && !underlying.place.options.includes(wanted.exchange)) return { kind: 'none' };
    const contract = { ...known, conId: wanted.conId, exchange: exchangeOf(wanted, underlying.place) };
    const alive = chain(underlying, at).some(
      ({ expiry, strike, right }) => expiry === listed.expiry && strike === listed.strike && right === listed.right,
    );
    return alive ? { kind: 'found', contracts: [contract] } : { kind: 'expired', contract };
  }

  const [home] = placesOf('', 'STK', { currency: 'USD', exchange: '', primaryExchange: '' });
  if (home !== undefined) {
    for (const symbol of firstNames) spotIn(home, symbol, 'STK', 'SMART');
    for (const symbol of firstIndices) spotIn(home, symbol, 'IND', 'CBOE');
  }

  return {
    look(wanted, at) {
      if (wanted.conId > 0) {
        const known = byNumber(wanted, at);
        if (known !== null) return known;
        if (wanted.symbol === '' && wanted.localSymbol === '') return { kind: 'none' };
      }
      const { secType } = wanted;
      if (secType === '') return { kind: 'invalid', cause: 'Please enter a valid security type' };
      let result: Looked;
      if (secType === 'OPT') {
        result = options(wanted, at);
      } else {
        const symbol = wanted.symbol !== '' ? wanted.symbol : wanted.localSymbol;
        if (symbol === '') return { kind: 'invalid', cause: 'Please enter a symbol' };
        const contracts = spots(wanted, symbol, secType);
        result = contracts.length > 0 ? { kind: 'found', contracts } : { kind: 'none' };
      }
      if (wanted.conId === 0 || result.kind === 'none' || result.kind === 'invalid') return result;
      // A number nobody knows yet, beside a description: it has to be that contract's own, as it was in an earlier run.
      if (result.kind === 'expired') return result.contract.conId === wanted.conId ? result : { kind: 'none' };
      const contracts = result.contracts.filter(({ conId }) => conId === wanted.conId);
      return contracts.length > 0 ? { kind: 'found', contracts } : { kind: 'none' };
    },
    chain,
    option,
  };
}

function exchangeOf(wanted: WireContract, place: Place): string {
  return wanted.exchange !== '' ? wanted.exchange : (place.options[0] ?? '');
}

function fits(wanted: WireContract, listed: ListedOption): boolean {
  return (
    (wanted.expiry === '' || compactDate(listed.expiry).startsWith(wanted.expiry.slice(0, 8))) &&
    (wanted.strike === null || Math.abs(wanted.strike - listed.strike) < 1e-6) &&
    (wanted.right === null || wanted.right === listed.right) &&
    (wanted.multiplier === '' || Number(wanted.multiplier) === listed.multiplier) &&
    (wanted.tradingClass === '' || wanted.tradingClass === listed.tradingClass)
  );
}

/** What the name of an option by the rules of the OCC says: `AAPL  261218C00270000`. */
function occParts(name: string): Pick<WireContract, 'symbol' | 'expiry' | 'strike' | 'right'> | null {
  const match = /^(.{1,6}?) *(\d{6})([CP])(\d{8})$/.exec(name);
  if (match === null) return null;
  const [, symbol = '', date = '', right = '', strike = ''] = match;
  return { symbol, expiry: `20${date}`, strike: Number(strike) / 1_000, right: right === 'C' ? 'C' : 'P' };
}
