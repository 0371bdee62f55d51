import type { LakeReader } from '../lake/contract.js';

/** The little of the lake that readings need. */
export type ReadableLake = Pick<LakeReader, 'query'>;
