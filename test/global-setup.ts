import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { TestProject } from 'vitest/node';

import { openCommandPool } from './command-pool.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The address of the pool that runs the command; null when the command could not be built from `src/`. */
    commandPool: string | null;
    /** A folder with `src/` as JavaScript, file by file, for processes that run a part of it. */
    modules: string;
  }
}

const root = join(import.meta.dirname, '..');

/** Builds the command once before all tests, if something changed since it was built, and keeps processes that run it. */
export default async function setup(project: TestProject): Promise<() => void> {
  const build = join(root, 'scripts/build.js');
  const { status } = spawnSync(process.execPath, [build, '--if-stale'], { stdio: 'inherit' });
  const pool = status === 0 ? openCommandPool() : null;
  project.provide('commandPool', pool?.address ?? null);
  const modules = join(root, 'node_modules/.cache', `pipe-test-${String(process.pid)}`);
  // A file that cannot be read fails the tests that need it, not those of the other files.
  await transpileModules(modules).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
  });
  project.provide('modules', modules);
  return () => {
    pool?.close();
    rmSync(modules, { recursive: true, force: true });
  };
}

/** Below `node_modules/`, where the packages that the modules import are found. */
async function transpileModules(folder: string): Promise<void> {
  const bundler = await rolldown({
    cwd: root,
    input: readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join('src', path)),
    platform: 'node',
    external: /^[^./]/,
  });
  await bundler.write({ dir: folder, preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' });
  await bundler.close();
}
