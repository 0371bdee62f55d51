import type { Duration } from '../../core/time/time.js';
import { minute, second } from '../../core/time/time.js';

/** Which kind of market data is asked for; see `reqMarketDataType` of the gateway. */
export type IbMarketDataType = 'live' | 'frozen' | 'delayed' | 'delayed-frozen';

/** Where the gateway of Interactive Brokers listens, and what is asked of it. */
export interface IbSettings {
  readonly host: string;
  readonly port: number;
  /** The first client id to try; the next few are tried when it is taken. */
  readonly clientId: number;
  /** The account that has to be logged in; any when absent. */
  readonly account?: string | null;
  readonly marketDataType: IbMarketDataType;
  /** Take delayed data, marked as such, where there is no subscription to live data. */
  readonly allowDelayed: boolean;
}

/** How long things may take; the defaults are for a real gateway. */
export interface IbTimings {
  /** From the first byte to the end of the handshake. */
  readonly connectTimeout: Duration;
  /** Silence after which the gateway is asked for the time. */
  readonly idleTimeout: Duration;
  /** Silence after that question which means that the line is dead. */
  readonly probeTimeout: Duration;
  /** Between two attempts to connect: the first pause, and the longest it grows to. */
  readonly reconnectDelay: Duration;
  readonly maxReconnectDelay: Duration;
  /** How long one request waits for a connection, for the link upstream or for a farm before it is given back. */
  readonly maxHold: Duration;
  /** How long after the last news about an instrument its snapshot counts as complete. */
  readonly quietPeriod: Duration;
  /** How long a snapshot may take at most. */
  readonly snapshotTimeout: Duration;
  /** Between two options of a snapshot, each of which takes two messages. */
  readonly lineSpacing: Duration;
}

/** A dead line is noticed after `idle` + `probe`: 25 s. */
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
