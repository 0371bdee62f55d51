import { defineConfig } from 'vitest/config';

/** Long campaigns, each a script of its own, such as `npm run recovery` or `npm run faults`. */
export default defineConfig({
  test: {
    include: [
      'test/campaigns/**/*.campaign.ts',
      'test/faults/*.test.ts',
      'test/collector/*.test.ts',
      'test/**/*.slow.test.ts',
    ],
    // Faults are mostly waited for.
    maxWorkers: 3,
    globalSetup: 'test/global-setup.ts',
    setupFiles: 'test/setup.ts',
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 300_000, interval: 20 } },
    // So that what is alive can be weighed.
    execArgv: ['--expose-gc'],
    // Two processes at a time on two cores: more would only wait for each other.
    maxConcurrency: 2,
    env: { TZ: 'UTC' },
    reporters: process.env['PIPE_TEST_RESULTS'] === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: process.env['PIPE_TEST_RESULTS'] ?? '' },
  },
});
