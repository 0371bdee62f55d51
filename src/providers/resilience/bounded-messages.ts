import type { Failure } from '../../core/failure.js';
import { err } from '../../core/result.js';
import { formatCount } from '../../platform/format.js';
import type { Provider } from '../provider.js';

/** Characters of a message that people can read; some gateways answer with a page of HTML. */
const maxLength = 500;

/** Shortens the messages of failures, which reach the terminal, the log, mails and every coverage fact. */
export function withBoundedMessages(provider: Provider): Provider {
  return {
    ...provider,
    async open(signal) {
      const opened = await provider.open(signal);
      return opened.ok ? opened : err(shorten(opened.error));
    },
    async fetch(request, context) {
      const outcome = await provider.fetch(request, context);
      return outcome.kind === 'failure' ? { ...outcome, failure: shorten(outcome.failure) } : outcome;
    },
  };
}

function shorten(failure: Failure): Failure {
  const { length } = failure.message;
  if (length <= maxLength) return failure;
  const start = failure.message.slice(0, maxLength).trimEnd();
  return {
    ...failure,
    message: `${start}… (${formatCount(length)} characters; pipe run --record-calls keeps all of them)`,
  };
}
