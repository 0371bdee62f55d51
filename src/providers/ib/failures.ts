import type { Failure } from '../../core/failure.js';
import { competingSessionDelay } from './gateway/codes.js';
import { maskAccounts } from './notice.js';
import type { RequestError } from './gateway/ib-request.js';

/** What a trouble is in the words of the house. */
export function toIbFailure(error: RequestError): Failure {
  if (error.kind === 'connection') return error.failure;
  const { code, meaning } = error;
  const details = { code: String(code), message: maskAccounts(error.message) };
  switch (meaning.kind) {
    case 'failure': {
      const { failure: kind, retryAfter } = meaning;
      if (kind === 'retryable' || kind === 'pacing')
        return retryAfter === undefined ? { kind, ...details } : { kind, ...details, retryAfter };
      return { kind, ...details };
    }
    case 'no-contract':
    case 'ambiguous':
      return { kind: 'invalid', ...details };
    case 'expired':
      return { kind: 'lost', ...details };
    case 'may-follow':
      return { kind: 'denied', ...details };
    case 'competing':
      return {
        kind: 'pacing',
        code: details.code,
        message: `another session of the same user takes the market data: ${details.message}`,
        retryAfter: competingSessionDelay,
      };
    case 'no-data':
    case 'link-lost':
    case 'link-restored':
    case 'farm-down':
    case 'farm-up':
    case 'client-id-taken':
    case 'port-changed':
    case 'disconnected':
    case 'notice':
    case 'alarm':
      return { kind: 'retryable', ...details };
  }
}
