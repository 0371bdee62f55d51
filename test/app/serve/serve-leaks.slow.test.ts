import { expect, test } from 'vitest';

import { formatSamples, soakServe } from '../../campaigns/soak/serve-soak.js';

const cycles = 16;
const sampleCount = 4;

/** The bounded part of the campaign `soak`: Node warns of a leak at eleven listeners of one signal. */
test('pipe serve with alerts keeps no listener, handle or file of 16 evaluations', { timeout: 1_800_000 }, async () => {
  const samples = await soakServe(cycles, sampleCount);
  const [, warm] = samples;
  const last = samples.at(-1);
  const table = formatSamples(samples, cycles / sampleCount);
  process.stdout.write(`\n${table}\n`);
  if (warm === undefined || last === undefined) throw new Error('there are no samples');
  expect(last.warnings, table).toEqual([]);
  // Sockets of the healthy channel and of the last scrape come and go; each evaluation would add one per channel.
  expect(last.abortListeners - warm.abortListeners, table).toBeLessThan(4);
  expect(last.processListeners - warm.processListeners, table).toBe(0);
  expect(last.handles - warm.handles, table).toBeLessThan(4);
  expect(last.files - warm.files, table).toBeLessThan(4);
});
