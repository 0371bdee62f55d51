import { expect, test } from 'vitest';

import { main } from '../../src/cli/program.js';

interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the program in this process with separate streams. */
async function callMain(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Output> {
  let stdout = '';
  let stderr = '';
  const exitCode = await main(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
  });
  return { exitCode, stdout, stderr };
}

test('main writes to the given streams and returns the exit code', async () => {
  const { exitCode, stdout, stderr } = await callMain([
    'calendar',
    'XNYS',
    '--from',
    '2026-11-27',
    '--to',
    '2026-11-27',
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('2026-11-27  Fri  09:30  13:00');
  expect(stderr).toBe('1 session of XNYS, times in America/New_York\n');
});

test('main uses colours when the given environment contains FORCE_COLOR', async () => {
  const argv = ['calendar', 'XNYS', '--from', '2026-11-27', '--to', '2026-11-27'];
  expect((await callMain(argv, { FORCE_COLOR: '1' })).stdout).toContain('\u001b[');
  expect((await callMain(argv)).stdout).not.toContain('\u001b[');
});

test('main returns 2 for an unknown command and 0 for help', async () => {
  expect(await callMain(['plna'])).toMatchObject({ exitCode: 2, stdout: '' });
  expect(await callMain(['help', 'plan'])).toMatchObject({ exitCode: 0, stderr: '' });
});
