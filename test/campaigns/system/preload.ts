import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Libraries for LD_PRELOAD need Linux and a C compiler. */
export const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

/** Compiles a file of this folder into a library for LD_PRELOAD; returns its path. */
export function compileLibrary(source: string, folder: string): string {
  const library = join(folder, source.replace(/\.c$/, '.so'));
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(import.meta.dirname, source), '-ldl']);
  return library;
}
