/** Faults at a gateway that counts, asked at the pace that Interactive Brokers allows, in real time. */
import { beforeAll, describe, it } from 'vitest';
import type { FaultCase } from './fault-case.js';
import type { LakeContents } from './lake-contents.js';
import { createFaultCase } from './fault-targets.js';
import { createBaseline, checkFault } from './check-fault.js';

const realTimePacing: Partial<FaultCase> = { pacing: 'strict', retryWaits: 'real', pipeline: { pacing: 'default' } };

const violation = 'Historical Market Data Service error message:Historical data request pacing violation';

/** What was asked once is not asked again within 15 seconds, whatever has become of it. */
const faultCases: readonly FaultCase[] = [
  createFaultCase('minutes', 'once', 'no_response', 'passing', realTimePacing),
  createFaultCase('options', 'once', { drop: 'mid_message' }, 'passing', realTimePacing),
  createFaultCase('head', 'once', { error: 162, message: violation }, 'passing', {
    ...realTimePacing,
    maxRetryAfterMs: 15_000,
  }),
  createFaultCase('snapshot', 'once', 'drop', 'passing', realTimePacing),
];

let baseline: LakeContents;
beforeAll(async () => {
  baseline = await createBaseline();
});

describe.concurrent('Interactive Brokers, which counts requests', () => {
  it.for(faultCases)('$name', (fault) => checkFault(fault, baseline));
});
