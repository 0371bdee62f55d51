import type { Failure } from '../../core/failure.js';
import { err } from '../../core/result.js';
import type { Redact } from '../../platform/redact.js';
import { escapeLine } from '../../platform/text/escape.js';
import type { Provider } from '../provider.js';

/**
 * Redacts secrets from failures, because providers echo credentials in error messages, and makes each message one line of visible
 * characters, because it reaches terminals, logs, mails and the lake.
 */
export function withRedaction(provider: Provider, redact: Redact): Provider {
  const redactFailure = (failure: Failure): Failure => ({ ...failure, message: escapeLine(redact(failure.message)) });
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
