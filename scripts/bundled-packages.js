/** The packages of the page, which is built into dist/web/. */
export const pagePackages = ['lightweight-charts', 'preact', 'uplot'];

/**
 * Development dependencies whose code is part of dist/. `kiteconnect` declares its test tools (mocha, chai, nock, rimraf) and an
 * old ws as dependencies: 95 packages that npm would install with pipe. The packages that its code imports are dependencies of pipe.
 */
export const bundledPackages = ['@hono/node-server', 'hono', 'kiteconnect', 'pg-copy-streams', ...pagePackages];

/** The packages whose code is in dist/, with what they bring along: their licenses accompany it. */
export const licensedPackages = [...bundledPackages, 'fancy-canvas'];

/** Whether a module belongs to a bundled package. */
export function isBundled(id) {
  return bundledPackages.some((name) => id === name || id.startsWith(`${name}/`));
}

/**
 * Dependencies whose code is part of dist/ too: the loader of Node takes longer to find and read their files than to execute them. They
 * stay dependencies, with their exact versions, so that audits and the list of licenses name them. Packages that are not listed are
 * native, start threads from files of their own, or are loaded by few commands.
 */
const inlinedPackages = ['@duckdb/node-api', 'cockatiel', 'commander', 'croner', 'execa', 'graphology', 'yaml'];

/** Whether the build copies a module into dist/: also what an inlined package imports and pipe does not declare. */
export function isInlined(id, importer, declaredPackages) {
  const isOf = (path, name) => path === name || path.startsWith(`${name}/`);
  if (inlinedPackages.some((name) => isOf(id, name))) return true;
  const from = importer?.split('node_modules/').at(-1) ?? '';
  return (
    importer?.includes('node_modules/') === true && !isBundled(from) && !declaredPackages.some((name) => isOf(id, name))
  );
}
