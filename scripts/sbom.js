// Lists the packages that pipe needs in production: `node scripts/sbom.js` prints them as CycloneDX, `--licenses` as a table,
// `--check` fails for a license that is not allowed and for test tools. It reads package-lock.json, so that the result is the same
// on every machine. (`npm sbom --omit dev` leaves out what development dependencies need too.)
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isBundled } from './bundled-packages.js';

/** Licenses that allow use and redistribution without conditions for the code that uses the package. */
const allowedLicenses = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0'];

/** Packages that only test or build something; one in production came with a dependency by mistake. */
const testTools = /^(chai|jasmine|jest|mocha|nock|nyc|rimraf|serialize-javascript|sinon|vitest|@types\/.+)$/;

const { packages } = JSON.parse(readFileSync(fileURLToPath(new URL('../package-lock.json', import.meta.url)), 'utf8'));
const root = packages[''];
const paths = findProductionPaths();
const components = [...new Map(paths.map((path) => [refOf(path), path])).values()].sort(byRef).map(toComponent);

if (process.argv.includes('--check')) process.exitCode = check();
else if (process.argv.includes('--licenses')) process.stdout.write(formatLicenses());
else process.stdout.write(`${JSON.stringify(toBom(), null, 2)}\n`);

function nameOf(path) {
  return path.split('node_modules/').at(-1);
}

function refOf(path) {
  const { version } = packages[path];
  return path === ''
    ? `pkg:npm/${root.name}@${version}`
    : `pkg:npm/${encodeURIComponent(nameOf(path)).replace('%2F', '/')}@${version}`;
}

function byRef(a, b) {
  return refOf(a) < refOf(b) ? -1 : 1;
}

/** The path of a dependency as Node finds it: in the package, or in a folder above it. */
function resolvePath(from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === '') return null;
  }
}

/** Dependencies that are installed; of a bundled package only those that pipe declares or bundles too, because its others are not loaded. */
function dependenciesOf(path) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {} } = packages[path];
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names
    .filter((name) => peerDependenciesMeta[name]?.optional !== true)
    .filter((name) => !isBundled(nameOf(path)) || root.dependencies[name] !== undefined || isBundled(name))
    .flatMap((name) => resolvePath(path, name) ?? []);
}

function findProductionPaths() {
  const bundled = Object.keys(root.devDependencies).filter(isBundled);
  const found = new Set();
  const queue = [...dependenciesOf(''), ...bundled.map((name) => `node_modules/${name}`)];
  for (const path of queue) {
    if (found.has(path)) continue;
    found.add(path);
    queue.push(...dependenciesOf(path));
  }
  return [...found];
}

function toComponent(path) {
  const { version, license = 'NOASSERTION', integrity = '' } = packages[path];
  const [algorithm, hash = ''] = integrity.split('-', 2);
  return {
    'bom-ref': refOf(path),
    type: 'library',
    name: nameOf(path),
    version,
    purl: refOf(path),
    ...(algorithm === 'sha512'
      ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }
      : {}),
    licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }],
    ...(isBundled(nameOf(path)) ? { properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }] } : {}),
  };
}

function toBom() {
  const bundledPaths = paths.filter((path) => isBundled(nameOf(path)));
  const dependencies = ['', ...paths.toSorted(byRef)].map((path) => ({
    ref: refOf(path),
    dependsOn: [...dependenciesOf(path), ...(path === '' ? bundledPaths : [])].map(refOf).sort(),
  }));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { 'bom-ref': refOf(''), type: 'application', name: root.name, version: root.version, purl: refOf('') },
    },
    components,
    dependencies,
  };
}

function licenseOf({ licenses: [{ expression, license }] }) {
  return expression ?? license.id;
}

function formatLicenses() {
  const lines = components.map((component) => `${component.name}@${component.version}  ${licenseOf(component)}\n`);
  return lines.join('');
}

function check() {
  const problems = components.flatMap((component) =>
    [
      ...(allowedLicenses.includes(licenseOf(component))
        ? []
        : [`license ${licenseOf(component)} is not in the allowed list`]),
      ...(testTools.test(component.name) ? ['a tool for tests is a production dependency'] : []),
    ].map((problem) => `${component.name}@${component.version}: ${problem}`),
  );
  for (const problem of problems) console.error(problem);
  const count = new Map();
  for (const component of components) count.set(licenseOf(component), (count.get(licenseOf(component)) ?? 0) + 1);
  const summary = [...count]
    .sort(([, a], [, b]) => b - a)
    .map(([license, packagesWithIt]) => `${license} ${packagesWithIt}`);
  console.log(`${components.length} production packages: ${summary.join(', ')}`);
  return problems.length === 0 ? 0 : 1;
}
