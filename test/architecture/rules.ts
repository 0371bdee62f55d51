/**
 * What one module may import from another.
 *
 * - `all`: any import
 * - `types`: only `import type`
 * - `api`: only the file that `apiFiles` names
 * - `read api`: only that file, and nothing in it that writes
 */
export type Access = 'all' | 'types' | 'api' | 'read api';

/** The file that is a module's API for modules with the access `api` or `read api`. */
export const apiFiles: Readonly<Record<string, string>> = {
  lake: 'lake/api.ts',
  'lake/feed': 'lake/feed/feed.ts',
  providers: 'providers/provider.ts',
  'run/compute': 'run/compute/deriver.ts',
};

/** For every module, the modules it may import and how much of them. Every permission is used. */
export const allowedImports: Readonly<Record<string, Readonly<Record<string, Access>>>> = {
  core: {},
  platform: { core: 'all' },
  'config/yaml': { core: 'all', platform: 'all' },
  'config/pipeline': { core: 'all', platform: 'all', 'config/yaml': 'all' },
  'config/scenario': { core: 'all', platform: 'all', 'config/yaml': 'all' },
  calendar: { core: 'all' },
  analytics: { core: 'all' },
  market: { core: 'all', platform: 'all', analytics: 'all' },
  pacing: { core: 'all', platform: 'all' },
  lake: { core: 'all', platform: 'all' },
  'lake/feed': { core: 'all', platform: 'all', lake: 'all' },
  queries: { core: 'all', platform: 'all', analytics: 'all', lake: 'read api' },
  imports: { core: 'all', platform: 'all', 'config/pipeline': 'types' },
  plan: {
    core: 'all',
    platform: 'all',
    'config/pipeline': 'types',
    imports: 'types',
    pacing: 'types',
    lake: 'read api',
  },
  providers: { core: 'all', market: 'types' },
  'providers/*': { core: 'all', platform: 'all', market: 'all', 'config/scenario': 'all', providers: 'all' },
  simulators: { core: 'all', platform: 'all', market: 'all', 'config/scenario': 'all' },
  'run/compute': { core: 'all', analytics: 'all', queries: 'all', plan: 'types' },
  run: {
    core: 'all',
    platform: 'all',
    'config/pipeline': 'types',
    imports: 'all',
    plan: 'all',
    providers: 'api',
    lake: 'api',
    'run/compute': 'api',
  },
  lineage: { core: 'all', platform: 'all', lake: 'read api' },
  checks: { core: 'all', platform: 'all', lake: 'read api', 'lake/feed': 'api' },
  outputs: { core: 'all', platform: 'all', 'config/pipeline': 'types', lake: 'read api' },
  sinks: { core: 'all', platform: 'all', lake: 'read api', 'lake/feed': 'api' },
  scheduler: { core: 'all', platform: 'all', 'config/pipeline': 'types' },
  'web/server': { core: 'all', platform: 'all' },
  'web/client': { queries: 'types', 'web/server': 'types' },
};

/** Modules that run in a browser: what they use of it is theirs, and they import only types of the others. */
export const browserModules: readonly string[] = ['web/client'];

/** Modules that wire the others together: they may import everything, and know the time and the environment. */
export const wiring: readonly string[] = ['app', 'cli', 'main', 'index'];

/** Imports that wiring modules may not have, so that they work without a command line. */
export const forbiddenImports: Readonly<Record<string, readonly string[]>> = {
  app: ['cli', 'main', 'index'],
  index: ['cli', 'main'],
};

/** Names that `read api` excludes. */
export const writeApi: readonly string[] = ['LakeWriter', 'UserTables', 'Recovery'];

/** Packages that only some modules may import; `*` at the end of a name stands for any ending. Other packages may be imported anywhere. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  '@duckdb/*': ['lake'],
  pg: ['sinks'],
  'pg-copy-streams': ['sinks'],
  '@stoqey/*': ['providers/ib'],
  commander: ['cli', 'main'],
  '@modelcontextprotocol/*': ['cli'],
  hono: ['web/server'],
  '@hono/*': ['web/server'],
  'lightweight-charts': ['web/client'],
  'preact*': ['web/client'],
  uplot: ['web/client'],
  'graphology*': ['plan'],
  kiteconnect: ['providers/kite'],
  nodemailer: ['outputs'],
  execa: ['platform'],
  pino: ['outputs'],
  'prom-client': ['scheduler'],
  yaml: ['config/yaml'],
};

/** Development dependencies whose code the build puts into `dist/`; `scripts/bundled-packages.js` names the same. */
export const bundledPackages: readonly string[] = [
  '@duckdb/node-api',
  '@hono/node-server',
  '@modelcontextprotocol/sdk',
  'cockatiel',
  'hono',
  'kiteconnect',
  'pg-copy-streams',
  'yaml',
  'lightweight-charts',
  'preact',
  'uplot',
];

/** Hashing is pure; the random functions of that module are forbidden below. */
const hashingModules = ['node:crypto'];

/** Modules whose functions are pure, with the modules of Node that they may import. */
export const pureModules: Readonly<Record<string, readonly string[]>> = {
  core: [...hashingModules, 'node:events', 'node:timers/promises'],
  analytics: hashingModules,
  market: hashingModules,
  plan: hashingModules,
};

/** The only file outside the wiring that may read the system clock. */
export const clockFile = 'core/time/clock.ts';

/** A source of side effects that only the wiring and the clock may use. */
export interface AmbientRule {
  /** Only these members are forbidden; the whole global when neither this nor `except` is given. */
  readonly members?: readonly string[];
  /** All members except these are forbidden. */
  readonly except?: readonly string[];
  /** The module of Node that exports the same. */
  readonly module?: string;
  /** The suggested alternative. */
  readonly instead: string;
}

const insteadOfClock = 'take a Clock or an Instant as a parameter';
const insteadOfRandom = 'take a source of randomness as a parameter';

/** The globals that make a function depend on more than its parameters. */
export const ambient: Readonly<Record<string, AmbientRule>> = {
  Date: { members: ['now'], instead: insteadOfClock },
  Temporal: { members: ['Now'], instead: insteadOfClock },
  performance: { module: 'node:perf_hooks', instead: insteadOfClock },
  Math: { members: ['random'], instead: insteadOfRandom },
  crypto: {
    members: ['getRandomValues', 'randomBytes', 'randomFillSync', 'randomInt', 'randomUUID'],
    module: 'node:crypto',
    instead: insteadOfRandom,
  },
  console: { module: 'node:console', instead: 'return the text or emit an event; the command line prints' },
  process: {
    except: ['arch', 'cpuUsage', 'kill', 'memoryUsage', 'nextTick', 'pid', 'platform', 'version', 'versions'],
    module: 'node:process',
    instead: 'take it as a parameter; main and the command line wire it',
  },
};

/** The files and folders (with `/`) that may use HTTP themselves; the others go through them, so that the same limits hold everywhere. */
export const httpHomes: Readonly<Record<string, readonly string[]>> = {
  fetch: ['platform/http/post-json.ts', 'web/client/api.ts'],
  'node:http': [
    'platform/http/protected-server.ts',
    'providers/kite/transport.ts',
    'providers/kite/api.ts',
    'simulators/kite/',
  ],
  'node:https': ['providers/kite/transport.ts', 'providers/kite/api.ts'],
};

/** The suggested alternative to `new Date()`. */
export const insteadOfNow = insteadOfClock;

/** File names that attract unrelated code. */
export const vagueNames: readonly string[] = ['common', 'helper', 'helpers', 'index', 'misc', 'util', 'utils'];

/** A longer file holds two ideas. */
export const maxFileLines = 400;

/** More source files side by side are hard to survey; they belong into folders. */
export const maxFilesPerFolder = 25;
