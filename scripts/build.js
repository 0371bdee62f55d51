// Bundles src/ into dist/ and makes the command executable; `npm ci` calls it through the prepare script. A command that
// starts loads a few files instead of hundreds, which halves its start-up time.
// --if-stale builds only if something changed since the last build; --types also writes the declarations that the package
// ships. A build that fails leaves the old dist/ as it was. Types are checked by `npm run typecheck`, not here.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');
const withTypes = process.argv.includes('--types');

if (!process.argv.includes('--if-stale') || isStale()) process.exitCode = await build();

function isStale() {
  const main = statSync(join(built, 'main.js'), { throwIfNoEntry: false });
  if (main === undefined) return true;
  const source = join(root, 'src');
  // A folder is younger than what was taken out of it.
  const inputs = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => join(source, path));
  const settings = ['package.json', 'tsconfig.json', 'scripts/build.js'].map((path) => join(root, path));
  // A file may vanish between the listing and the look at it; that is a change as well.
  return [source, ...inputs, ...settings].some(
    (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > main.mtimeMs,
  );
}

async function build() {
  const fresh = join(root, `dist-${process.pid}`);
  const begun = new Date();
  try {
    await bundle(fresh);
    if (withTypes && !declareTypes(fresh)) return 1;
    chmodSync(join(fresh, 'main.js'), 0o755);
    // What is edited while the bundler reads is younger than what it read.
    utimesSync(join(fresh, 'main.js'), begun, begun);
    putInPlace(fresh);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Packages stay outside: a user installs, audits and updates them as dependencies. */
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

function declareTypes(folder) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const compiler = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder, '--emitDeclarationOnly'];
  return spawnSync(process.execPath, compiler, { stdio: 'inherit' }).status === 0;
}

function putInPlace(fresh) {
  const old = `${fresh}-old`;
  // Another build may put its own in place between the two moves; the last one wins.
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
