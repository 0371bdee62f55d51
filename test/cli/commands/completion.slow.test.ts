import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createFilledProject } from '../../fixtures/project.js';
import { findRequirement } from '../../requirements.js';
import type { Rig } from '../../rig.js';

const fish = findRequirement('fish');
const zsh = findRequirement('zsh');
const man = findRequirement('man');

let rig: Rig;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  rig = await createFilledProject(`name: small
symbols: [AAPL, MSFT]
steps:
  contracts: {}
  equity: { needs: contracts, lookback: 5 sessions }
`);
  await mkdir(rig.path('bin'));
  await mkdir(rig.path('with space'));
  const program = rig.path('bin/pipe');
  const main = join(import.meta.dirname, '../../../dist/main.js');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(program, 0o755);
  env = { ...process.env, PATH: `${rig.path('bin')}:${process.env['PATH'] ?? ''}` };
});

function run(command: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: rig.folder, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.trimEnd();
}

/** What bash would offer for a line, as it splits the line into words. */
function completeInBash(line: string, words: readonly string[]): string {
  return run(
    'bash',
    '--norc',
    '-c',
    `source <(pipe completion bash)
     COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _pipe; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    line,
    ...words,
  );
}

describe('completion in bash', () => {
  test.each([
    ['pipe ru', ['pipe', 'ru'], 'run'],
    ['pipe run sm', ['pipe', 'run', 'sm'], 'small.yaml'],
    ['pipe run small.yaml --steps ', ['pipe', 'run', 'small.yaml', '--steps', ''], 'contracts\nequity'],
    ['pipe run --symbols AAPL,M', ['pipe', 'run', '--symbols', 'AAPL,M'], 'AAPL,MSFT'],
    ['pipe run --symbols=AA', ['pipe', 'run', '--symbols', '=', 'AA'], 'AAPL'],
    ['pipe run --data=wi', ['pipe', 'run', '--data', '=', 'wi'], 'with space/'],
    ['pipe lineage ', ['pipe', 'lineage', ''], 'AAPL\nMSFT'],
    ['pipe lineage --data absent ', ['pipe', 'lineage', '--data', 'absent', ''], ''],
  ])('%s', (line, words, expected) => {
    expect(completeInBash(line, words)).toBe(expected);
  });
});

test('candidates of runs are their ids with pipeline and status', () => {
  expect(run('pipe', 'complete', '--', 'report', '')).toMatch(/^[\da-f-]{36}\tsmall ok$/);
});

test('nothing is offered for a damaged lake or a wrong pipeline', async () => {
  await rig.write('bad.yaml', 'steps: [');
  await rig.write('file', '');
  expect(run('pipe', 'complete', '--', 'run', 'bad.yaml', '--steps', '')).toBe('');
  expect(run('pipe', 'complete', '--', 'chain', '--data', 'file', 'X')).toBe('');
});

test.skipIf(fish.missing)('completion in fish', ({ skip }) => {
  if (fish.missing) skip(fish.reason);
  const complete = (line: string): string =>
    run(fish.path, '--no-config', '-c', `pipe completion fish | source; complete -C '${line}'`);
  expect(complete('pipe completion f')).toBe('fish');
  expect(complete('pipe run --sym')).toBe('--symbols\tonly these symbols or groups (comma-separated)');
  expect(complete('pipe chain M')).toBe('MSFT');
});

test.skipIf(zsh.missing)('completion in zsh', ({ skip }) => {
  if (zsh.missing) skip(zsh.reason);
  const complete = (...words: readonly string[]): string =>
    run(
      zsh.path,
      '-f',
      '-c',
      `compdef() { :; }; compadd() { print -rl -- \${(P)@[-1]} }
       source <(pipe completion zsh); words=("$@"); CURRENT=$#; _pipe`,
      'zsh',
      ...words,
    );
  expect(complete('pipe', 'completion', 'f')).toBe('fish');
  expect(complete('pipe', 'run', 'sm')).toBe('small.yaml');
  expect(complete('pipe', 'run', '--data', 'wi')).toBe('with space/');
});

test.skipIf(man.missing)('the manual pages have no errors and show what the help shows', ({ skip }) => {
  if (man.missing) skip(man.reason);
  const commands = run('pipe', 'complete', '--', '')
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((command) => command !== 'help');
  expect(commands).toContain('lineage');
  for (const command of ['', ...commands]) {
    const page = spawnSync('sh', ['-c', `pipe man ${command} | '${man.path}' --warnings -l -`], {
      cwd: rig.folder,
      env: { ...env, MANWIDTH: '200', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(page.stderr, command).toBe('');
    expect(page.stdout).toContain(command === '' ? 'pipe - Builds' : `pipe-${command} - `);
    expect(page.stdout).toContain('OPTIONS');
  }
});
