/**
 * Runs the process of `pipe serve` with alerts for many cycles and measures its listeners, handles, files and heap, which must
 * not grow. `npm run soak -- --part serve --serve 200`.
 */
import { expect, test } from 'vitest';

import { computeGrowth, formatSamples, soakServe } from './serve-soak.js';

const cycles = Number(process.env['PIPE_SOAK_SERVE'] ?? '120');
const sampleCount = 24;
const spacing = cycles / sampleCount;

/** Samples before the process is warm: all code loaded, all pools at full size. */
const warmUp = sampleCount / 2;

/** Maximum retained bytes per cycle. Measured: 500 to 1,200; one manager of alerts that a listener retains is 20,000. */
const maxBytesPerCycle = 1_500;

test(`pipe serve with alerts holds no more after ${String(cycles)} cycles`, { timeout: 24 * 3_600_000 }, async () => {
  const samples = await soakServe(cycles, sampleCount);
  const warm = samples.slice(warmUp);
  const growth = computeGrowth(
    warm.map(({ heap }) => heap),
    spacing,
  );
  process.stdout.write(`\n${formatSamples(samples, spacing)}\n${growth.toFixed(0)} bytes a cycle\n`);
  for (const key of ['abortListeners', 'processListeners', 'handles', 'timers', 'files'] as const)
    expect(
      computeGrowth(
        warm.map((sample) => sample[key]),
        spacing,
      ),
      key,
    ).toBeLessThan(0.05);
  expect(samples.at(-1)?.warnings).toEqual([]);
  expect(growth).toBeLessThan(maxBytesPerCycle);
});
