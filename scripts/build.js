// Generates types and validators from schemas/, bundles src/ into dist/ and makes the command executable; `npm ci` runs it
// through the prepare script. The bundle halves the start-up time, because a command loads a few files instead of hundreds.
// --if-stale builds only after a change; --types also writes the declarations that the package ships. A failed build does not
// change dist/. `npm run typecheck` checks the types.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { generateSchemas } from './schema.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');
const withTypes = process.argv.includes('--types');
const ifStale = process.argv.includes('--if-stale');

await generateSchemas({ ifStale });
if (!ifStale || isStale()) process.exitCode = await build();

function isStale() {
  const main = statSync(join(built, 'main.js'), { throwIfNoEntry: false });
  if (main === undefined) return true;
  const source = join(root, 'src');
  // The time of a folder changes when a file in it is deleted.
  const inputs = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => join(source, path));
  const settings = ['package.json', 'tsconfig.json', 'scripts/build.js'].map((path) => join(root, path));
  // A file that was deleted after the listing is a change too.
  return [source, ...inputs, ...settings].some(
    (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > main.mtimeMs,
  );
}

async function build() {
  const fresh = join(root, `dist-${process.pid}`);
  const startedAt = new Date();
  try {
    await bundle(fresh);
    if (withTypes && !writeDeclarations(fresh)) return 1;
    chmodSync(join(fresh, 'main.js'), 0o755);
    // Files that are edited during the build must count as changed.
    utimesSync(join(fresh, 'main.js'), startedAt, startedAt);
    replaceBuild(fresh);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Packages are not bundled: users install, audit and update them as dependencies. */
async function bundle(folder) {
  const bundler = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', index: 'src/index.ts' },
    platform: 'node',
    external: /^[^./]/,
  });
  await bundler.write({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundler.close();
}

function writeDeclarations(folder) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const compiler = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder, '--emitDeclarationOnly'];
  return spawnSync(process.execPath, compiler, { stdio: 'inherit' }).status === 0;
}

function replaceBuild(fresh) {
  const old = `${fresh}-old`;
  // Another build may create dist/ between the two moves; the last build wins.
  for (let attempt = 1; ; attempt++) {
    if (existsSync(built)) renameSync(built, old);
    try {
      renameSync(fresh, built);
      return;
    } catch (error) {
      if (attempt === 5) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}
