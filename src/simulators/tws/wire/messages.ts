import { encodeFrame } from './frames.js';
import { escapeNonAscii } from './escape-non-ascii.js';
import { minVersions } from './versions.js';

/** Encodes an error or notice about a request, or about the connection (`id` −1). */
export function encodeError(version: number, id: number, code: number, text: string): Buffer {
  const fields = [4, 2, id, code, escapeNonAscii(text)];
  return encodeFrame(version >= minVersions.advancedReject ? [...fields, ''] : fields);
}

export function encodeManagedAccounts(account: string): Buffer {
  return encodeFrame([15, 1, account]);
}

export function encodeNextValidId(id: number): Buffer {
  return encodeFrame([9, 1, id]);
}

export function encodeCurrentTime(seconds: number): Buffer {
  return encodeFrame([49, 1, seconds]);
}

export function encodeContractDetailsEnd(id: number): Buffer {
  return encodeFrame([52, 1, id]);
}

/** Expiries and strikes of one exchange and trading class; not every pair of them exists. */
export interface OptionParameters {
  readonly exchange: string;
  readonly underlyingConId: number;
  readonly tradingClass: string;
  readonly multiplier: number;
  /** `20261218`. */
  readonly expiries: readonly string[];
  readonly strikes: readonly number[];
}

export function encodeOptionParameters(id: number, parameters: OptionParameters): Buffer {
  const { exchange, underlyingConId, tradingClass, multiplier, expiries, strikes } = parameters;
  return encodeFrame([
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

export function encodeOptionParametersEnd(id: number): Buffer {
  return encodeFrame([76, id]);
}

export function encodeHeadTimestamp(id: number, timestamp: string): Buffer {
  return encodeFrame([88, id, timestamp]);
}

export function encodeMarketDataType(id: number, type: number): Buffer {
  return encodeFrame([58, 1, id, type]);
}

export function encodeTickRequestParameters(
  id: number,
  minTick: number,
  exchangeMap: string,
  permissions: number,
): Buffer {
  return encodeFrame([81, id, minTick, exchangeMap, permissions]);
}

/** Encodes a price with its size. Bits of `attributes`: 0 can auto-execute, 1 past limit, 2 pre-open. */
export function encodeTickPrice(id: number, type: number, price: number, size: number, attributes: number): Buffer {
  return encodeFrame([1, 6, id, type, price, size, attributes]);
}

export function encodeTickSize(id: number, type: number, size: number): Buffer {
  return encodeFrame([2, 6, id, type, size]);
}

export function encodeTickGeneric(id: number, type: number, value: number): Buffer {
  return encodeFrame([45, 6, id, type, value]);
}

export function encodeTickString(id: number, type: number, value: string): Buffer {
  return encodeFrame([46, 6, id, type, value]);
}

/** Option computation of one price; null means "not computed". */
export interface OptionComputation {
  readonly impliedVolatility: number | null;
  readonly delta: number | null;
  readonly price: number | null;
  readonly gamma: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly underlyingPrice: number | null;
}

export function encodeTickOption(id: number, type: number, computation: OptionComputation): Buffer {
  const { impliedVolatility, delta, price, gamma, vega, theta, underlyingPrice } = computation;
  return encodeFrame([
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

export function encodeSnapshotEnd(id: number): Buffer {
  return encodeFrame([57, 1, id]);
}

/** Fields of a bar in messages. */
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

/** Encodes the newest bar of a `keepUpToDate` request; the field order differs from other bar messages. */
export function encodeHistoricalUpdate(id: number, bar: WireBar): Buffer {
  return encodeFrame([90, id, bar.count, bar.date, bar.open, bar.close, bar.high, bar.low, bar.average, bar.volume]);
}

/** Encodes the sessions of an exchange, the response to a `SCHEDULE` request. */
export function encodeHistoricalSchedule(
  id: number,
  start: string,
  end: string,
  timeZone: string,
  sessions: readonly { readonly start: string; readonly end: string; readonly date: string }[],
): Buffer {
  const sessionFields = sessions.flatMap((session) => [session.start, session.end, session.date]);
  return encodeFrame([106, id, start, end, timeZone, sessions.length, ...sessionFields]);
}

export function encodeRealTimeBar(id: number, seconds: number, bar: Omit<WireBar, 'date'>): Buffer {
  const { open, high, low, close, volume, average, count } = bar;
  return encodeFrame([50, 3, id, seconds, open, high, low, close, volume, average, count]);
}
