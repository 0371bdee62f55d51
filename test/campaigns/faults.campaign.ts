/**
 * The whole table of what can go wrong with Interactive Brokers: every fault at every place, once and without end.
 * `npm run faults -- test/campaigns/faults.campaign.ts`; by itself `npm run faults` runs a part of it.
 */
import { beforeAll, describe, expect, it } from 'vitest';

import type { Fault } from '../faults/fault.js';
import type { Held } from '../faults/held.js';
import { codeFaults, moreCodeFaults } from '../faults/rows/codes.js';
import { moreOutages, outages } from '../faults/rows/outages.js';
import { moreTransport, transport } from '../faults/rows/transport.js';
import { fairWeather, suffer } from '../faults/suffer.js';

/** So many at once: most of the time of each is waiting. */
const atOnce = 8;

const table: readonly Fault[] = [
  ...transport,
  ...moreTransport,
  ...codeFaults,
  ...moreCodeFaults,
  ...outages,
  ...moreOutages,
];

let fair: Held;
beforeAll(async () => {
  fair = await fairWeather();
});

describe(`${String(table.length)} faults`, () => {
  const rounds = Array.from({ length: Math.ceil(table.length / atOnce) }, (_, round) => round * atOnce);
  it.for(rounds)('from number %i on', async (first) => {
    const wrong: string[] = [];
    await Promise.all(
      table.slice(first, first + atOnce).map(async (fault) => {
        try {
          await suffer(fault, fair);
        } catch (error) {
          wrong.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  });
});
