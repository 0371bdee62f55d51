import type { BreakerChanged, Stamped } from './events.js';
import { formatInstantSeconds } from './time/time.js';

/** Describes the change of a circuit breaker in one sentence. */
export function describeBreaker(event: Stamped<BreakerChanged>): string {
  const { at, provider, symbol, state, until } = event;
  const subject = symbol === undefined ? provider : `${symbol} at ${provider}`;
  switch (state) {
    case 'open':
      if (until !== undefined && until <= at) return `${subject}: circuit half-open after repeated failures, probing`;
      return `circuit open for ${subject}${until === undefined ? '' : ` until ${formatInstantSeconds(until)}`} after repeated failures`;
    case 'half-open':
      return `${subject}: circuit half-open, probing`;
    case 'closed':
      return `${subject}: circuit closed`;
  }
}
