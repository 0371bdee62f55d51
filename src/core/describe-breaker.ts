import type { BreakerChanged, Stamped } from './events.js';
import { formatTimeSeconds } from './time/zoned-time.js';

/** Describes the change of a circuit breaker in one sentence. */
export function describeBreaker(event: Stamped<BreakerChanged>): string {
  const { at, provider, symbol, state, until, cause } = event;
  const reason = cause === undefined ? '' : `: ${cause}`;
  const subject = symbol === undefined ? provider : `${symbol} at ${provider}`;
  switch (state) {
    case 'open':
      if (until !== undefined && until <= at)
        return `${subject}: circuit half-open after repeated failures, probing${reason}`;
      return `circuit open for ${subject}${until === undefined ? '' : ` until ${formatTimeSeconds(until)}`} after repeated failures${reason}`;
    case 'half-open':
      return `${subject}: circuit half-open, probing`;
    case 'closed':
      return `${subject}: circuit closed`;
  }
}
