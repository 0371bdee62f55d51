import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { checkExit, runProcess } from '../../src/platform/process.js';
import type { ProcessOptions, ProcessResult } from '../../src/platform/process.js';
import { createRedactor } from '../../src/platform/redact.js';
import { createProcessTree, isRunning } from './process-tree.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'pipe-process-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ends a command that hangs; no command here needs it. */
const maxDuration = 300_000;

const runShell = (script: string, options: Partial<ProcessOptions> = {}): Promise<ProcessResult> =>
  runProcess({ command: ['sh', '-c', script], timeout: maxDuration, ...options });

describe('runProcess', () => {
  test('exits with 0 when the command ignores a large input', async () => {
    expect(await runShell('exit 0', { input: 'x'.repeat(1_000_000) })).toEqual({
      exit: { kind: 'exited', code: 0 },
      stdout: '',
      stderr: '',
      output: '',
    });
  });

  test('passes the input to the command and returns both outputs, separately and combined', async () => {
    const { stdout, stderr, output } = await runShell('cat; echo warning >&2', { input: 'rows' });
    expect([stdout, stderr]).toEqual(['rows', 'warning\n']);
    expect(output).toHaveLength('rowswarning\n'.length);
  });

  test('passes an empty standard input when no input is set', async () => {
    expect((await runShell('wc -c')).stdout.trim()).toBe('0');
  });

  test('returns the last whole lines of an output beyond the limit', async () => {
    const { exit, stdout } = await runShell('seq 1 100000; echo the end');
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(stdout.length).toBeLessThanOrEqual(64 * 1024);
    expect(stdout.endsWith('100000\nthe end\n')).toBe(true);
    const [first = ''] = stdout.split('\n');
    expect(stdout.split('\n')[1]).toBe(String(Number(first) + 1));
  });

  test('limits the returned output to maxOutputChars', async () => {
    expect((await runShell('seq 1 100000', { maxOutputChars: Infinity })).stdout).toHaveLength(588_895);
    expect((await runShell('seq 1 9', { maxOutputChars: 5 })).stdout).toBe('8\n9\n');
  });

  test('terminates the process tree on abort after it could handle SIGTERM', async () => {
    const { command, pids } = await createProcessTree(
      folder,
      `process.on('SIGTERM',()=>{require('fs').writeFileSync('${folder}/handled','');process.exit(0)});setInterval(()=>{},1000)`,
    );
    const abort = new AbortController();
    const ended = runProcess({ command, timeout: maxDuration, signal: abort.signal });
    await expect.poll(async () => (await pids()).length).toBe(2);
    abort.abort();
    expect((await ended).exit).toEqual({ kind: 'cancelled' });
    expect((await pids()).filter(isRunning)).toEqual([]);
    expect(await readdir(folder)).toContain('handled');
  });

  test('starts no process when the signal has aborted already', async () => {
    const { exit } = await runShell(`touch ${folder}/started`, { signal: AbortSignal.abort() });
    expect(exit).toEqual({ kind: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('returns when the command exits although a child that it leaves running holds its outputs open', async () => {
    const { exit, output } = await runShell('sleep 3600 & echo $!');
    const child = Number(output);
    onTestFinished(() => void process.kill(child, 'SIGKILL'));
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(isRunning(child)).toBe(true);
  });

  test('passes arguments as they are, without a shell', async () => {
    const command = ['echo', '$HOME; `id` && *'] as const;
    expect((await runProcess({ command, timeout: maxDuration })).stdout).toBe('$HOME; `id` && *\n');
  });

  test('runs the command in the given folder with exactly the given environment', async () => {
    const { PATH } = process.env;
    const { stdout } = await runShell('pwd; echo "$WORD:$PIPE_TEST"', { cwd: folder, env: { PATH, WORD: 'yes' } });
    expect(stdout).toBe(`${folder}\nyes:\n`);
  });

  test('redacts every output', async () => {
    const redact = createRedactor(['planted-password']);
    const result = await runShell('echo planted-password; echo planted-password >&2', { redact });
    expect([result.stdout, result.stderr, result.output]).toEqual(['***\n', '***\n', '***\n***\n']);
  });
});

describe('checkExit', () => {
  const check = async (script: string, options: Partial<ProcessOptions> = {}) =>
    checkExit(await runShell(script, options));

  test('accepts exit code 0 with any output', async () => {
    expect(await check('echo careful >&2')).toEqual({ ok: true, value: undefined });
  });

  test('returns the exit code and the last line of a long output', async () => {
    expect(await check('seq 1 100000; echo "disk full" >&2; exit 3')).toEqual({
      ok: false,
      error: 'exited with code 3: disk full',
    });
    expect(await check('exit 3')).toEqual({ ok: false, error: 'exited with code 3' });
  });

  test('returns the signal that killed the command', async () => {
    expect(await check('kill -KILL $$')).toEqual({ ok: false, error: 'was killed by SIGKILL' });
  });

  test('returns the time limit and the last line printed before the timeout', async () => {
    expect(await check('echo waiting; sleep 3600', { timeout: 500 })).toEqual({
      ok: false,
      error: 'timed out after 500ms: waiting',
    });
  });

  test('returns an error about a cancelled command', async () => {
    expect(await check('exit 0', { signal: AbortSignal.abort() })).toEqual({ ok: false, error: 'was cancelled' });
  });

  test('returns the reason why a command cannot be started', async () => {
    expect(checkExit(await runProcess({ command: ['./no-such-program'], timeout: null }))).toEqual({
      ok: false,
      error: 'cannot be started: no program ./no-such-program, or no such working directory',
    });
    expect(checkExit(await runProcess({ command: [folder], timeout: null }))).toEqual({
      ok: false,
      error: `cannot be started: no permission to run ${folder}`,
    });
  });
});
