/**
 * Development dependencies whose code is part of dist/. `kiteconnect` declares its test tools (mocha, chai, nock, rimraf) and an
 * old ws as dependencies: 95 packages that npm would install with pipe. The packages that its code imports are dependencies of pipe.
 */
export const bundledPackages = ['kiteconnect'];

/** Whether a module belongs to a bundled package. */
export function isBundled(id) {
  return bundledPackages.some((name) => id === name || id.startsWith(`${name}/`));
}
