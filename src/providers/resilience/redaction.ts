import type { Failure } from '../../core/failure.js';
import type { Redact } from '../../platform/redact.js';
import type { Provider } from '../provider.js';

/** A provider that repeats no secret: sources put what they were asked with, keys too, into their complaints. */
export function withRedaction(provider: Provider, redact: Redact): Provider {
  const redactFailure = (failure: Failure): Failure => ({ ...failure, message: redact(failure.message) });
  return {
    name: provider.name,
    close: () => provider.close(),
    async open(signal) {
      const failure = await provider.open(signal);
      return failure === null ? null : redactFailure(failure);
    },
    async fetch(request, signal) {
      const outcome = await provider.fetch(request, signal);
      return outcome.kind === 'failure' ? { kind: 'failure', failure: redactFailure(outcome.failure) } : outcome;
    },
  };
}
