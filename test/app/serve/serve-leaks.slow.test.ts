import { expect, test } from 'vitest';

import { formatSamples, soakServe } from '../../campaigns/soak/serve-soak.js';

const cycles = 16;
const sampleCount = 4;

/** The bounded part of the campaign `soak`: Node warns of a leak at eleven listeners of one signal. */
test('pipe serve with alerts keeps no listener, handle or file of 16 evaluations', { timeout: 1_800_000 }, async () => {
  const samples = await soakServe(cycles, sampleCount);
  const table = formatSamples(samples, cycles / sampleCount);
  process.stdout.write(`\n${table}\n`);
  const warm = samples.slice(0, sampleCount / 2);
  const later = samples.slice(sampleCount / 2);
  expect(later.at(-1)?.warnings, table).toEqual([]);
  // Sockets of the healthy channel and of a scrape, and processes of runs, come and go by a few. A leak adds at least one for
  // each evaluation, and there are more evaluations between two samples than these.
  const fluctuation = cycles / sampleCount - 1;
  for (const count of ['abortListeners', 'processListeners', 'handles', 'files'] as const) {
    const before = Math.max(...warm.map((sample) => sample[count]));
    const after = Math.min(...later.map((sample) => sample[count]));
    expect(after, `${count}\n${table}`).toBeLessThanOrEqual(before + fluctuation);
  }
});
