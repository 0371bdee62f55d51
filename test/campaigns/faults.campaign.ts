/**
 * The whole table of what can go wrong with Interactive Brokers: every fault at every place, once and without end.
 * `npm run faults -- test/campaigns/faults.campaign.ts`; by itself `npm run faults` runs a part of it.
 */
import { beforeAll, describe, expect, it } from 'vitest';

import type { FaultCase } from '../faults/fault-case.js';
import type { LakeContents } from '../faults/lake-contents.js';
import { errorCodeFaults, campaignErrorCodeFaults } from '../faults/cases/error-codes.js';
import { campaignOutageFaults, outageFaults } from '../faults/cases/outages.js';
import { campaignTransportFaults, transportFaults } from '../faults/cases/transport.js';
import { createBaseline, checkFault } from '../faults/check-fault.js';

/** So many at once: most of the time of each is waiting. */
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
  it.for(rounds)('from number %i on', async (first) => {
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

  it('have names of their own', () => {
    expect(new Set(allFaults.map(({ name }) => name)).size).toBe(allFaults.length);
  });
});
