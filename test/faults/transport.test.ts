import { beforeAll, describe, it } from 'vitest';
import type { LakeContents } from './lake-contents.js';
import { transportFaults } from './cases/transport.js';
import { createBaseline, checkFault } from './check-fault.js';

let baseline: LakeContents;
beforeAll(async () => {
  baseline = await createBaseline();
});

describe.concurrent('a run at Interactive Brokers handles the transport fault', () => {
  it.for(transportFaults)('$name', (fault) => checkFault(fault, baseline));
});
