import type { RunEvent } from './events.js';
import { isoSecond } from './time.js';

/** What a breaker that opens or closes says to a person. */
export function breakerWords(event: Extract<RunEvent, { type: 'breaker-changed' }>): string {
  const { at, provider, symbol, state, until } = event;
  const who = symbol === undefined ? provider : `${symbol} at ${provider}`;
  switch (state) {
    case 'open':
      if (until !== undefined && until <= at) return `${who} kept failing and is tried once`;
      return `${who} is left alone${until === undefined ? ' for a while' : ` until ${isoSecond(until)}`}: it keeps failing`;
    case 'half-open':
      return `${who} is tried again`;
    case 'closed':
      return `${who} is answering again`;
  }
}
