import type { Duration } from '../../core/time.js';
import { minute, second } from '../../core/time.js';

/** Which kind of market data is asked for; see `reqMarketDataType` of the gateway. */
export type IbDataType = 'live' | 'frozen' | 'delayed' | 'delayed-frozen';

/** Where the gateway of Interactive Brokers listens, and what is asked of it. */
export interface IbSettings {
  readonly host: string;
  readonly port: number;
  /** The first client id to try; the next few are tried when it is taken. */
  readonly clientId: number;
  /** The account that has to be logged in; any when absent. */
  readonly account?: string | null;
  readonly dataType: IbDataType;
  /** Take delayed data, marked as such, where there is no subscription to live data. */
  readonly allowDelayed: boolean;
}

/** How long things may take; the defaults are for a real gateway. */
export interface IbTimings {
  /** From the first byte to the end of the handshake. */
  readonly connect: Duration;
  /** Silence after which the gateway is asked for the time. */
  readonly idle: Duration;
  /** Silence after that question which means that the line is dead. */
  readonly probe: Duration;
  /** Between two attempts to connect: the first pause, and the longest it grows to. */
  readonly pause: Duration;
  readonly longestPause: Duration;
  /** How long one request waits for a connection, for the link upstream or for a farm before it is given back. */
  readonly hold: Duration;
  /** How long after the last news about an instrument its snapshot counts as complete. */
  readonly quiet: Duration;
  /** How long a snapshot may take at most. */
  readonly snapshot: Duration;
  /** Between two options of a snapshot, each of which takes two messages. */
  readonly spacing: Duration;
}

/** A dead line is noticed after `idle` + `probe`: 25 s. */
export const usualTimings: IbTimings = {
  connect: 10 * second,
  idle: 15 * second,
  probe: 10 * second,
  pause: second / 2,
  longestPause: 15 * second,
  hold: 2 * minute,
  quiet: 2 * second,
  snapshot: 12 * second,
  // 28 of the 40 messages a second that the library sends; the budget for everything else has the other 12.
  spacing: 70,
};
