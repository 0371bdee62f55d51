import type { LakeReader } from '../lake/api.js';

/** The part of the lake that queries use. */
export type QueryableLake = Pick<LakeReader, 'query' | 'querySymbol' | 'findConstants'>;
