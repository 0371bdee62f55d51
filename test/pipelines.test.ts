import { cp } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { makeRig } from './rig.js';
import type { Rig } from './rig.js';

const folder = join(import.meta.dirname, '../pipelines');
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const now = '2026-11-20T23:00:00Z';

async function projectWithExamples(): Promise<Rig> {
  const rig = await makeRig();
  await cp(folder, rig.path('pipelines'), { recursive: true });
  return rig;
}

/** The simulator that an example asks, and how to reach it; nothing for one that needs nobody. */
async function sourceFor(rig: Rig, text: string): Promise<Readonly<Record<string, string>>> {
  const [, provider = 'mock'] = /^provider: (\w+)$/m.exec(text) ?? [];
  if (provider === 'mock') return {};
  const simulated = provider === 'ib' ? 'tws' : 'kite';
  // The plan is made for the past, and the market shows the same moment.
  const simulator = rig.spawn('simulate', simulated, '--port', '0', '--start', now, '--json', { timeout: 120_000 });
  await simulator.said(/"port":\d+/);
  const [, port = ''] = /"port":(\d+)/.exec(simulator.stdout()) ?? [];
  if (provider === 'ib') return { IB_PORT: port };
  const credentials = { KITE_API_KEY: 'simulated', KITE_ACCESS_TOKEN: 'simulated-token' };
  return { KITE_ROOT: `http://127.0.0.1:${port}`, ...credentials };
}

/** Lints, runs and plans once more: what every example promises. */
async function works(project: Rig, file: string): Promise<void> {
  const env = await sourceFor(project, await project.read(file));
  const rig = { pipe: (...words: readonly string[]) => project.pipe(...words, { env }) };
  const lint = await rig.pipe('lint', file);
  expect(lint.stderr).toBe('');
  expect(lint.stdout).toMatch(/: well, /);
  expect(lint.exitCode).toBe(0);

  const before = await rig.pipe('plan', file, '--now', now, '--json', '--exit-code');
  expect(before.exitCode, before.stderr).toBe(6);
  const run = await rig.pipe('run', file, '--now', now, '--json');
  expect(run.exitCode, run.stderr).toBe(0);
  const { status, requests, rows } = JSON.parse(run.stdout) as { status: string; requests: number; rows: number };
  const planned = JSON.parse(before.stdout) as { requests: number; estimatedRequests: number };
  expect(status).toBe('ok');
  expect(requests).toBe(planned.requests + planned.estimatedRequests);
  expect(rows).toBeGreaterThan(0);

  const after = await rig.pipe('plan', file, '--now', now, '--exit-code');
  expect(after.stdout).toContain('\nNothing to fetch: the lake answers everything this pipeline wants.\n');
  expect(after.exitCode).toBe(0);
  const again = await rig.pipe('run', file, '--now', now, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ status: 'ok', requests: 0, rows: 0 });
  const check = await rig.pipe('check');
  expect(check.exitCode, check.stdout).toBe(0);
}

describe('the examples', () => {
  test.for(examples)('%s is well, runs, and then holds everything', async (name) => {
    await works(await projectWithExamples(), `pipelines/${name}`);
  });

  test('watched.yaml tells programs and people, and refuses to run where there is no room', async () => {
    const rig = await projectWithExamples();
    const file = 'pipelines/watched.yaml';
    expect((await rig.pipe('run', file, '--now', now)).exitCode).toBe(0);
    expect(await rig.read('logs/watched.log')).toMatch(/"hook":"on_cycle_complete","command":"cat".*run-finished/);
    expect(await rig.files('panels/watched')).toContain('status.json');
    // The evening after was not run, and its chains are old by then.
    const check = await rig.pipe('alerts', 'check', file, '--now', '2026-11-24T23:00:00Z');
    expect(check.exitCode, check.stderr).toBe(5);
    const told = (await rig.read('logs/alerts.jsonl')).trim().split('\n');
    expect(told.map((line) => (JSON.parse(line) as { readonly rule: string }).rule)).toEqual([
      'run_missed',
      'stale_option_chains',
    ]);
    const text = await rig.read(file);
    await rig.write(file, text.replace('< 1e8', '< 1e18'));
    const full = await rig.pipe('run', file, '--now', '2026-11-24T23:40:00Z');
    expect([full.exitCode, full.stderr]).toEqual([3, expect.stringContaining('nothing was asked')]);
  }, 60_000);

  test('and so does what pipe init writes', async () => {
    const rig = await makeRig();
    const init = await rig.pipe('init');
    expect(init).toMatchObject({ exitCode: 0, stderr: '' });
    expect(init.stdout).toBe(
      [
        'wrote pipelines/my-pipeline.yaml',
        '',
        'Next:',
        '  edit pipelines/my-pipeline.yaml        symbols, look-back and steps are explained inside',
        '  pipe lint pipelines/my-pipeline.yaml   what is wrong with it, and where',
        '  pipe plan pipelines/my-pipeline.yaml   what would be fetched, and why',
        '  pipe run pipelines/my-pipeline.yaml    fetch it: the mock provider needs no account and no network',
        '',
      ].join('\n'),
    );
    await works(rig, 'pipelines/my-pipeline.yaml');
  });
});
