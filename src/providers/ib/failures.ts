import type { Failure } from '../../core/failure.js';
import { competingHold } from './codes.js';
import { masked } from './notice.js';
import type { Trouble } from './question.js';

/** What a trouble is in the words of the house. */
export function failureOf(trouble: Trouble): Failure {
  if (trouble.kind === 'connection') return trouble.failure;
  const { code, meaning } = trouble;
  const said = { code: String(code), message: masked(trouble.message) };
  switch (meaning.kind) {
    case 'failure': {
      const { failure: kind, retryAfter } = meaning;
      if (kind === 'retryable' || kind === 'pacing')
        return retryAfter === undefined ? { kind, ...said } : { kind, ...said, retryAfter };
      return { kind, ...said };
    }
    case 'no-contract':
    case 'ambiguous':
      return { kind: 'invalid', ...said };
    case 'expired':
      return { kind: 'lost', ...said };
    case 'may-follow':
      return { kind: 'denied', ...said };
    case 'competing':
      return {
        kind: 'pacing',
        code: said.code,
        message: `another session of the same user takes the market data: ${said.message}`,
        retryAfter: competingHold,
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
      return { kind: 'retryable', ...said };
  }
}
