/** The packages of the page, which is built into dist/web/. */
export const pagePackages = ['lightweight-charts', 'preact', 'uplot'];

/**
 * Development dependencies whose code is part of dist/. `kiteconnect` declares its test tools (mocha, chai, nock, rimraf) and an
 * old ws as dependencies: 95 packages that npm would install with pipe. The packages that its code imports are dependencies of pipe.
 */
export const bundledPackages = ['@hono/node-server', 'hono', 'kiteconnect', ...pagePackages];

/** The packages whose code is in dist/, with what they bring along: their licenses accompany it. */
export const licensedPackages = [...bundledPackages, 'fancy-canvas'];

/** Whether a module belongs to a bundled package. */
export function isBundled(id) {
  return bundledPackages.some((name) => id === name || id.startsWith(`${name}/`));
}
