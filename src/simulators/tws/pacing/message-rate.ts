import { second } from '../../../core/time.js';
import type { Instant } from '../../../core/time.js';

/** What is made of a message that has come in. */
export type RateVerdict =
  | { readonly kind: 'within' }
  /** Too many within a second: how many there were, and how often that has happened; the third time ends the connection. */
  | { readonly kind: 'exceeded'; readonly received: number; readonly times: number; readonly final: boolean };

/** Counts the messages of one connection. */
export interface MessageRate {
  arrive(at: Instant): RateVerdict;
}

/** Messages per second: half the number of market-data lines. */
export const messagesPerSecond = 50;

const timesForgiven = 3;

/** At most 50 messages in any second. Excess within one second is one offence, however large it is. */
export function messageRate(): MessageRate {
  const recent: Instant[] = [];
  let times = 0;
  let lastOffence = -Infinity;
  return {
    arrive(at) {
      while ((recent[0] ?? at) <= at - second) recent.shift();
      recent.push(at);
      if (recent.length <= messagesPerSecond) return { kind: 'within' };
      if (at - lastOffence >= second) {
        times++;
        lastOffence = at;
      }
      return { kind: 'exceeded', received: recent.length, times, final: times >= timesForgiven };
    },
  };
}
