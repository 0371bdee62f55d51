import { beforeAll, describe, it } from 'vitest';
import type { LakeContents } from './lake-contents.js';
import { outageFaults } from './cases/outages.js';
import { createBaseline, checkFault } from './check-fault.js';

let baseline: LakeContents;
beforeAll(async () => {
  baseline = await createBaseline();
});

describe.concurrent('a run at Interactive Brokers handles the outage', () => {
  it.for(outageFaults)('$name', (fault) => checkFault(fault, baseline));
});
