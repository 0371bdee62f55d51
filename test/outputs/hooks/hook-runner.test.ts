import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { RunEvent, RunEventBody } from '../../../src/core/events.js';
import type { Hook } from '../../../src/config/pipeline/notifications/notifications.js';
import { createHookRunner } from '../../../src/outputs/hooks/hook-runner.js';
import type { HookRunner } from '../../../src/outputs/hooks/hook-runner.js';
import { okRun } from '../../fixtures/sample-runs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipe-hooks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ends a command that hangs; no command here needs it. */
const maxDuration = 300_000;

const hook = (on: Hook['on'], script: string, more: Partial<Hook> = {}): Hook => ({
  on,
  command: [process.execPath, '-e', script, folder],
  timeout: maxDuration,
  required: false,
  each: 'run',
  ...more,
});

interface Setup {
  readonly runner: HookRunner;
  readonly warnings: string[];
  readonly shutdown: AbortController;
  readonly abort: AbortController;
}

function setup(hooks: readonly Hook[], maxConcurrent = 4): Setup {
  const warnings: string[] = [];
  const [shutdown, abort] = [new AbortController(), new AbortController()];
  const runner = createHookRunner({
    settings: { hooks, maxConcurrent },
    pipeline: 'daily',
    warn: (message) => warnings.push(message),
    log: () => undefined,
    report: () => ({ rows: 7 }),
    shutdownSignal: shutdown.signal,
    abortSignal: abort.signal,
  });
  return { runner, warnings, shutdown, abort };
}

const event = (body: RunEventBody): RunEvent => ({ at: 0, runId: 'run-1', ...body });
const task = (symbol: string): RunEvent =>
  event({ type: 'task-started', task: `equity/${symbol}`, step: 'equity', symbol, requests: 1 });

/** Writes its input to a file named after the event. */
const writeInputScript = `let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{const m=JSON.parse(t);
  require('fs').writeFileSync(process.argv[1]+'/'+m.hook+'-'+m.event.type+'-'+(m.event.task??'').replace('/','_'),t)})`;

describe('hooks', () => {
  test('run at their events with the event on standard input', async () => {
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

  test('with each: task run once for every task', async () => {
    const { runner } = setup([hook('before_fetch', writeInputScript, { each: 'task' })]);
    for (const symbol of ['AAPL', 'MSFT']) runner.handle(task(symbol));
    await runner.finish();
    expect((await readdir(folder)).sort()).toEqual([
      'before_fetch-task-started-equity_AAPL',
      'before_fetch-task-started-equity_MSFT',
    ]);
  });

  test('that fail cause warnings with their last output line', async () => {
    const { runner, warnings } = setup([
      hook('before_run', `console.log('one');console.error('disk full');process.exit(3)`),
      { ...hook('before_run', ''), command: ['./no-such-hook'] },
    ]);
    runner.handle(okRun()[0] ?? task(''));
    expect(await runner.checkReady()).toEqual({ ok: true, value: undefined });
    await runner.finish();
    expect(warnings.sort()).toEqual([
      'the before_run hook no-such-hook cannot be started: no program ./no-such-hook, or no such working directory',
      'the before_run hook node exited with code 3: disk full',
    ]);
  });

  test('that are required return an error to the run when they fail', async () => {
    const { runner } = setup([hook('before_run', 'process.exit(1)', { required: true })]);
    runner.handle(okRun()[0] ?? task(''));
    expect(await runner.checkReady()).toEqual({ ok: false, error: 'the before_run hook node exited with code 1' });
  });

  test('with long output report the last line as error', async () => {
    const { runner, warnings } = setup([
      hook(
        'before_run',
        `for(let i=0;i<5000;i++)console.error('row '+i);console.error('no space left');process.exitCode=1`,
      ),
    ]);
    runner.handle(okRun()[0] ?? task(''));
    await runner.finish();
    expect(warnings).toEqual(['the before_run hook node exited with code 1: no space left']);
  });

  test('run at most maxConcurrent at a time', async () => {
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

  test('that exceed their time limit are terminated, and hooks that cannot run are counted', async () => {
    const slow = hook('before_fetch', 'setInterval(()=>{},1000)', { each: 'task', timeout: 300 });
    const { runner, warnings } = setup([slow], 1);
    for (let number = 0; number < 8; number++) runner.handle(task(`S${String(number)}`));
    await runner.finish();
    expect(warnings).toContain('the before_fetch hook node timed out after 300ms');
    expect(warnings.at(-1)).toMatch(/^\d hooks could not be run/);
  });

  test('before the first request are cancelled at shutdown, other hooks at abort', async () => {
    const endless = 'setInterval(()=>{},1000)';
    const { runner, warnings, shutdown, abort } = setup([
      hook('before_run', endless, { required: true, timeout: maxDuration }),
      hook('before_fetch', endless, { each: 'task', timeout: maxDuration }),
    ]);
    runner.handle(okRun()[0] ?? task(''));
    runner.handle(task('AAPL'));
    shutdown.abort();
    expect(await runner.checkReady()).toEqual({ ok: false, error: 'the before_run hook node was cancelled' });
    expect(warnings).toHaveLength(1);
    const finished = runner.finish();
    abort.abort();
    await finished;
    expect(warnings).toEqual(['the before_run hook node was cancelled', 'the before_fetch hook node was cancelled']);
  });
});
