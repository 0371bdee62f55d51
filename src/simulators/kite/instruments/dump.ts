import { minute, hour } from '../../../core/time.js';
import type { Instant, LocalDate } from '../../../core/time.js';
import type { Market } from '../../../market/market.js';
import { indianDate, indianInstant } from '../india-time.js';
import { derivatives, underlyingOfToken, underlyings, underlyingsOfKey } from './derivatives.js';
import type { Underlying } from './derivatives.js';
import { indices } from './indices.js';
import { keyOfInstrument } from './instrument.js';
import type { KiteInstrument } from './instrument.js';
import { securities } from './securities.js';

/** Everything that is listed on one day: what has expired is gone, and its number may be another's. */
export interface Dump {
  /** The day it was made on. */
  readonly date: LocalDate;
  rows(): readonly KiteInstrument[];
  byToken(token: number): KiteInstrument | undefined;
  /** By `EXCHANGE:SYMBOL`, or by a token written as text. */
  byKey(key: string): KiteInstrument | undefined;
}

/** Gives the dump of an instant; the same object all day. */
export type DumpAt = (at: Instant) => Dump;

/** A new dump is made in the morning; before that the one of the day before is given. */
const madeAt = 8 * hour + 30 * minute;

/** Around the time at which a new one is made two are in use. */
const daysKept = 2;

const remembered = new WeakMap<Market, DumpAt>();

/** The dumps of a market; whoever asks for those of the same market shares them. */
export function dumps(market: Market): DumpAt {
  let dumpAt = remembered.get(market);
  if (dumpAt === undefined) remembered.set(market, (dumpAt = dumpsOf(market)));
  return dumpAt;
}

function dumpsOf(market: Market): DumpAt {
  const constant = listingOf([...indices(), ...securities()]);
  const made: Dump[] = [];
  return (at) => {
    const date = indianDate(at - madeAt);
    let dump = made.find((one) => one.date === date);
    if (dump === undefined) {
      dump = dumpOf(date, constant, (underlying) => derivatives(market, underlying, indianInstant(date, madeAt)));
      made.unshift(dump);
      made.length = Math.min(made.length, daysKept);
    }
    return dump;
  };
}

/** Lists the contracts on an underlying when a caller first asks for one of them: all contracts take half a second. */
function dumpOf(date: LocalDate, constant: Listing, list: (underlying: Underlying) => readonly KiteInstrument[]): Dump {
  const listed = new Map<Underlying, Listing>();
  let all: readonly KiteInstrument[] | null = null;
  const contracts = (underlying: Underlying): Listing => {
    let listing = listed.get(underlying);
    if (listing === undefined) listed.set(underlying, (listing = listingOf(list(underlying))));
    return listing;
  };
  const contractNumbered = (token: number): KiteInstrument | undefined => {
    const underlying = underlyingOfToken(token);
    return underlying === undefined ? undefined : contracts(underlying).tokens.get(token);
  };
  const contractNamed = (key: string): KiteInstrument | undefined => {
    for (const underlying of underlyingsOfKey(key)) {
      const found = contracts(underlying).keys.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    date,
    rows: () => (all ??= [constant, ...underlyings.map(contracts)].flatMap(({ tokens }) => [...tokens.values()])),
    byToken: (token) => constant.tokens.get(token) ?? contractNumbered(token),
    byKey(key) {
      if (/^\d{1,10}$/.test(key)) return this.byToken(Number(key));
      return constant.keys.get(key) ?? contractNamed(key);
    },
  };
}

interface Listing {
  readonly tokens: ReadonlyMap<number, KiteInstrument>;
  readonly keys: ReadonlyMap<string, KiteInstrument>;
}

function listingOf(instruments: readonly KiteInstrument[]): Listing {
  const tokens = new Map<number, KiteInstrument>();
  const keys = new Map<string, KiteInstrument>();
  for (const instrument of instruments) {
    // Where a wild market lists more strikes than there are numbers, the first to have a number keeps it.
    if (tokens.has(instrument.token)) continue;
    tokens.set(instrument.token, instrument);
    keys.set(keyOfInstrument(instrument), instrument);
  }
  return { tokens, keys };
}
