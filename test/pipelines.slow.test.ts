import { describe, expect, test } from 'vitest';

import { listExamples, now, createExampleProject, expectToWork } from './example-pipelines.js';
import { createRig } from './rig.js';

describe('the examples', () => {
  test.for(listExamples('mock'))('%s is valid, runs, and is up to date afterwards', async (name) => {
    await expectToWork(await createExampleProject(), `pipelines/${name}`);
  });

  test('watched.yaml writes its log, alerts and panels, and does not run on a full disk', async () => {
    const rig = await createExampleProject();
    const file = 'pipelines/watched.yaml';
    expect((await rig.pipe('run', file, '--now', now)).exitCode).toBe(0);
    expect(await rig.read('logs/watched.log')).toMatch(/"hook":"on_cycle_complete","command":"cat".*run-finished/);
    expect(await rig.files('panels/watched')).toContain('status.json');
    // The run of the next evening was missed, so the chains are stale.
    const check = await rig.pipe('alerts', 'check', file, '--now', '2026-11-24T23:00:00Z');
    expect(check.exitCode, check.stderr).toBe(5);
    const alertLines = (await rig.read('logs/alerts.jsonl')).trim().split('\n');
    expect(alertLines.map((line) => (JSON.parse(line) as { readonly rule: string }).rule)).toEqual([
      'run_missed',
      'stale_option_chains',
    ]);
    const text = await rig.read(file);
    await rig.write(file, text.replace('< 1e8', '< 1e18'));
    const blockedRun = await rig.pipe('run', file, '--now', '2026-11-24T23:40:00Z');
    expect([blockedRun.exitCode, blockedRun.stderr]).toEqual([3, expect.stringContaining('no request was sent')]);
  });

  test('the pipeline that pipe init writes runs and is up to date afterwards', async () => {
    const rig = await createRig();
    const init = await rig.pipe('init');
    expect(init).toMatchObject({ exitCode: 0, stderr: '' });
    expect(init.stdout).toBe(
      [
        'wrote pipelines/my-pipeline.yaml',
        'wrote .vscode/tasks.json, .vscode/settings.json, .vscode/extensions.json, .env.example, .gitignore',
        '',
        'Next:',
        '  edit pipelines/my-pipeline.yaml        set symbols, lookback and steps; comments explain them',
        '  pipe lint pipelines/my-pipeline.yaml   check it for errors',
        '  pipe plan pipelines/my-pipeline.yaml   show what would be fetched, and why',
        '  pipe run pipelines/my-pipeline.yaml    fetch it; the mock provider needs no account and no network',
        '',
      ].join('\n'),
    );
    await expectToWork(rig, 'pipelines/my-pipeline.yaml');
  });
});
