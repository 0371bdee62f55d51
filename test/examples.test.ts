import { describe, expect, test } from 'vitest';

import { examplesOf, now, projectWithExamples, works } from './example-pipelines.js';
import { createRig } from './rig.js';

describe('the examples', () => {
  test.for(examplesOf('mock'))('%s is well, runs, and then holds everything', async (name) => {
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
    const alertLines = (await rig.read('logs/alerts.jsonl')).trim().split('\n');
    expect(alertLines.map((line) => (JSON.parse(line) as { readonly rule: string }).rule)).toEqual([
      'run_missed',
      'stale_option_chains',
    ]);
    const text = await rig.read(file);
    await rig.write(file, text.replace('< 1e8', '< 1e18'));
    const blockedRun = await rig.pipe('run', file, '--now', '2026-11-24T23:40:00Z');
    expect([blockedRun.exitCode, blockedRun.stderr]).toEqual([3, expect.stringContaining('nothing was asked')]);
  });

  test('and so does what pipe init writes', async () => {
    const rig = await createRig();
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
