import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { skipsReporter } from './test/skips-reporter.js';

/** Where the counts go for whoever adds them up; nothing is written unless it is asked for. */
const results = process.env['PIPE_TEST_RESULTS'] ?? '';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Run by `npm run faults`, `npm run collector` and `npm run test:slow`.
    exclude: ['test/faults/**', 'test/collector/**', 'test/**/*.slow.test.ts'],
    globalSetup: 'test/global-setup.ts',
    setupFiles: 'test/setup.ts',
    // Many tests wait for sockets and processes more than they compute.
    maxWorkers: availableParallelism() + 2,
    // A test file starts in the process of the one before it: loading the same modules again takes longer than most tests.
    isolate: false,
    // These limits end a hang. They are far above what a slow and busy machine needs, and judge no speed.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000, interval: 20 } },
    // One line for each file, however long its tests take.
    slowTestThreshold: Number.MAX_SAFE_INTEGER,
    env: { TZ: 'UTC' },
    reporters: ['default', skipsReporter, ...(results === '' ? [] : ['json'])],
    outputFile: { json: results },
  },
});
