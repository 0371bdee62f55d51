import { minute, hour } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { Market } from '../../../market/market.js';
import { indianDate, indianInstant } from '../india-time.js';
import { listDerivatives, underlyingOfToken, underlyings, underlyingsOfKey } from './derivatives.js';
import type { UnderlyingBlock } from './derivatives.js';
import { listIndices } from './indices.js';
import { formatInstrumentKey } from './instrument.js';
import type { KiteInstrument } from './instrument.js';
import { listSecurities } from './securities.js';

/** Everything that is listed on one day: what has expired is gone, and its number may be another's. */
export interface InstrumentDump {
  /** The day it was made on. */
  readonly date: LocalDate;
  rows(): readonly KiteInstrument[];
  byToken(token: number): KiteInstrument | undefined;
  /** By `EXCHANGE:SYMBOL`, or by a token written as text. */
  byKey(key: string): KiteInstrument | undefined;
}

/** Gives the dump of an instant; the same object all day. */
export type GetDump = (at: Instant) => InstrumentDump;

/** A new dump is made in the morning; before that the one of the day before is given. */
const dumpPublishedAt = 8 * hour + 30 * minute;

/** Around the time at which a new one is made two are in use. */
const maxDumps = 2;

const dumpsByMarket = new WeakMap<Market, GetDump>();

/** The dumps of a market; whoever asks for those of the same market shares them. */
export function sharedDumps(market: Market): GetDump {
  let getDump = dumpsByMarket.get(market);
  if (getDump === undefined) dumpsByMarket.set(market, (getDump = createDumps(market)));
  return getDump;
}

function createDumps(market: Market): GetDump {
  const permanent = indexInstruments([...listIndices(), ...listSecurities()]);
  const recentDumps: InstrumentDump[] = [];
  return (at) => {
    const date = indianDate(at - dumpPublishedAt);
    let dump = recentDumps.find((one) => one.date === date);
    if (dump === undefined) {
      dump = createDump(date, permanent, (underlying) =>
        listDerivatives(market, underlying, indianInstant(date, dumpPublishedAt)),
      );
      recentDumps.unshift(dump);
      recentDumps.length = Math.min(recentDumps.length, maxDumps);
    }
    return dump;
  };
}

/** Lists the contracts on an underlying when a caller first asks for one of them: all contracts take half a second. */
function createDump(
  date: LocalDate,
  permanent: InstrumentIndex,
  listContracts: (underlying: UnderlyingBlock) => readonly KiteInstrument[],
): InstrumentDump {
  const contractIndex = new Map<UnderlyingBlock, InstrumentIndex>();
  let allRows: readonly KiteInstrument[] | null = null;
  const getContracts = (underlying: UnderlyingBlock): InstrumentIndex => {
    let listing = contractIndex.get(underlying);
    if (listing === undefined) contractIndex.set(underlying, (listing = indexInstruments(listContracts(underlying))));
    return listing;
  };
  const contractNumbered = (token: number): KiteInstrument | undefined => {
    const underlying = underlyingOfToken(token);
    return underlying === undefined ? undefined : getContracts(underlying).tokens.get(token);
  };
  const contractNamed = (key: string): KiteInstrument | undefined => {
    for (const underlying of underlyingsOfKey(key)) {
      const found = getContracts(underlying).keys.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    date,
    rows: () =>
      (allRows ??= [permanent, ...underlyings.map(getContracts)].flatMap(({ tokens }) => [...tokens.values()])),
    byToken: (token) => permanent.tokens.get(token) ?? contractNumbered(token),
    byKey(key) {
      if (/^\d{1,10}$/.test(key)) return this.byToken(Number(key));
      return permanent.keys.get(key) ?? contractNamed(key);
    },
  };
}

interface InstrumentIndex {
  readonly tokens: ReadonlyMap<number, KiteInstrument>;
  readonly keys: ReadonlyMap<string, KiteInstrument>;
}

function indexInstruments(instruments: readonly KiteInstrument[]): InstrumentIndex {
  const tokens = new Map<number, KiteInstrument>();
  const keys = new Map<string, KiteInstrument>();
  for (const instrument of instruments) {
    // Where a wild market lists more strikes than there are numbers, the first to have a number keeps it.
    if (tokens.has(instrument.token)) continue;
    tokens.set(instrument.token, instrument);
    keys.set(formatInstrumentKey(instrument), instrument);
  }
  return { tokens, keys };
}
