/**
 * What one room of the house may take from another.
 *
 * - `all`: any import
 * - `types`: only `import type`
 * - `contract`: only the room's `contract.ts`
 * - `reading contract`: only the room's `contract.ts`, and there nothing that writes
 */
export type Access = 'all' | 'types' | 'contract' | 'reading contract';

/** The table of the design: for every room, the rooms it may import and how much of them. */
export const allowedImports: Readonly<Record<string, Readonly<Record<string, Access>>>> = {
  core: {},
  yaml: { core: 'all' },
  pipeline: { core: 'all', yaml: 'all' },
  calendar: { core: 'all' },
  analytics: { core: 'all' },
  market: { core: 'all', analytics: 'all' },
  pacing: { core: 'all' },
  graph: { core: 'all', pipeline: 'types' },
  lake: { core: 'all', sinks: 'types', report: 'types' },
  sinks: { core: 'all', lake: 'types', report: 'types' },
  report: { core: 'all', lake: 'types', sinks: 'types' },
  scenario: { core: 'all', yaml: 'all' },
  providers: { core: 'all', market: 'all' },
  'providers/*': { core: 'all', market: 'all', scenario: 'all', providers: 'all' },
  simulators: { core: 'all', market: 'all', scenario: 'all' },
  plan: {
    core: 'all',
    pipeline: 'types',
    graph: 'types',
    pacing: 'types',
    calendar: 'types',
    lake: 'reading contract',
  },
  run: {
    core: 'all',
    pipeline: 'types',
    plan: 'all',
    pacing: 'all',
    graph: 'types',
    derive: 'contract',
    providers: 'contract',
    lake: 'contract',
    sinks: 'contract',
  },
  readings: { core: 'all', analytics: 'all', lake: 'reading contract' },
  derive: { core: 'all', analytics: 'all', readings: 'all', plan: 'types' },
  lineage: { core: 'all', plan: 'types', lake: 'reading contract' },
  checks: { core: 'all', plan: 'types', lake: 'reading contract' },
  tell: { core: 'all', pipeline: 'types', report: 'all', lake: 'reading contract' },
  serve: { core: 'all', pipeline: 'types', run: 'all', report: 'all', lineage: 'all', lake: 'reading contract' },
};

/** The only wiring: these may import everything, print, and know the time and the environment. */
export const wiring: readonly string[] = ['cli', 'main', 'open-lake'];

/** What a `reading contract` leaves out. */
export const writeApi: readonly string[] = ['LakeWriter', 'OwnTables', 'Recovery'];

/** Packages with a home; a name ending in `*` covers every package that begins so. What is not here may go anywhere. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  '@duckdb/*': ['lake'],
  '@stoqey/*': ['providers/ib'],
  ajv: ['yaml', 'pipeline', 'scenario'],
  commander: ['cli', 'main'],
  'graphology*': ['graph'],
  kiteconnect: ['providers/kite'],
  nodemailer: ['tell'],
  pino: ['tell'],
  yaml: ['yaml'],
};

/** Hashing needs nothing from outside; what is random in that module is among the ambient things below. */
const hashingModules = ['node:crypto'];

/** Rooms whose functions are pure: of Node's own modules they may use these and no other. */
export const pureModules: Readonly<Record<string, readonly string[]>> = {
  core: [...hashingModules, 'node:events', 'node:timers/promises'],
  analytics: hashingModules,
  graph: hashingModules,
  market: hashingModules,
  plan: hashingModules,
};

/** The one file beside the wiring that may know what time it is. */
export const clockFile = 'core/clock.ts';

/** A way to the world outside that only the wiring and the clock have. */
export interface AmbientRule {
  /** Only these members are meant; the whole of it when neither this nor `except` is given. */
  readonly members?: readonly string[];
  /** All members but these are meant. */
  readonly except?: readonly string[];
  /** The module of Node that hands out the same. */
  readonly module?: string;
  /** What to do instead. */
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

/** What to do instead of `new Date()`. */
export const insteadOfNow = insteadOfClock;

/** Names under which unrelated things collect. */
export const vagueNames: readonly string[] = ['common', 'helper', 'helpers', 'index', 'misc', 'util', 'utils'];

/** A file that grows past this is two ideas. */
export const maxFileLines = 400;
