import type { Duration } from '../../core/time/time.js';
import { minute, second } from '../../core/time/time.js';

/** The kind of market data to request; see `reqMarketDataType` of the API. */
export type IbMarketDataType = 'live' | 'frozen' | 'delayed' | 'delayed-frozen';

/** Address of TWS or IB Gateway, and the market data to request. */
export interface IbSettings {
  readonly host: string;
  readonly port: number;
  /** The first client id to try; if it is taken, the next few are tried. */
  readonly clientId: number;
  /** The account that must be logged in; any account if absent. */
  readonly account?: string | null;
  readonly marketDataType: IbMarketDataType;
  /** Accept delayed data, marked as such, if there is no subscription to live data. */
  readonly allowDelayed: boolean;
  /** Market data lines of the account; absent for the 100 that every account has. */
  readonly lines?: number;
}

export interface IbTimings {
  /** The limit of one handshake. */
  readonly connectTimeout: Duration;
  /** Time without a message after which the gateway is asked for its clock. */
  readonly idleTimeout: Duration;
  /** Time without a message after that request which ends the connection. */
  readonly probeTimeout: Duration;
  /** The delay between attempts to connect grows from the first to the second. */
  readonly reconnectDelay: Duration;
  readonly maxReconnectDelay: Duration;
  /** The maximum wait of a request for a connection, for the link to IB or for a data farm before it fails. */
  readonly maxHold: Duration;
  /** Time without a new kind of tick after which a snapshot counts as complete. */
  readonly quietPeriod: Duration;
  /** The limit of one snapshot. */
  readonly snapshotTimeout: Duration;
  /** The interval between two market data lines, each of which takes two messages; absent for the rate of the account. */
  readonly lineSpacing?: Duration;
}

/** Timings for a real gateway. A dead connection is detected after `idleTimeout` + `probeTimeout`: 25 s. */
export const defaultTimings: IbTimings = {
  connectTimeout: 10 * second,
  idleTimeout: 15 * second,
  probeTimeout: 10 * second,
  reconnectDelay: second / 2,
  maxReconnectDelay: 15 * second,
  maxHold: 2 * minute,
  quietPeriod: 2 * second,
  snapshotTimeout: 12 * second,
};

/** The market data lines of every account. */
export const defaultLines = 100;

/** Lines left for other programs of the account: the watch lists of the user. */
const reservedLines = 5;

/** The lines that snapshots and quotes may use at once. */
export function getUsableLines(lines = defaultLines): number {
  return Math.max(lines - reservedLines, 1);
}

/**
 * The messages a second that the client library may send: IB allows half as many as an account has lines, and the library counts
 * in tenths of a second.
 */
export function getMessageRate(lines = defaultLines): number {
  return Math.max(40, 10 * Math.floor((lines / 2 - 5) / 10));
}

/** The interval between two lines: each takes two messages, the request and its cancellation. */
export function getLineSpacing(lines = defaultLines): Duration {
  return (2 * second) / getMessageRate(lines);
}
