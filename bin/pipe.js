#!/usr/bin/env node
// Starts dist/main.js. In a checkout whose packages were installed without scripts (`npm ci --ignore-scripts`) it builds it first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
const build = fileURLToPath(new URL('../scripts/build.js', import.meta.url));

if (existsSync(main) || buildMain()) await import(main.href);

/** Builds with stdout redirected to stderr: the output of the command may be JSON. */
function buildMain() {
  if (!existsSync(build)) throw new Error(`${fileURLToPath(main)} is missing: install the package again`);
  process.stderr.write('pipe: first start, building dist/\n');
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 2, 2] });
  if (status === 0) return true;
  process.exitCode = 1;
  return false;
}
