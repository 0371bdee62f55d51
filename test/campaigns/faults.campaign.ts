/**
 * Every fault of Interactive Brokers at every target, once and always. `npm run faults` runs a part of them;
 * `npm run faults -- test/campaigns/faults.campaign.ts` runs all.
 */
import { beforeAll, describe, expect, it } from 'vitest';

import type { FaultCase } from '../faults/fault-case.js';
import type { LakeContents } from '../faults/lake-contents.js';
import { errorCodeFaults, campaignErrorCodeFaults } from '../faults/cases/error-codes.js';
import { campaignOutageFaults, outageFaults } from '../faults/cases/outages.js';
import { campaignTransportFaults, transportFaults } from '../faults/cases/transport.js';
import { createBaseline, checkFault } from '../faults/check-fault.js';

/** Concurrent faults; each spends most of its time waiting. */
const concurrency = 8;

const allFaults: readonly FaultCase[] = [
  ...transportFaults,
  ...campaignTransportFaults,
  ...errorCodeFaults,
  ...campaignErrorCodeFaults,
  ...outageFaults,
  ...campaignOutageFaults,
];

let baseline: LakeContents;
beforeAll(async () => {
  baseline = await createBaseline();
});

describe(`${String(allFaults.length)} faults`, () => {
  const rounds = Array.from({ length: Math.ceil(allFaults.length / concurrency) }, (_, round) => round * concurrency);
  it.for(rounds)('each meets its expectation, from number %i', async (first) => {
    const problems: string[] = [];
    await Promise.all(
      allFaults.slice(first, first + concurrency).map(async (fault) => {
        try {
          await checkFault(fault, baseline);
        } catch (error) {
          problems.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }),
    );
    expect(problems).toEqual([]);
  });

  it('have unique names', () => {
    expect(new Set(allFaults.map(({ name }) => name)).size).toBe(allFaults.length);
  });
});
