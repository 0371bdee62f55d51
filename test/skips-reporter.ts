import type { Reporter } from 'vitest/node';

/** Lists every skipped test at the end of the run, so that a skipped test is not mistaken for one that passed. */
export const skipsReporter: Reporter = {
  onTestRunEnd(modules) {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        process.stdout.write(` skipped  ${module.relativeModuleId} > ${test.fullName}\n`);
      }
    }
  },
};
