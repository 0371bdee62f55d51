import type { Failure } from '../core/failure.js';

/** The failure of every provider for a dataset that is computed, such as `overviews`. */
export const notFetchable: Failure = { kind: 'invalid', message: 'overviews are computed and cannot be requested' };
