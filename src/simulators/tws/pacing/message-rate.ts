import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Arrival } from './arrival.js';

export type RateVerdict =
  | { readonly kind: 'within' }
  /** Too many messages within a second; `final` is true for the third offence, which closes the connection. */
  | { readonly kind: 'exceeded'; readonly received: number; readonly offences: number; readonly final: boolean };

export interface MessageRate {
  checkMessage(arrival: Arrival): RateVerdict;
}

/** Messages per second: half the number of market-data lines. */
export const maxMessagesPerSecond = 50;

const maxOffences = 3;

/** Allows 50 messages in any second. All excess within one second is one offence. */
export function createMessageRate(): MessageRate {
  /** The earliest arrivals of the messages that arrived within a second of the newest one, however long they waited. */
  const recent: Instant[] = [];
  let offences = 0;
  let lastOffence = -Infinity;
  return {
    checkMessage({ at, earliest }) {
      while ((recent[0] ?? at) <= at - second) recent.shift();
      recent.push(earliest);
      if (recent.length <= maxMessagesPerSecond) return { kind: 'within' };
      // After a stall the times are not in order, so that expired ones may be left.
      const received = recent.filter((time) => time > at - second).length;
      if (received <= maxMessagesPerSecond) return { kind: 'within' };
      if (at - lastOffence >= second) {
        offences++;
        lastOffence = at;
      }
      return { kind: 'exceeded', received, offences, final: offences >= maxOffences };
    },
  };
}
