import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import { createFilledProject, now, smallPipeline, maskTimes } from '../fixtures/project.js';

const command = join(import.meta.dirname, '../../dist/main.js');
const escape = '\u001b';
let filled: Rig;
let fresh: Rig;

beforeAll(async () => {
  filled = await createFilledProject(smallPipeline.replace('[AAPL, BRK B]', '[AAPL, UNKNOWN1]'));
  fresh = await createRig();
  await fresh.write('small.yaml', smallPipeline);
});

describe('--json prints one document on stdout and nothing else', () => {
  test.concurrent.for<readonly [string, readonly string[], number]>([
    ['lint', ['lint', 'small.yaml'], 0],
    ['plan', ['plan', 'small.yaml', '--now', now], 0],
    ['plan with work to do', ['plan', 'small.yaml', '--now', now, '--exit-code'], 6],
    ['lineage', ['lineage', 'AAPL'], 0],
    ['lineage, sources', ['lineage', '--sources'], 0],
    ['lineage, downstream', ['lineage', 'AAPL', '--downstream'], 0],
    ['status', ['status', 'small.yaml', '--now', now], 0],
    ['query', ['query', 'SELECT * FROM equity_bars LIMIT 3'], 0],
    ['report', ['report'], 0],
    ['check', ['check'], 0],
    ['maintain', ['maintain', '--now', now], 0],
    ['calendar', ['calendar', 'XNYS', '--now', now], 0],
  ])('%s', async ([, words, exitCode]) => {
    const plain = await filled.pipe(...words, '--json');
    expect(plain.exitCode, plain.stderr).toBe(exitCode);
    expect(JSON.parse(plain.stdout)).toBeTypeOf('object');
    expect(plain.stdout.endsWith('\n')).toBe(true);
    const forced = await filled.pipe(...words, '--json', '--verbose', { env: { FORCE_COLOR: '1', NO_COLOR: '' } });
    expect(forced.stdout).not.toContain(escape);
    expect(JSON.parse(forced.stdout)).toBeTypeOf('object');
  });

  test('run prints failures of tasks on stderr', async () => {
    const { exitCode, stdout, stderr } = await filled.pipe('run', 'small.yaml', '--now', now, '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'partial', requests: 1 });
    expect(stderr).toContain('contracts/UNKNOWN1 failed: ');
  });

  test('lint of several files prints one array', async () => {
    await fresh.write('bad.yaml', 'name: bad\n');
    const { exitCode, stdout, stderr } = await fresh.pipe('lint', 'small.yaml', 'bad.yaml', '--json');
    expect(exitCode).toBe(2);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject([
      { file: 'small.yaml', ok: true, diagnostics: [] },
      {
        file: 'bad.yaml',
        ok: false,
        diagnostics: [{ severity: 'error', code: 'missing-key' }, { code: 'no-symbols' }],
      },
    ]);
  });
});

describe('colours', () => {
  const words = ['plan', 'small.yaml', '--now', now];

  test.concurrent.for<readonly [string, readonly string[], Readonly<Record<string, string>>, boolean]>([
    ['no terminal: no colours', [], { NO_COLOR: '' }, false],
    ['FORCE_COLOR=1: colours', [], { NO_COLOR: '', FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0: no colours', [], { NO_COLOR: '', FORCE_COLOR: '0' }, false],
    ['NO_COLOR takes precedence over FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['--no-color takes precedence over FORCE_COLOR', ['--no-color'], { NO_COLOR: '', FORCE_COLOR: '1' }, false],
  ])('%s', async ([, options, env, colours]) => {
    const { stdout } = await filled.pipe(...words, ...options, { env });
    expect(stdout.includes(escape)).toBe(colours);
    // Colours change nothing else.
    const plain = await filled.pipe(...words);
    expect(maskTimes(stdout.replace(/\u001b\[\d+m/g, ''))).toBe(maskTimes(plain.stdout));
  });

  test('TERM=dumb disables colours and lines that are drawn over', async () => {
    const { stdout, stderr } = await filled.pipe('run', 'small.yaml', '--now', now, {
      env: { NO_COLOR: '', TERM: 'dumb' },
    });
    expect(stdout + stderr).not.toContain(escape);
  });
});

describe('the output of a run', () => {
  async function run(...options: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    const rig = await createRig();
    await rig.write('small.yaml', smallPipeline.replace('[AAPL, BRK B]', '[AAPL]'));
    const { exitCode, stdout, stderr } = await rig.pipe('run', 'small.yaml', '--now', now, ...options);
    expect(exitCode).toBe(0);
    return { stdout: rig.normalize(stdout), stderr: rig.normalize(stderr) };
  }

  test('by default consists of the planned requests, one line per step and the report', async () => {
    const { stdout, stderr } = await run();
    const lines = maskTimes(stderr).split('\n');
    // Chains and equity run side by side: either may end first.
    expect([...lines.slice(0, 2), ...lines.slice(2, 4).sort(), ...lines.slice(4)]).toEqual([
      'planned 3 requests and about 6 more',
      'contracts: 1 ok, 1 row',
      'chains: 1 ok, 1,624 rows',
      'equity: 1 ok, 23 rows',
      'options: 1 ok, 12 rows',
      '',
    ]);
    expect(stdout).toMatch(/^small {2}ok {2}9 requests, 1,660 rows in [\d.]+m?s\n {2}run <run 1>, 2026-11-20 23:00:/);
    expect(stdout).toMatch(/\n {2}report {3}lineage\/2026-11-20\/<run 1>\/report\.html\n$/);
  });

  test('with --quiet is empty when all tasks succeed', async () => {
    expect(await run('--quiet')).toEqual({ stdout: '', stderr: '' });
    expect(await run('-q')).toEqual({ stdout: '', stderr: '' });
  });

  test('with --verbose names every request, commit and task', async () => {
    const { stderr } = await run('--verbose');
    expect(stderr).toContain('contracts/AAPL: requested contracts/AAPL from mock\n');
    expect(stderr).toContain(
      'equity/AAPL: requested equity_bars/AAPL/1 day/TRADES/rth from mock, 2026-10-21 04:00 to 2026-11-21 05:00 UTC\n',
    );
    expect(stderr).toContain('equity/AAPL ok, 23 rows\n');
    expect(stderr).toContain('equity_bars: committed version 0 with 23 rows\n');
  });

  test('with --debug consists of every event as a JSON line, as in the run record', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', smallPipeline.replace('[AAPL, BRK B]', '[AAPL]'));
    const { stderr } = await rig.pipe('run', 'small.yaml', '--now', now, '--debug');
    const types = stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).toBe('run-started');
    expect(types.at(-1)).toBe('run-finished');
    const [record] = (await rig.files('lineage')).filter((path) => path.endsWith('events.ndjson'));
    const recorded = (await rig.read(`lineage/${record ?? ''}`)).trimEnd().split('\n');
    expect(recorded.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(types);
  });

  test('--data takes precedence over PIPE_DATA', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', smallPipeline.replace('[AAPL, BRK B]', '[AAPL]'));
    const env = { PIPE_DATA: 'by-env', PIPE_LINEAGE: 'lineage-by-env' };
    const words = ['run', 'small.yaml', '--now', now, '--steps', 'contracts', '-q'];
    await rig.pipe(...words, { env });
    await rig.pipe(...words, '--data', 'by-option', { env });
    const top = [...new Set((await rig.files()).map((path) => path.split('/')[0]))];
    expect(top).toEqual(['by-env', 'by-option', 'lineage-by-env', 'small.yaml']);
  });
});

describe('a reader that closes the pipe', () => {
  /** `pipe … | head -1` through a real pipe. */
  function readHead(rig: Rig, words: string): { status: number; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-o', 'pipefail', '-c', `"${process.execPath}" "${command}" ${words} | head -1`],
      {
        cwd: rig.folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], NO_COLOR: '1' },
      },
    );
    return { status: status ?? -1, stdout, stderr };
  }

  test.for<readonly [string, RegExp]>([
    [`plan small.yaml --explain --now ${now}`, /^contracts\/AAPL {2}up to date\n$/],
    [`plan small.yaml --json --now ${now}`, /^\{\n$/],
    [`query "SELECT * FROM chains"`, /^symbol +provider .*\n$/],
    [`query --csv "SELECT * FROM chains"`, /^symbol,provider,.*\n$/],
    ['calendar XNYS --from 2000-01-01 --quiet', /^ {2}date +open +close\n$/],
    ['lineage AAPL --all', /^AAPL\n$/],
    ['help run', /^Usage: pipe run /],
  ])('%s', ([words, first]) => {
    const { status, stdout, stderr } = readHead(filled, words);
    expect(stderr).toBe('');
    expect(stdout).toMatch(first);
    expect(status).toBe(0);
  });

  test('does not end a run, which stores all its data', async () => {
    const rig = await createRig();
    await rig.write(
      'small.yaml',
      smallPipeline.replace('provider: mock\n', 'provider: mock\nproviders: { mock: { delay: 50ms } }\n'),
    );
    const { stdout } = readHead(rig, `run small.yaml --verbose --now ${now} 2>&1`);
    expect(stdout).toMatch(/^planned 6 requests and about 12 more/);
    const { exitCode } = await rig.pipe('plan', 'small.yaml', '--now', now, '--exit-code');
    expect(exitCode).toBe(0);
    expect((await rig.pipe('report')).stdout).toMatch(/^small {2}ok /);
  });
});
