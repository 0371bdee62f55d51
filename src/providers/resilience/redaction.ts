import type { Failure } from '../../core/failure.js';
import { err } from '../../core/result.js';
import type { Redact } from '../../platform/redact.js';
import type { Provider } from '../provider.js';

/** Redacts secrets from failures; providers echo credentials in error messages. */
export function withRedaction(provider: Provider, redact: Redact): Provider {
  const redactFailure = (failure: Failure): Failure => ({ ...failure, message: redact(failure.message) });
  return {
    name: provider.name,
    close: () => provider.close(),
    async open(signal) {
      const opened = await provider.open(signal);
      return opened.ok ? opened : err(redactFailure(opened.error));
    },
    async fetch(request, context) {
      const outcome = await provider.fetch(request, context);
      return outcome.kind === 'failure' ? { ...outcome, failure: redactFailure(outcome.failure) } : outcome;
    },
  };
}
