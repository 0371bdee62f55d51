import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';

/** What is made of a message that has come in. */
export type RateVerdict =
  | { readonly kind: 'within' }
  /** Too many within a second: how many there were, and how often that has happened; the third time ends the connection. */
  | { readonly kind: 'exceeded'; readonly received: number; readonly offences: number; readonly final: boolean };

/** Counts the messages of one connection. */
export interface MessageRate {
  checkMessage(at: Instant): RateVerdict;
}

/** Messages per second: half the number of market-data lines. */
export const maxMessagesPerSecond = 50;

const maxOffences = 3;

/** At most 50 messages in any second. Excess within one second is one offence, however large it is. */
export function createMessageRate(): MessageRate {
  const recent: Instant[] = [];
  let offences = 0;
  let lastOffence = -Infinity;
  return {
    checkMessage(at) {
      while ((recent[0] ?? at) <= at - second) recent.shift();
      recent.push(at);
      if (recent.length <= maxMessagesPerSecond) return { kind: 'within' };
      if (at - lastOffence >= second) {
        offences++;
        lastOffence = at;
      }
      return { kind: 'exceeded', received: recent.length, offences, final: offences >= maxOffences };
    },
  };
}
