import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getModule, findViolations } from './architecture/check.js';
import { allowedImports } from './architecture/rules.js';

const source = join(import.meta.dirname, '../src');

function readSourceFiles(): ReadonlyMap<string, string> {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(paths.map((path) => [path.split(sep).join(posix.sep), readFileSync(join(source, path), 'utf8')]));
}

function installedPackages(): ReadonlySet<string> {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> };
  return new Set(Object.keys(dependencies));
}

/** The violations of a house of a few small files; `core/time.ts` and both halves of the lake's contract are there. */
function check(files: Readonly<Record<string, string>>, dependencies: readonly string[] = []): readonly string[] {
  const baseFiles = {
    'core/time.ts': 'export const day = 1;\nexport type Instant = number;\n',
    'lake/contract.ts':
      'export interface LakeReader {}\nexport interface LakeWriter {}\nexport interface Recovery {}\n',
    'lake/table.ts': 'export const table = 1;\n',
    'providers/contract.ts': 'export interface Provider {}\n',
    'pipeline/pipeline.ts': 'export type Pipeline = object;\nexport const empty = {};\n',
  };
  return findViolations({
    files: new Map(Object.entries({ ...baseFiles, ...files })),
    dependencies: new Set(dependencies),
  });
}

describe('the house', () => {
  const files = readSourceFiles();

  it('keeps its rules', () => {
    expect(files.size).toBeGreaterThan(0);
    expect(findViolations({ files, dependencies: installedPackages() })).toEqual([]);
  });

  it('has a table that names only rooms with a line of their own', () => {
    for (const access of Object.values(allowedImports)) {
      for (const room of Object.keys(access)) expect(Object.keys(allowedImports)).toContain(room);
    }
  });
});

describe('the rules about rooms', () => {
  it.each([
    ['core/time.ts', 'core'],
    ['providers/contract.ts', 'providers'],
    ['providers/ib/codes.ts', 'providers/ib'],
    ['cli/commands/run.ts', 'cli'],
    ['main.ts', 'main'],
  ])('puts %s into %s', (path, room) => {
    expect(getModule(path)).toBe(room);
  });

  it('let a room take what the table opens to it, and its own', () => {
    expect(
      check({
        'plan/plan.ts': [
          "import { day } from '../core/time.js';",
          "import type { Pipeline } from '../pipeline/pipeline.js';",
          "import type { LakeReader } from '../lake/contract.js';",
          "import { gaps } from './gaps.js';",
        ].join('\n'),
        'plan/gaps.ts': 'export const gaps = 1;\n',
        'providers/mock/mock.ts': "import type { Provider } from '../contract.js';\n",
        'cli/run.ts': "import { table } from '../lake/table.js';\n",
        'main.ts': "import './cli/run.js';\n",
      }),
    ).toEqual([]);
  });

  it('refuse a room that the table does not open', () => {
    expect(check({ 'core/window.ts': "\nimport { table } from '../lake/table.js';\n" })).toEqual([
      'src/core/window.ts:2: core may not import lake/table.ts: nothing of lake is open to it',
    ]);
    expect(check({ 'lake/write.ts': "import '../cli/print.js';\n", 'cli/print.ts': '' })).toEqual([
      'src/lake/write.ts:1: lake may not import cli/print.ts: nothing of cli is open to it',
    ]);
  });

  it('refuse a value where only types are open', () => {
    expect(check({ 'plan/plan.ts': "import { empty } from '../pipeline/pipeline.js';\n" })).toEqual([
      'src/plan/plan.ts:1: plan may not import pipeline/pipeline.ts: only the types of pipeline are open to it; write `import type`',
    ]);
    expect(check({ 'plan/plan.ts': "import { type Pipeline, empty } from '../pipeline/pipeline.js';\n" })).toHaveLength(
      1,
    );
    expect(check({ 'plan/plan.ts': "import { type Pipeline } from '../pipeline/pipeline.js';\n" })).toEqual([]);
    expect(check({ 'plan/plan.ts': "import '../pipeline/pipeline.js';\n" })).toHaveLength(1);
  });

  it('refuse what lies behind a contract, and the writing half to readers', () => {
    expect(check({ 'run/run.ts': "import { table } from '../lake/table.js';\n" })).toEqual([
      'src/run/run.ts:1: run may not import lake/table.ts: only lake/contract.ts is open to it',
    ]);
    expect(check({ 'run/run.ts': "import type { LakeWriter } from '../lake/contract.js';\n" })).toEqual([]);
    expect(check({ 'checks/rows.ts': "import type { LakeReader, LakeWriter } from '../lake/contract.js';\n" })).toEqual(
      ['src/checks/rows.ts:1: checks may not import lake/contract.ts: LakeWriter belongs to the writing half'],
    );
    expect(
      check({ 'checks/rows.ts': "import type { LakeWriter as Reader } from '../lake/contract.js';\n" }),
    ).toHaveLength(1);
    expect(check({ 'checks/rows.ts': "import type * as lake from '../lake/contract.js';\n" })).toHaveLength(1);
  });

  it('refuse one provider to another', () => {
    expect(
      check({
        'providers/ib/ib.ts': "import { price } from '../kite/price.js';\n",
        'providers/kite/price.ts': 'export const price = 1;\n',
      }),
    ).toEqual([
      'src/providers/ib/ib.ts:1: providers/ib may not import providers/kite/price.ts: nothing of providers/kite is open to it',
    ]);
  });

  it.each([
    ['a re-export', "export { table } from '../lake/table.js';"],
    ['a re-export of everything', "export * from '../lake/table.js';"],
    ['an import at run time', "export const late = import('../lake/table.js');"],
    ['an imported type', "export type Table = import('../lake/table.js').Table;"],
    ['a type of a value', "export type Table = typeof import('../lake/table.js');"],
    ['an old import', "import old = require('../lake/table.js');"],
  ])('see %s', (_, text) => {
    expect(check({ 'core/window.ts': `${text}\n` })).toEqual([
      'src/core/window.ts:1: core may not import lake/table.ts: nothing of lake is open to it',
    ]);
  });

  it('refuse an import that is computed, or names nothing', () => {
    expect(check({ 'core/window.ts': 'export const load = (name: string) => import(name);\n' })).toEqual([
      'src/core/window.ts:1: an import must be written out, so that it can be checked',
    ]);
    expect(check({ 'core/window.ts': "import version from '../../package.json';\n" })).toEqual([
      'src/core/window.ts:1: ../../package.json is no file of src/',
    ]);
  });

  it('refuse a folder that the table does not know', () => {
    expect(check({ 'attic/box.ts': '' })).toEqual([
      'src/attic/box.ts:1: attic is not a room of the house: give it a line in the table of imports',
    ]);
  });
});

describe('the rules about packages', () => {
  it('keep a package at home', () => {
    const text = "import { DuckDBInstance } from '@duckdb/node-api';\n";
    expect(check({ 'lake/open.ts': text }, ['@duckdb/node-api'])).toEqual([]);
    expect(check({ 'checks/rows.ts': text }, ['@duckdb/node-api'])).toEqual([
      'src/checks/rows.ts:1: @duckdb/node-api may only be imported in lake',
    ]);
    expect(check({ 'run/run.ts': "import type Graph from 'graphology-types';\n" })).toEqual([
      'src/run/run.ts:1: graphology-types may only be imported in graph',
    ]);
    expect(check({ 'cli/ib.ts': "import('@stoqey/ib');\n" }, ['@stoqey/ib'])).toEqual([
      'src/cli/ib.ts:1: @stoqey/ib may only be imported in providers/ib',
    ]);
  });

  it('refuse a package that an installed product lacks', () => {
    expect(check({ 'lake/open.ts': "import { test } from 'vitest/config';\n" }, ['yaml'])).toEqual([
      'src/lake/open.ts:1: vitest is not among the dependencies of package.json',
    ]);
  });

  it('refuse the core every package and the pure rooms the outside', () => {
    expect(check({ 'core/retry.ts': "import { retry } from 'cockatiel';\n" }, ['cockatiel'])).toEqual([
      'src/core/retry.ts:1: core imports nothing, so not cockatiel either',
    ]);
    expect(check({ 'plan/read.ts': "import { readFileSync } from 'node:fs';\n" })).toEqual([
      'src/plan/read.ts:1: plan is pure and may not import node:fs',
    ]);
    expect(check({ 'lake/read.ts': "import { readFileSync } from 'node:fs';\n" })).toEqual([]);
  });
});

describe('the rules about time, randomness and the environment', () => {
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
  ])('refuse %s', (text, told) => {
    const [violation, ...more] = check({ 'run/run.ts': `\nexport const one = ${text};\n` });
    expect(violation).toMatch(/^src\/run\/run\.ts:2: /);
    expect(violation).toContain(`:2: ${told}: `);
    expect(more).toEqual([]);
  });

  it('refuse what a pattern takes and what Node hands out by import', () => {
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
  ])('let %s be', (text) => {
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
  ])('let a name be that the file declares itself: %s', (text) => {
    expect(check({ 'run/run.ts': `${text}\n` })).toEqual([]);
  });

  it('see the global outside of what declares its name', () => {
    expect(check({ 'run/run.ts': 'const run = (process: object) => 1;\nexport const one = process.env;\n' })).toEqual([
      'src/run/run.ts:2: process.env: take it as a parameter; main and the command line wire it',
    ]);
  });

  it('leave main, the command line and the clock alone', () => {
    const text = 'export const now = () => [Date.now(), new Date(), Math.random(), process.env, console];\n';
    expect(check({ 'main.ts': text, 'cli/print.ts': text, 'core/clock.ts': text })).toEqual([]);
  });
});

describe('the rules about files', () => {
  it('refuse a file past 400 lines, unless a script wrote it', () => {
    const lines = (count: number): string => 'export {};\n'.repeat(count);
    expect(check({ 'run/run.ts': lines(400), 'calendar/holidays.generated.ts': lines(900) })).toEqual([]);
    expect(check({ 'run/run.ts': lines(401) })).toEqual([
      'src/run/run.ts:401: 401 lines: past 400 a file is two ideas',
    ]);
  });

  it.each(['run/utils.ts', 'run/helpers/one.ts', 'run/index.ts', 'lake/helper.sql.ts'])(
    'refuse the name %s',
    (path) => {
      expect(check({ [path]: '' })).toEqual([expect.stringContaining('names nothing')]);
    },
  );

  it('refuse a rule switched off without a reason', () => {
    expect(check({ 'run/run.ts': '// eslint-disable-next-line no-var\n' })).toEqual([
      'src/run/run.ts:1: a rule is switched off without a reason after `--`',
    ]);
    expect(check({ 'run/run.ts': '// eslint-disable-next-line no-var -- the library reads it\n' })).toEqual([]);
  });

  it('tell a cycle once, by its shortest trail', () => {
    expect(
      check({
        'run/a.ts': "import './b.js';\n",
        'run/b.ts': "import type { c } from './c.js';\nimport './d.js';\n",
        'run/c.ts': "import './a.js';\nexport const c = 1;\n",
        'run/d.ts': "import './c.js';\n",
      }),
    ).toEqual(['src/run/a.ts:1: import cycle: run/a.ts → run/b.ts → run/c.ts → run/a.ts']);
  });

  it('see a file that imports itself, and a cycle behind an entrance', () => {
    expect(check({ 'run/a.ts': "import './a.js';\n" })).toEqual(['src/run/a.ts:1: import cycle: run/a.ts → run/a.ts']);
    expect(
      check({ 'run/a.ts': "import './b.js';\n", 'run/b.ts': "import './c.js';\n", 'run/c.ts': "import './b.js';\n" }),
    ).toEqual(['src/run/b.ts:1: import cycle: run/b.ts → run/c.ts → run/b.ts']);
  });
});
