import type { LakeReader } from '../lake/api.js';

/** The little of the lake that readings need. */
export type QueryableLake = Pick<LakeReader, 'query'>;
