import type { RunEvent } from './events.js';
import { formatInstantSeconds } from './time/time.js';

/** What a breaker that opens or closes says to a person. */
export function describeBreaker(event: Extract<RunEvent, { type: 'breaker-changed' }>): string {
  const { at, provider, symbol, state, until } = event;
  const subject = symbol === undefined ? provider : `${symbol} at ${provider}`;
  switch (state) {
    case 'open':
      if (until !== undefined && until <= at) return `${subject} kept failing and is tried once`;
      return `${subject} is left alone${until === undefined ? ' for a while' : ` until ${formatInstantSeconds(until)}`}: it keeps failing`;
    case 'half-open':
      return `${subject} is tried again`;
    case 'closed':
      return `${subject} is answering again`;
  }
}
