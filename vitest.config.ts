import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { skipsReporter } from './test/skips-reporter.js';

/** Where the counts go for whoever adds them up; nothing is written unless it is asked for. */
const results = process.env['PIPE_TEST_RESULTS'] ?? '';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Campaigns of their own: `npm run faults`, `npm run collector`.
    exclude: ['test/faults/**', 'test/collector/**'],
    globalSetup: 'test/global-setup.ts',
    setupFiles: 'test/setup.ts',
    // Many tests wait for sockets and processes more than they compute.
    maxWorkers: availableParallelism() + 1,
    // Tests that drive the command share two cores with each other.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: { TZ: 'UTC' },
    reporters: ['default', skipsReporter, ...(results === '' ? [] : ['json'])],
    outputFile: { json: results },
  },
});
