/** The packages of the page, which is built into dist/web/. */
export const pagePackages = ['lightweight-charts', 'preact', 'uplot'];

/** What the bundled part of `@modelcontextprotocol/sdk` imports: a server on standard input and output. */
const mcpPackages = [
  'ajv',
  'ajv-formats',
  'fast-deep-equal',
  'fast-uri',
  'json-schema-traverse',
  'zod',
  'zod-to-json-schema',
];

/**
 * Development dependencies whose code is part of dist/. `kiteconnect` declares its test tools (mocha, chai, nock, rimraf) and an
 * old ws as dependencies: 95 packages that npm would install with pipe. The packages that its code imports are dependencies of pipe.
 * `yaml`, `cockatiel` and `@duckdb/node-api` have 300 files, which the loader of Node takes longer to find and read than to execute;
 * nearly every command loads them. A package is either here or a dependency, never both.
 */
export const bundledPackages = [
  '@duckdb/node-api',
  '@hono/node-server',
  '@modelcontextprotocol/sdk',
  'cockatiel',
  'hono',
  'kiteconnect',
  'pg-copy-streams',
  'yaml',
  ...mcpPackages,
  ...pagePackages,
];

/** The packages whose code is in dist/, with what they bring along: their licenses accompany it. */
export const licensedPackages = [...bundledPackages, 'fancy-canvas'];

/** Whether a module belongs to a bundled package. */
export function isBundled(id) {
  return bundledPackages.some((name) => id === name || id.startsWith(`${name}/`));
}
