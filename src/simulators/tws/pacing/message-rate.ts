import { second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';

export type RateVerdict =
  | { readonly kind: 'within' }
  /** Too many messages within a second; `final` is true for the third offence, which closes the connection. */
  | { readonly kind: 'exceeded'; readonly received: number; readonly offences: number; readonly final: boolean };

export interface MessageRate {
  checkMessage(at: Instant): RateVerdict;
}

/** Messages per second: half the number of market-data lines. */
export const maxMessagesPerSecond = 50;

const maxOffences = 3;

/** Allows 50 messages in any second. All excess within one second is one offence. */
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
