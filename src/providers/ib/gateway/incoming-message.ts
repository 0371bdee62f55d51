import type { FarmClass } from './codes.js';
import type { WireBar } from './wire-bar.js';

/** The request that a message is about; `requestId` is null if the message names none. */
export interface MessageScope {
  /** The message type as the protocol numbers it. */
  readonly type: number;
  readonly requestId: number | null;
  /** The kind of requests that such messages answer; null for messages of the connection itself. */
  readonly farm: FarmClass | null;
}

/** What to do with one message of the gateway. */
export type IncomingMessage =
  /** The client library decodes it; `text` is what it receives. */
  | { readonly kind: 'decode'; readonly text: string; readonly scope: MessageScope }
  | { readonly kind: 'bars'; readonly requestId: number; readonly bars: readonly WireBar[] }
  /** It is not about market data: orders, accounts, positions, executions, news, or a type of a later protocol. */
  | { readonly kind: 'skip' }
  /** It answers requests of this client, but cannot be decoded. */
  | { readonly kind: 'undecodable'; readonly scope: MessageScope; readonly reason: string }
  /** The bytes are not of the protocol, so that nothing after them can be trusted. */
  | { readonly kind: 'corrupt'; readonly reason: string };

/** The messages that answer requests of this client, with the field of the request id; null for the connection's own. */
const neededMessages: ReadonlyMap<number, { readonly idField: number | null; readonly farm: FarmClass | null }> =
  new Map([
    // Ticks: prices, sizes, option computations, the end of a snapshot, the type of the data.
    [1, { idField: 2, farm: 'market' }],
    [2, { idField: 2, farm: 'market' }],
    [21, { idField: 1, farm: 'market' }],
    [57, { idField: 2, farm: 'market' }],
    [58, { idField: 2, farm: 'market' }],
    // Errors.
    [4, { idField: 2, farm: null }],
    // The next order id and the accounts, which complete the handshake, and the time.
    [9, { idField: null, farm: null }],
    [15, { idField: null, farm: null }],
    [49, { idField: null, farm: null }],
    // Contract details and option parameters, each with its end.
    [10, { idField: 1, farm: 'definitions' }],
    [52, { idField: 2, farm: 'definitions' }],
    [75, { idField: 1, farm: 'definitions' }],
    [76, { idField: 1, farm: 'definitions' }],
    // Bars and the beginning of history.
    [17, { idField: 1, farm: 'historical' }],
    [88, { idField: 1, farm: 'historical' }],
  ]);

const barsType = 17;
const errorType = 4;

/** The library decodes in quadratic time, so more fields would stop the event loop; the longest chain has about a thousand. */
const maxFields = 16_000;

/** Decides about the text of one frame: fields that each end with a NUL. */
export function classifyMessage(text: string): IncomingMessage {
  if (!text.endsWith('\0')) return { kind: 'corrupt', reason: 'IB Gateway sent a message without an end' };
  const fields = text.split('\0');
  fields.pop();
  const type = toInteger(fields[0]);
  if (type === null) return { kind: 'corrupt', reason: 'IB Gateway sent a message without a type' };
  const needed = neededMessages.get(type);
  if (needed === undefined) return { kind: 'skip' };
  const requestId = needed.idField === null ? null : toInteger(fields[needed.idField]);
  const scope: MessageScope = { type, requestId, farm: needed.farm };
  if (needed.idField !== null && requestId === null)
    return { kind: 'undecodable', scope, reason: `a message of type ${type} names no request` };
  if (type === barsType) return decodeBars(fields, scope);
  if (fields.length > maxFields)
    return { kind: 'undecodable', scope, reason: `a message of type ${type} has ${fields.length} fields` };
  // The last field of an error belongs to order rejections; the library throws if it is not JSON.
  if (type === errorType && fields.length > 5)
    return { kind: 'decode', text: `${fields.slice(0, 5).join('\0')}\0\0`, scope };
  return { kind: 'decode', text, scope };
}

/** The fields of one bar: date, open, high, low, close, volume, average, count. */
const barFields = 8;

/** Decodes bars in linear time, and only if the message has as many as it announces. */
function decodeBars(fields: readonly string[], scope: MessageScope): IncomingMessage {
  const count = toInteger(fields[4]);
  if (scope.requestId === null || count === null || count < 0 || fields.length !== 5 + count * barFields)
    return {
      kind: 'undecodable',
      scope,
      reason: `a response announces ${fields[4] ?? 'no'} bars in ${fields.length} fields`,
    };
  const bars: WireBar[] = [];
  for (let at = 5; at < fields.length; at += barFields) {
    bars.push({
      time: fields[at] ?? '',
      open: toNumber(fields[at + 1]) ?? NaN,
      high: toNumber(fields[at + 2]) ?? NaN,
      low: toNumber(fields[at + 3]) ?? NaN,
      close: toNumber(fields[at + 4]) ?? NaN,
      volume: toNumber(fields[at + 5]),
      wap: toNumber(fields[at + 6]),
      count: toNumber(fields[at + 7]),
    });
  }
  return { kind: 'bars', requestId: scope.requestId, bars };
}

function toInteger(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}

/** An empty field is a missing value, never zero; decimals may have separators. */
function toNumber(text: string | undefined): number | undefined {
  const trimmed = (text ?? '').trim().replaceAll(',', '');
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  return Number.isNaN(value) ? undefined : value;
}
