/** Faults at a gateway that enforces pacing, at the request rate of Interactive Brokers, in real time. */
import { beforeAll, describe, it } from 'vitest';
import type { FaultCase } from './fault-case.js';
import type { LakeContents } from './lake-contents.js';
import { createFaultCase } from './fault-targets.js';
import { createBaseline, checkFault } from './check-fault.js';

const realTimePacing: Partial<FaultCase> = { pacing: 'strict', retryWaits: 'real', pipeline: { pacing: 'default' } };

const violation = 'Historical Market Data Service error message:Historical data request pacing violation';

/** The provider does not repeat a request within 15 seconds, whatever its outcome. */
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

describe.concurrent('a run at a gateway that enforces pacing handles the fault', () => {
  it.for(faultCases)('$name', (fault) => checkFault(fault, baseline));
});
