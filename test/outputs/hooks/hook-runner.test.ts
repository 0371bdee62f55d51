import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { RunEvent, RunEventBody } from '../../../src/core/events.js';
import type { Hook } from '../../../src/config/pipeline/notifications/notifications.js';
import { createHookRunner } from '../../../src/outputs/hooks/hook-runner.js';
import type { HookRunner } from '../../../src/outputs/hooks/hook-runner.js';
import { runProcess } from '../../../src/platform/run-process.js';
import { okRun } from '../../fixtures/sample-runs.js';
import { family, isThere } from './process-family.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipe-hooks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ends a command that hangs; no command here needs it. */
const longest = 300_000;

const hook = (on: Hook['on'], script: string, more: Partial<Hook> = {}): Hook => ({
  on,
  command: [process.execPath, '-e', script, folder],
  timeout: longest,
  required: false,
  each: 'run',
  ...more,
});

interface Setup {
  readonly runner: HookRunner;
  readonly warnings: string[];
  readonly stopping: AbortController;
  readonly giveUp: AbortController;
}

function setup(list: readonly Hook[], atOnce = 4): Setup {
  const warnings: string[] = [];
  const [stopping, giveUp] = [new AbortController(), new AbortController()];
  const runner = createHookRunner({
    settings: { hooks: list, maxConcurrent: atOnce },
    pipeline: 'daily',
    warn: (message) => warnings.push(message),
    log: () => undefined,
    report: () => ({ rows: 7 }),
    shutdownSignal: stopping.signal,
    abortSignal: giveUp.signal,
  });
  return { runner, warnings, stopping, giveUp };
}

const event = (body: RunEventBody): RunEvent => ({ at: 0, runId: 'run-1', ...body });
const task = (symbol: string): RunEvent =>
  event({ type: 'task-started', task: `equity/${symbol}`, step: 'equity', symbol, requests: 1 });

/** Writes what it was told into a file of its own. */
const writeInputScript = `let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{const m=JSON.parse(t);
  require('fs').writeFileSync(process.argv[1]+'/'+m.hook+'-'+m.event.type+'-'+(m.event.task??'').replace('/','_'),t)})`;

describe('hooks', () => {
  test('run on their occasions, with the event on their standard input', async () => {
    const names = ['before_run', 'before_fetch', 'after_store', 'on_failure', 'on_cycle_complete'] as const;
    const { runner, warnings } = setup(names.map((name) => hook(name, writeInputScript)));
    for (const one of okRun()) runner.handle(one);
    await runner.finish();
    expect(warnings).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual([
      'after_store-committed-',
      'before_fetch-planned-',
      'before_run-run-started-',
      'on_cycle_complete-run-finished-',
    ]);
    const input: unknown = JSON.parse(await readFile(join(folder, 'on_cycle_complete-run-finished-'), 'utf8'));
    expect(input).toMatchObject({
      hook: 'on_cycle_complete',
      pipeline: 'daily',
      event: okRun().at(-1),
      report: { rows: 7 },
    });
  });

  test('of each task run for every task', async () => {
    const { runner } = setup([hook('before_fetch', writeInputScript, { each: 'task' })]);
    for (const symbol of ['AAPL', 'MSFT']) runner.handle(task(symbol));
    await runner.finish();
    expect((await readdir(folder)).sort()).toEqual([
      'before_fetch-task-started-equity_AAPL',
      'before_fetch-task-started-equity_MSFT',
    ]);
  });

  test('that fail are warnings with what they said last', async () => {
    const { runner, warnings } = setup([
      hook('before_run', `console.log('one');console.error('the disk is gone');process.exit(3)`),
      { ...hook('before_run', ''), command: ['./is-not-there'] },
    ]);
    runner.handle(okRun()[0] ?? task(''));
    expect(await runner.checkReady()).toBeNull();
    await runner.finish();
    expect(warnings.sort()).toEqual([
      'the before_run hook is-not-there cannot be run: ENOENT',
      'the before_run hook node ended with 3: the disk is gone',
    ]);
  });

  test('that are required say why the run must not go on', async () => {
    const { runner } = setup([hook('before_run', 'process.exit(1)', { required: true })]);
    runner.handle(okRun()[0] ?? task(''));
    expect(await runner.checkReady()).toBe('the before_run hook node ended with 1');
  });

  test('run no more at once than they may', async () => {
    const script = `const fs=require('fs');const f=process.argv[1];const n=fs.readdirSync(f).filter(x=>x.startsWith('on')).length;
      fs.writeFileSync(f+'/on'+process.pid,'');fs.appendFileSync(f+'/seen',n+'\\n');
      setTimeout(()=>fs.rmSync(f+'/on'+process.pid),100)`;
    const { runner } = setup([hook('before_fetch', script, { each: 'task' })], 2);
    for (let number = 0; number < 6; number++) runner.handle(task(`S${String(number)}`));
    await runner.finish();
    const seen = (await readFile(join(folder, 'seen'), 'utf8')).trim().split('\n').map(Number);
    expect(seen).toHaveLength(6);
    expect(Math.max(...seen)).toBeLessThanOrEqual(1);
  });

  test('that take too long are ended, and what then cannot be run is counted', async () => {
    const slow = hook('before_fetch', 'setInterval(()=>{},1000)', { each: 'task', timeout: 300 });
    const { runner, warnings } = setup([slow], 1);
    for (let number = 0; number < 8; number++) runner.handle(task(`S${String(number)}`));
    await runner.finish();
    expect(warnings).toContain('the before_fetch hook node took longer than 300ms');
    expect(warnings.at(-1)).toMatch(/^\d hooks could not be run/);
  });

  test('that a run waits for are ended when it is stopped; the others when it has no more time', async () => {
    const forever = 'setInterval(()=>{},1000)';
    const { runner, warnings, stopping, giveUp } = setup([
      hook('before_run', forever, { required: true, timeout: longest }),
      hook('before_fetch', forever, { each: 'task', timeout: longest }),
    ]);
    runner.handle(okRun()[0] ?? task(''));
    runner.handle(task('AAPL'));
    stopping.abort();
    expect(await runner.checkReady()).toBe('the before_run hook node was given up');
    expect(warnings).toHaveLength(1);
    const finished = runner.finish();
    giveUp.abort();
    await finished;
    expect(warnings).toEqual(['the before_run hook node was given up', 'the before_fetch hook node was given up']);
  });
});

describe('a command', () => {
  const call = (script: string, input = '') =>
    runProcess({ command: ['sh', '-c', script], input, timeout: longest, signal: new AbortController().signal });

  test('that reads nothing and one that says very much both end well', async () => {
    const largeInput = 'x'.repeat(1_000_000);
    expect(await call('exit 0', largeInput)).toEqual({ problem: null, output: '' });
    const { problem, output } = await call('yes | head -c 1000000');
    expect(problem).toBeNull();
    expect(output.length).toBeLessThanOrEqual(16 * 1024);
  });

  test('that is given up is ended with what it has started, and may say goodbye', async () => {
    const { command, pids } = await family(
      folder,
      `process.on('SIGTERM',()=>{require('fs').writeFileSync('${folder}/goodbye','');process.exit(0)});setInterval(()=>{},1000)`,
    );
    const giveUp = new AbortController();
    const ended = runProcess({ command, input: '', timeout: longest, signal: giveUp.signal });
    await expect.poll(async () => (await pids()).length).toBe(2);
    giveUp.abort();
    expect((await ended).problem).toBe('was given up');
    expect((await pids()).filter(isThere)).toEqual([]);
    expect(await readdir(folder)).toContain('goodbye');
    expect(await runProcess({ command, input: '', timeout: longest, signal: giveUp.signal })).toEqual({
      problem: 'was given up',
      output: '',
    });
  });

  test('that ends by itself may leave something behind that holds its outputs open', async () => {
    const { problem, output } = await call('sleep 3600 & echo $!');
    const left = Number(output);
    onTestFinished(() => void process.kill(left, 'SIGKILL'));
    expect(problem).toBeNull();
    expect(isThere(left)).toBe(true);
  });

  test('takes its words as they are', async () => {
    const signal = new AbortController().signal;
    const command = ['echo', '$HOME; `id` && *'] as const;
    expect(await runProcess({ command, input: '', timeout: longest, signal })).toEqual({
      problem: null,
      output: '$HOME; `id` && *',
    });
  });
});
