import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCrowdedFolders, findUnusedPermissions, findViolations, getModule } from './architecture/check.js';
import { findForbiddenWords, readPatterns } from './architecture/forbidden-words.js';
import { allowedImports, bundledPackages } from './architecture/rules.js';

const source = join(import.meta.dirname, '../src');

function readSourceFiles(): ReadonlyMap<string, string> {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  return new Map(paths.map((path) => [path.split(sep).join(posix.sep), readFileSync(join(source, path), 'utf8')]));
}

function installedPackages(): ReadonlySet<string> {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> };
  return new Set([...Object.keys(dependencies), ...bundledPackages]);
}

/** The violations of a tree of a few small files, among them `core/time.ts` and the API of the lake. */
function check(files: Readonly<Record<string, string>>, dependencies: readonly string[] = []): readonly string[] {
  const baseFiles = {
    'core/time.ts': 'export const day = 1;\nexport type Instant = number;\n',
    'lake/api.ts': 'export interface LakeReader {}\nexport interface LakeWriter {}\nexport interface Recovery {}\n',
    'lake/table.ts': 'export const table = 1;\n',
    'providers/provider.ts': 'export interface Provider {}\n',
    'config/pipeline/pipeline.ts': 'export type Pipeline = object;\nexport const empty = {};\n',
  };
  return findViolations({
    files: new Map(Object.entries({ ...baseFiles, ...files })),
    dependencies: new Set(dependencies),
  });
}

describe('src/', () => {
  const files = readSourceFiles();

  it('violates no rule on imports, names, sizes and side effects', () => {
    expect(files.size).toBeGreaterThan(0);
    expect(findViolations({ files, dependencies: installedPackages() })).toEqual([]);
  });

  it('has a line in the table of imports for every module that the table names', () => {
    for (const access of Object.values(allowedImports)) {
      for (const module of Object.keys(access)) expect(Object.keys(allowedImports)).toContain(module);
    }
  });

  it('uses every permission of the table of imports', () => {
    expect(findUnusedPermissions(files)).toEqual([]);
  });

  it('has at most 25 source files in a folder', () => {
    expect(findCrowdedFolders(files.keys())).toEqual([]);
  });
});

describe('the rules on modules', () => {
  it.each([
    ['core/time.ts', 'core'],
    ['providers/provider.ts', 'providers'],
    ['config/yaml/render.ts', 'config/yaml'],
    ['run/execute.ts', 'run'],
    ['run/compute/deriver.ts', 'run/compute'],
    ['providers/ib/codes.ts', 'providers/ib'],
    ['cli/commands/run.ts', 'cli'],
    ['main.ts', 'main'],
  ])('assign %s to %s', (path, module) => {
    expect(getModule(path)).toBe(module);
  });

  it('allow imports within a module and those of the table', () => {
    expect(
      check({
        'plan/plan.ts': [
          "import { day } from '../core/time.js';",
          "import type { Pipeline } from '../config/pipeline/pipeline.js';",
          "import type { LakeReader } from '../lake/api.js';",
          "import { gaps } from './gaps.js';",
        ].join('\n'),
        'plan/gaps.ts': 'export const gaps = 1;\n',
        'providers/mock/mock.ts': "import type { Provider } from '../provider.js';\n",
        'cli/run.ts': "import { table } from '../lake/table.js';\n",
        'main.ts': "import './cli/run.js';\n",
      }),
    ).toEqual([]);
  });

  it('reject an import of a module that the table does not allow', () => {
    expect(check({ 'core/window.ts': "\nimport { table } from '../lake/table.js';\n" })).toEqual([
      'src/core/window.ts:2: core may not import lake/table.ts: it may import nothing of lake',
    ]);
    expect(check({ 'lake/write.ts': "import '../cli/print.js';\n", 'cli/print.ts': '' })).toEqual([
      'src/lake/write.ts:1: lake may not import cli/print.ts: it may import nothing of cli',
    ]);
  });

  it('reject a value where only types are allowed', () => {
    expect(check({ 'plan/plan.ts': "import { empty } from '../config/pipeline/pipeline.js';\n" })).toEqual([
      'src/plan/plan.ts:1: plan may not import config/pipeline/pipeline.ts: it may import only types of config/pipeline; write `import type`',
    ]);
    expect(
      check({ 'plan/plan.ts': "import { type Pipeline, empty } from '../config/pipeline/pipeline.js';\n" }),
    ).toHaveLength(1);
    expect(check({ 'plan/plan.ts': "import { type Pipeline } from '../config/pipeline/pipeline.js';\n" })).toEqual([]);
    expect(check({ 'plan/plan.ts': "import '../config/pipeline/pipeline.js';\n" })).toHaveLength(1);
  });

  it('reject files behind an API, and the writing part of an API to readers', () => {
    expect(check({ 'run/run.ts': "import { table } from '../lake/table.js';\n" })).toEqual([
      'src/run/run.ts:1: run may not import lake/table.ts: it may import only lake/api.ts of lake',
    ]);
    expect(check({ 'run/run.ts': "import type { LakeWriter } from '../lake/api.js';\n" })).toEqual([]);
    expect(check({ 'checks/rows.ts': "import type { LakeReader, LakeWriter } from '../lake/api.js';\n" })).toEqual([
      'src/checks/rows.ts:1: checks may not import lake/api.ts: it may not write, and LakeWriter can',
    ]);
    expect(check({ 'checks/rows.ts': "import type { LakeWriter as Reader } from '../lake/api.js';\n" })).toHaveLength(
      1,
    );
    expect(check({ 'checks/rows.ts': "import type * as lake from '../lake/api.js';\n" })).toHaveLength(1);
  });

  it('reject an import of one provider by another', () => {
    expect(
      check({
        'providers/ib/ib.ts': "import { price } from '../kite/price.js';\n",
        'providers/kite/price.ts': 'export const price = 1;\n',
      }),
    ).toEqual([
      'src/providers/ib/ib.ts:1: providers/ib may not import providers/kite/price.ts: it may import nothing of providers/kite',
    ]);
  });

  it.each([
    ['a re-export', "export { table } from '../lake/table.js';"],
    ['a re-export of everything', "export * from '../lake/table.js';"],
    ['an import at run time', "export const late = import('../lake/table.js');"],
    ['an imported type', "export type Table = import('../lake/table.js').Table;"],
    ['a type of a value', "export type Table = typeof import('../lake/table.js');"],
    ['an old import', "import old = require('../lake/table.js');"],
  ])('find %s', (_, text) => {
    expect(check({ 'core/window.ts': `${text}\n` })).toEqual([
      'src/core/window.ts:1: core may not import lake/table.ts: it may import nothing of lake',
    ]);
  });

  it('reject an import that is computed or names no file', () => {
    expect(check({ 'core/window.ts': 'export const load = (name: string) => import(name);\n' })).toEqual([
      'src/core/window.ts:1: an import must be a literal, so that it can be checked',
    ]);
    expect(check({ 'core/window.ts': "import version from '../../package.json';\n" })).toEqual([
      'src/core/window.ts:1: ../../package.json is no file of src/',
    ]);
  });

  it('reject a folder that has no line in the table', () => {
    expect(check({ 'attic/box.ts': '' })).toEqual([
      'src/attic/box.ts:1: attic has no line in the table of imports (test/architecture/rules.ts)',
    ]);
  });
});

describe('the rules on packages', () => {
  it('reject a package outside the modules that may import it', () => {
    const text = "import { DuckDBInstance } from '@duckdb/node-api';\n";
    expect(check({ 'lake/open.ts': text }, ['@duckdb/node-api'])).toEqual([]);
    expect(check({ 'checks/rows.ts': text }, ['@duckdb/node-api'])).toEqual([
      'src/checks/rows.ts:1: @duckdb/node-api may only be imported in lake',
    ]);
    expect(check({ 'run/run.ts': "import type Graph from 'graphology-types';\n" })).toEqual([
      'src/run/run.ts:1: graphology-types may only be imported in plan',
    ]);
    expect(check({ 'cli/ib.ts': "import('@stoqey/ib');\n" }, ['@stoqey/ib'])).toEqual([
      'src/cli/ib.ts:1: @stoqey/ib may only be imported in providers/ib',
    ]);
  });

  it('reject a package that is no dependency of package.json', () => {
    expect(check({ 'lake/open.ts': "import { test } from 'vitest/config';\n" }, ['yaml'])).toEqual([
      'src/lake/open.ts:1: vitest is not among the dependencies of package.json',
    ]);
  });

  it('reject packages in core and side effects in pure modules', () => {
    expect(check({ 'core/retry.ts': "import { retry } from 'cockatiel';\n" }, ['cockatiel'])).toEqual([
      'src/core/retry.ts:1: core imports nothing, so not cockatiel either',
    ]);
    expect(check({ 'plan/read.ts': "import { readFileSync } from 'node:fs';\n" })).toEqual([
      'src/plan/read.ts:1: plan is pure and may not import node:fs',
    ]);
    expect(check({ 'lake/read.ts': "import { readFileSync } from 'node:fs';\n" })).toEqual([]);
  });
});

describe('the rules on time, randomness and the environment', () => {
  it.each([
    ['Date.now()', 'Date.now'],
    ["Date['now']()", 'Date.now'],
    ['globalThis.Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date', 'new Date'],
    ['Date()', 'Date()'],
    ['performance.now()', 'performance.now'],
    ['Temporal.Now.instant()', 'Temporal.Now'],
    ['Math.random()', 'Math.random'],
    ['crypto.randomUUID()', 'crypto.randomUUID'],
    ["console.log('x')", 'console.log'],
    ['[console]', 'console'],
    ['process.env', 'process.env'],
    ['process.env.HOME', 'process.env'],
    ['process.stdout', 'process.stdout'],
    ['process.exit(1)', 'process.exit'],
    ['{ process }', 'process'],
    ['`${process}`', 'process'],
  ])('reject %s', (text, named) => {
    const [violation, ...more] = check({ 'run/run.ts': `\nexport const one = ${text};\n` });
    expect(violation).toMatch(/^src\/run\/run\.ts:2: /);
    expect(violation).toContain(`:2: ${named}: `);
    expect(more).toEqual([]);
  });

  it('reject a global that a pattern reads or that a module of Node exports', () => {
    expect(check({ 'run/run.ts': 'const { env } = process;\n' })).toEqual([
      'src/run/run.ts:1: process.env: take it as a parameter; main and the command line wire it',
    ]);
    expect(check({ 'run/run.ts': "import { randomUUID, createHash } from 'node:crypto';\n" })).toEqual([
      'src/run/run.ts:1: randomUUID of node:crypto: take a source of randomness as a parameter',
    ]);
    expect(check({ 'run/run.ts': "import { env } from 'node:process';\n" })).toHaveLength(1);
    expect(check({ 'run/run.ts': "import process from 'node:process';\nexport const one = process.env;\n" })).toEqual([
      'src/run/run.ts:2: process.env: take it as a parameter; main and the command line wire it',
    ]);
  });

  it.each([
    'new Date(0)',
    'Date.parse(text)',
    'Date.UTC(2026)',
    'Math.floor(1.5)',
    'process.pid',
    'report.console',
    '{ console: 1 }',
    'clock.performance.now()',
    '(process: number) => 1',
    "'Date.now()'",
  ])('allow %s', (text) => {
    expect(check({ 'run/run.ts': `// Date.now() and console in a comment\nexport const one = ${text};\n` })).toEqual(
      [],
    );
  });

  it.each([
    'const run = (process: { env: string }) => process.env;',
    'const process = { env: 1 };\nexport const one = process.env;',
    'for (const process of [{ env: 1 }]) process.env;',
    'try {\n} catch (process) {\n  throw process;\n}',
    "import { console } from '../core/time.js';\nconsole.log;",
    'const { process } = read();\nexport const one = () => process.env;',
  ])('allow a name that the file declares itself: %s', (text) => {
    expect(check({ 'run/run.ts': `${text}\n` })).toEqual([]);
  });

  it('reject a global outside the scope that declares its name', () => {
    expect(check({ 'run/run.ts': 'const run = (process: object) => 1;\nexport const one = process.env;\n' })).toEqual([
      'src/run/run.ts:2: process.env: take it as a parameter; main and the command line wire it',
    ]);
  });

  it('allow everything in main, the command line and the clock', () => {
    const text = 'export const now = () => [Date.now(), new Date(), Math.random(), process.env, console];\n';
    expect(check({ 'main.ts': text, 'cli/print.ts': text, 'core/time/clock.ts': text })).toEqual([]);
  });
});

describe('the rules on files', () => {
  it('reject a file of more than 400 lines, unless it is generated', () => {
    const lines = (count: number): string => 'export {};\n'.repeat(count);
    expect(check({ 'run/run.ts': lines(400), 'calendar/holidays.generated.ts': lines(900) })).toEqual([]);
    expect(check({ 'run/run.ts': lines(401) })).toEqual(['src/run/run.ts:401: 401 lines; a file has at most 400']);
  });

  it.each(['run/utils.ts', 'run/helpers/one.ts', 'run/index.ts', 'lake/helper.sql.ts'])(
    'reject the name %s',
    (path) => {
      expect(check({ [path]: '' })).toEqual([expect.stringContaining('is a vague name')]);
    },
  );

  it('reject a lint rule that is disabled without a reason', () => {
    expect(check({ 'run/run.ts': '// eslint-disable-next-line no-var\n' })).toEqual([
      'src/run/run.ts:1: a lint rule is disabled without a reason after `--`',
    ]);
    expect(check({ 'run/run.ts': '// eslint-disable-next-line no-var -- the library reads it\n' })).toEqual([]);
  });

  it('report an import cycle once, by its shortest path', () => {
    expect(
      check({
        'run/a.ts': "import './b.js';\n",
        'run/b.ts': "import type { c } from './c.js';\nimport './d.js';\n",
        'run/c.ts': "import './a.js';\nexport const c = 1;\n",
        'run/d.ts': "import './c.js';\n",
      }),
    ).toEqual(['src/run/a.ts:1: import cycle: run/a.ts → run/b.ts → run/c.ts → run/a.ts']);
  });

  it('report a file that imports itself and a cycle that another file leads to', () => {
    expect(check({ 'run/a.ts': "import './a.js';\n" })).toEqual(['src/run/a.ts:1: import cycle: run/a.ts → run/a.ts']);
    expect(
      check({ 'run/a.ts': "import './b.js';\n", 'run/b.ts': "import './c.js';\n", 'run/c.ts': "import './b.js';\n" }),
    ).toEqual(['src/run/b.ts:1: import cycle: run/b.ts → run/c.ts → run/b.ts']);
  });
});

describe('HTTP', () => {
  it('is used in src/platform/http only', () => {
    const violations = check({
      'lineage/post.ts':
        "import { request } from 'node:http';\nimport type { Agent } from 'node:https';\nawait fetch('http://x');",
      'platform/http/post-json.ts': "await fetch('http://x');",
      'run/provider.ts': 'export const run = (fetch: () => void): void => fetch();',
    });
    expect(violations).toEqual([
      'src/lineage/post.ts:1: node:http: use src/platform/http, which limits time, size and hosts',
      'src/lineage/post.ts:3: fetch: use src/platform/http, which limits time, size and hosts',
    ]);
  });
});

describe('the texts of the project', () => {
  it('contain none of the forbidden words', () => {
    expect(findForbiddenWords(join(import.meta.dirname, '..'))).toEqual([]);
  });

  it('are searched with every expression of the list', () => {
    const patterns = readPatterns();
    expect(patterns.length).toBeGreaterThan(20);
    expect(findForbiddenWords(join(import.meta.dirname, 'architecture'), ['forbidden-words.example.txt'])).toHaveLength(
      patterns.length,
    );
  });
});
