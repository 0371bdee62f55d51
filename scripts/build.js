// Generates types and validators from schemas/, bundles src/ into dist/ and makes the command executable; `npm ci` runs it
// through the prepare script. The bundle halves the start-up time, because a command loads a few files instead of hundreds.
// --if-stale builds only after a change; --release builds what the package ships: small code without source maps, and the
// declarations of the API. A failed build does not change dist/. `npm run typecheck` checks the types.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.js';
import { isBundled, licensedPackages } from './bundled-packages.js';
import { generateSchemas } from './schema.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');
const isRelease = process.argv.includes('--release');
const ifStale = process.argv.includes('--if-stale');

if (isBundlerInstalled()) {
  await generateSchemas({ ifStale });
  if (!ifStale || isStale()) process.exitCode = await build();
} else {
  // `npm ci --omit=dev` runs this script too; what was built before still works.
  const state = existsSync(join(built, 'main.js')) ? 'dist/ is not rebuilt' : 'pipe is not built';
  console.error(`${state}: the bundler is a development dependency, and those are not installed`);
  console.error('  to build, run: npm ci --ignore-scripts && npm run build && npm prune --omit=dev --ignore-scripts');
  if (!ifStale) process.exitCode = 1;
}

function isBundlerInstalled() {
  try {
    import.meta.resolve('rolldown');
    return true;
  } catch {
    return false;
  }
}

function isStale() {
  const main = statSync(join(built, 'main.js'), { throwIfNoEntry: false });
  if (main === undefined) return true;
  const source = join(root, 'src');
  // The time of a folder changes when a file in it is deleted.
  const inputs = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((path) => join(source, path));
  const settings = [
    'package.json',
    'tsconfig.json',
    'scripts/build.js',
    'scripts/build-page.js',
    'scripts/bundled-packages.js',
  ].map((path) => join(root, path));
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
    await buildPage(root, join(fresh, 'web'));
    copyLicenses(join(fresh, 'licenses'));
    if (isRelease && !writeDeclarations(fresh)) return 1;
    if (isRelease) writeManPages(fresh);
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

async function bundle(folder) {
  const { rolldown } = await import('rolldown');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const imported = new Set();
  const isExternal = (id) => {
    if (!/^[^./]/.test(id) || isBundled(id)) return false;
    if (!isBuiltin(id)) imported.add(/^(@[^/]+\/)?[^/]+/.exec(id)[0]);
    return true;
  };
  const bundler = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', index: 'src/index.ts' },
    platform: 'node',
    external: isExternal,
    // Modules of ES, of which the build takes the parts that are used.
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') }, mainFields: ['module', 'main'] },
  });
  await bundler.write({
    dir: folder,
    format: 'esm',
    // Functions keep their names, which a user's report of a failure shows; the maps would double the size of the package.
    sourcemap: !isRelease,
    minify: isRelease && {
      compress: true,
      mangle: { keepNames: { function: true, class: false } },
      codegen: { removeWhitespace: true },
    },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Nearly every command loads these; as one file they start faster, and the imports of forty small ones are saved.
    codeSplitting: { groups: [{ name: 'core', test: /[\\/]src[\\/](core|platform)[\\/]/ }] },
  });
  await bundler.close();
  // Without this, a bundled package could need one that only development installs.
  const undeclared = [...imported].filter((name) => dependencies[name] === undefined);
  if (undeclared.length > 0) throw new Error(`dist/ imports ${undeclared.join(', ')}: add it to the dependencies`);
}

/** The licenses of bundled packages require that their text accompanies the code. */
function copyLicenses(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of licensedPackages) {
    const target = join(folder, `${name.replace('/', '+')}.txt`);
    const source = join(root, 'node_modules', name);
    if (existsSync(join(source, 'LICENSE'))) copyFileSync(join(source, 'LICENSE'), target);
    // fancy-canvas names its license without the text.
    else writeFileSync(target, describeLicense(JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))));
  }
}

function describeLicense({ name, version, license, author }) {
  return `${name} ${version}\nCopyright ${typeof author === 'string' ? author : author.name}\nLicense: ${license}\n`;
}

/** Writes the declarations that those of the API refer to. */
function writeDeclarations(folder) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const all = join(folder, 'declarations');
  const compiler = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', all, '--emitDeclarationOnly'];
  if (spawnSync(process.execPath, compiler, { stdio: 'inherit' }).status !== 0) return false;
  const copied = new Set();
  const copy = (path) => {
    if (copied.has(path)) return;
    copied.add(path);
    const text = readFileSync(join(all, path), 'utf8');
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    for (const [, module] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g))
      copy(join(dirname(path), `${module}.d.ts`));
  };
  copy('index.d.ts');
  rmSync(all, { recursive: true });
  return true;
}

function writeManPages(folder) {
  const run = (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'main.js'), ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`pipe ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  mkdirSync(join(folder, 'man'));
  writeFileSync(join(folder, 'man', 'pipe.1'), run('man'));
  for (const line of run('complete', '--', '').trimEnd().split('\n')) {
    const [command] = line.split('\t');
    // Built into the library that reads the command line.
    if (command === 'help') continue;
    writeFileSync(join(folder, 'man', `pipe-${command}.1`), run('man', command));
  }
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
