import { beforeAll, describe, it } from 'vitest';
import type { LakeContents } from './lake-contents.js';
import { errorCodeFaults } from './cases/error-codes.js';
import { createBaseline, checkFault } from './check-fault.js';

let baseline: LakeContents;
beforeAll(async () => {
  baseline = await createBaseline();
});

describe.concurrent('a run at Interactive Brokers handles the error', () => {
  it.for(errorCodeFaults)('$name', (fault) => checkFault(fault, baseline));
});
