import type { Failure } from '../core/failure.js';

/** The answer of every source to a request for what is computed from its answers. */
export const notFetchable: Failure = { kind: 'invalid', message: 'overviews are computed, not asked for' };
