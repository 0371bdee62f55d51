import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether `dist/` is what `src/` says; tests that drive the command refuse to run on anything older. */
    built: boolean;
  }
}

/** Builds the command once before all tests, if something changed since it was built. */
export default function setup(project: TestProject): void {
  const build = join(import.meta.dirname, '../scripts/build.js');
  const { status } = spawnSync(process.execPath, [build, '--if-stale'], { stdio: 'inherit' });
  project.provide('built', status === 0);
}
