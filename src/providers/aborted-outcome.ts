import type { FetchOutcome } from '../core/request.js';

/** The outcome of a request whose signal aborted before the response arrived. */
export const abortedOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: 'cancelled before the response arrived' },
};
