import type { Failure } from '../core/failure.js';
import type { Redact } from '../core/redact.js';
import type { Provider } from './contract.js';

/** A provider that repeats no secret: sources put what they were asked with, keys too, into their complaints. */
export function discreet(provider: Provider, redact: Redact): Provider {
  const hidden = (failure: Failure): Failure => ({ ...failure, message: redact(failure.message) });
  return {
    name: provider.name,
    close: () => provider.close(),
    async open(signal) {
      const failure = await provider.open(signal);
      return failure === null ? null : hidden(failure);
    },
    async fetch(request, signal) {
      const outcome = await provider.fetch(request, signal);
      return outcome.kind === 'failure' ? { kind: 'failure', failure: hidden(outcome.failure) } : outcome;
    },
  };
}
