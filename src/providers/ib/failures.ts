import type { Failure } from '../../core/failure.js';
import { competingSessionDelay } from './gateway/codes.js';
import { maskAccounts } from './notice.js';
import type { RequestError } from './gateway/ib-request.js';

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
      return { kind: 'unavailable', ...details };
    case 'data-may-follow':
      return { kind: 'denied', ...details };
    case 'competing':
      return {
        kind: 'pacing',
        code: details.code,
        message: `another session of the same user receives the market data: ${details.message}`,
        retryAfter: competingSessionDelay,
      };
    case 'no-data':
    case 'upstream-lost':
    case 'upstream-restored':
    case 'farm-down':
    case 'farm-up':
    case 'client-id-taken':
    case 'port-changed':
    case 'disconnected':
    case 'notice':
    case 'unexpected':
      return { kind: 'retryable', ...details };
  }
}
