import type { FetchOutcome } from '../core/request.js';

/** What a source answers when the signal aborts before its answer is there. */
export const abortedOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'retryable', message: 'stopped before the answer came' },
};
