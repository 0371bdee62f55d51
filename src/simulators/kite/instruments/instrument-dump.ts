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

/** All instruments listed on one day. Expired contracts are absent and their numbers are reused. */
export interface InstrumentDump {
  /** Day of publication. */
  readonly date: LocalDate;
  rows(): readonly KiteInstrument[];
  /** The same rows in parts, each created when it is reached: those of the cash market, then those of each underlying. */
  parts(): Iterable<readonly KiteInstrument[]>;
  byToken(token: number): KiteInstrument | undefined;
  /** Finds an instrument by `EXCHANGE:SYMBOL` or by its token as text. */
  byKey(key: string): KiteInstrument | undefined;
}

/** Returns the dump that is current at an instant; the same object all day. */
export type GetDump = (at: Instant) => InstrumentDump;

/** Time of day in India at which a new dump is published; before that, yesterday's is current. */
const dumpPublishedAt = 8 * hour + 30 * minute;

/** Two dumps are in use around the time of publication. */
const maxDumps = 2;

const dumpsByMarket = new WeakMap<Market, GetDump>();

/** Returns the dumps of a market, shared by all its simulators. */
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

/** Lists the contracts on an underlying at the first request for one of them; listing all takes half a second. */
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
  function* listParts(): Iterable<readonly KiteInstrument[]> {
    yield [...permanent.tokens.values()];
    for (const underlying of underlyings) yield [...getContracts(underlying).tokens.values()];
  }
  return {
    date,
    rows: () => (allRows ??= [...listParts()].flat()),
    parts: listParts,
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
    // A volatile market can list more strikes than a block has numbers; the first contract keeps its number.
    if (tokens.has(instrument.token)) continue;
    tokens.set(instrument.token, instrument);
    keys.set(formatInstrumentKey(instrument), instrument);
  }
  return { tokens, keys };
}
