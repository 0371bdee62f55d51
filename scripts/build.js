// Compiles src/ to dist/ and makes the command executable; `npm ci` calls it through the prepare script.
// With --if-stale it does so only when something changed since. A build that fails leaves the old dist/ as it was.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');

if (!process.argv.includes('--if-stale') || isStale()) process.exitCode = build();

function isStale() {
  const main = statSync(join(built, 'main.js'), { throwIfNoEntry: false });
  if (main === undefined) return true;
  const source = join(root, 'src');
  // A folder is younger than what was taken out of it.
  const inputs = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => join(source, path));
  const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((path) => join(root, path));
  // A file may vanish between the listing and the look at it; that is a change as well.
  return [source, ...inputs, ...settings].some(
    (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > main.mtimeMs,
  );
}

function build() {
  const fresh = join(root, `dist-${process.pid}`);
  const begun = new Date();
  try {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const compiler = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh];
    const { status } = spawnSync(process.execPath, compiler, { stdio: 'inherit' });
    if (status !== 0) return 1;
    chmodSync(join(fresh, 'main.js'), 0o755);
    // What is edited while the compiler reads is younger than what it read.
    utimesSync(join(fresh, 'main.js'), begun, begun);
    putInPlace(fresh);
    return 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
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
