import { frame } from './frames.js';
import { plainText } from './plain-text.js';
import { since } from './versions.js';

/** What the server says about a request, or to everybody (`id` −1). */
export function errorMessage(version: number, id: number, code: number, text: string): Buffer {
  const fields = [4, 2, id, code, plainText(text)];
  return frame(version >= since.advancedReject ? [...fields, ''] : fields);
}

export function managedAccounts(account: string): Buffer {
  return frame([15, 1, account]);
}

export function nextValidId(id: number): Buffer {
  return frame([9, 1, id]);
}

export function currentTime(seconds: number): Buffer {
  return frame([49, 1, seconds]);
}

export function contractDetailsEnd(id: number): Buffer {
  return frame([52, 1, id]);
}

/** The expiries and strikes of one exchange and trading class; not every pair of them exists. */
export interface OptionParameters {
  readonly exchange: string;
  readonly underlyingConId: number;
  readonly tradingClass: string;
  readonly multiplier: number;
  /** `20261218`. */
  readonly expiries: readonly string[];
  readonly strikes: readonly number[];
}

export function optionParameters(id: number, parameters: OptionParameters): Buffer {
  const { exchange, underlyingConId, tradingClass, multiplier, expiries, strikes } = parameters;
  return frame([
    75,
    id,
    exchange,
    underlyingConId,
    tradingClass,
    multiplier,
    expiries.length,
    ...expiries,
    strikes.length,
    ...strikes,
  ]);
}

export function optionParametersEnd(id: number): Buffer {
  return frame([76, id]);
}

export function headTimestamp(id: number, timestamp: string): Buffer {
  return frame([88, id, timestamp]);
}

export function marketDataType(id: number, type: number): Buffer {
  return frame([58, 1, id, type]);
}

export function tickRequestParameters(id: number, minTick: number, exchangeMap: string, permissions: number): Buffer {
  return frame([81, id, minTick, exchangeMap, permissions]);
}

/** A price with the size that belongs to it; `attributes` bit 0: can be traded automatically, 1: past limit, 2: before the open. */
export function tickPrice(id: number, type: number, price: number, size: number, attributes: number): Buffer {
  return frame([1, 6, id, type, price, size, attributes]);
}

export function tickSize(id: number, type: number, size: number): Buffer {
  return frame([2, 6, id, type, size]);
}

export function tickGeneric(id: number, type: number, value: number): Buffer {
  return frame([45, 6, id, type, value]);
}

export function tickString(id: number, type: number, value: string): Buffer {
  return frame([46, 6, id, type, value]);
}

/** What a price of an option amounts to; null is not computed. */
export interface OptionComputation {
  readonly impliedVolatility: number | null;
  readonly delta: number | null;
  readonly price: number | null;
  readonly gamma: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly underlyingPrice: number | null;
}

export function tickOption(id: number, type: number, computed: OptionComputation): Buffer {
  const { impliedVolatility, delta, price, gamma, vega, theta, underlyingPrice } = computed;
  return frame([
    21,
    id,
    type,
    0,
    impliedVolatility ?? -1,
    delta ?? -2,
    price ?? -1,
    0,
    gamma ?? -2,
    vega ?? -2,
    theta ?? -2,
    underlyingPrice ?? -1,
  ]);
}

export function snapshotEnd(id: number): Buffer {
  return frame([57, 1, id]);
}

/** One bar as it stands in a message. */
export interface WireBar {
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly average: number;
  readonly count: number;
}

/** The newest bar of a request that is kept up to date; its fields come in an order of their own. */
export function historicalUpdate(id: number, bar: WireBar): Buffer {
  return frame([90, id, bar.count, bar.date, bar.open, bar.close, bar.high, bar.low, bar.average, bar.volume]);
}

/** The sessions of an exchange: what a request for `SCHEDULE` is answered with. */
export function historicalSchedule(
  id: number,
  start: string,
  end: string,
  timeZone: string,
  sessions: readonly { readonly start: string; readonly end: string; readonly date: string }[],
): Buffer {
  const listed = sessions.flatMap((session) => [session.start, session.end, session.date]);
  return frame([106, id, start, end, timeZone, sessions.length, ...listed]);
}

export function realTimeBar(id: number, seconds: number, bar: Omit<WireBar, 'date'>): Buffer {
  const { open, high, low, close, volume, average, count } = bar;
  return frame([50, 3, id, seconds, open, high, low, close, volume, average, count]);
}
