import { formatProviderError } from '../../core/failure.js';
import type { Failure } from '../../core/failure.js';
import { competingSessionDelay } from './gateway/codes.js';
import { maskAccounts } from './notice.js';
import type { RequestError } from './gateway/ib-request.js';

/** The code of a failure because another session of the same user receives the data, whichever code the gateway gave. */
export const competingSessionCode = 'competing-session';

/** The next step for the user when another session competes. */
export const competingSessionHint =
  'log out of the other TWS, IB Gateway, mobile app or Client Portal session of this IB user';

/** Formats an error of the gateway for people, with account numbers masked. */
export function formatIbError(code: number, text: string): string {
  return maskAccounts(formatProviderError('IB error', String(code), text));
}

export function toIbFailure(error: RequestError): Failure {
  if (error.kind === 'connection') return error.failure;
  const { code, meaning } = error;
  const details = { code: String(code), message: formatIbError(code, error.message) };
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
        code: competingSessionCode,
        message: `another session of the same user receives the data: ${details.message}`,
        retryAfter: competingSessionDelay,
        hint: competingSessionHint,
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
