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
  /** The interval between two options of a snapshot, each of which takes two messages. */
  readonly lineSpacing: Duration;
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
  // 28 of the 40 messages a second that the library sends; the budget for everything else has the other 12.
  lineSpacing: 70,
};
