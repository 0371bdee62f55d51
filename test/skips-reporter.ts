import type { Reporter } from 'vitest/node';

/** Names every test that was skipped, once all have run: what did not run must not pass for what did. */
export const skipsReporter: Reporter = {
  onTestRunEnd(modules) {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        process.stdout.write(` skipped  ${module.relativeModuleId} > ${test.fullName}\n`);
      }
    }
  },
};
