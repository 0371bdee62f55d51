import { describe, expect, it } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

const pipeline = (more = ''): string => `name: fast
provider: synthetic
symbols: [AAPL, MSFT]
schedule: { every: 1s, overlap: skip }
providers: { synthetic: { scenario: trouble.yaml } }
retry: { attempts: 1 }
${more}steps: { contracts: { refresh: 0s } }
`;

const failingScenario = `name: trouble
source: synthetic
rules: [{ when: { request: contracts, symbol: MSFT }, do: { failure: invalid, message: no answer today } }]
`;

async function createProject(more = ''): Promise<Rig> {
  const rig = await createRig();
  await rig.write('fast.yaml', pipeline(more));
  await rig.write('trouble.yaml', failingScenario);
  return rig;
}

const logSettings = 'logs: { file: fast.log, level: info }\n';

describe('what a collector says', () => {
  it('of a cycle: how much it brought and what failed; in the log of the pipeline too, at its level', async () => {
    const rig = await createProject(logSettings);
    const call = rig.spawn('serve', 'fast.yaml', '--no-http');
    await call.waitForOutput(
      /fast: partial after [^\n]*: 2 requests, 1 row; failed: MSFT \(no answer today\); next due 2/,
    );
    await call.waitForOutput(/begins[^]*begins/);
    // While the next cycle goes on, what the last one lacked is known still.
    await expect
      .poll(async () => (await rig.pipe('status')).stdout)
      .toMatch(/errors of 1 symbol: MSFT \(no answer today\)/);
    await rig.write('trouble.yaml', 'name: {');
    await call.waitForOutput('fast goes on as it was');
    expect(call.stderr()).toMatch(/^2\S+Z {2}fast: fast\.yaml cannot be used as it is: .*\n {2}trouble\.yaml:1:/m);
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
    const lines = (await rig.read('fast.log')).trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(events.filter(({ level }) => level === 'debug')).toEqual([]);
    const ended = events.find(({ event }) => event === 'cycle-ended');
    expect(ended).toMatchObject({ level: 'warn', pipeline: 'fast', outcome: 'partial', requests: 2, failed: 1 });
    expect(events).toContainEqual(expect.objectContaining({ event: 'cycle-started', cycle: ended?.['cycle'] }));
    expect(events).toContainEqual(expect.objectContaining({ event: 'run-finished', run: ended?.['run'] }));
    expect(events).toContainEqual(expect.objectContaining({ event: 'pipeline-rejected', level: 'warn' }));
  });

  it.each([
    ['-q', /^2\S+Z {2}fast: partial after/m, /taken|begins|health|contracts\/AAPL/],
    ['-v', /fast: contracts\/AAPL ok, 1 row/, /^\{/m],
    ['--debug', /^\{"at":.*"type":"cycle-ended".*"outcome":"partial"/m, /^2/m],
  ])('with %s', async (flag, words, others) => {
    const rig = await createProject();
    const call = rig.spawn(flag, 'serve', 'fast.yaml', '--no-http');
    await call.waitForOutput(words);
    call.kill('SIGTERM');
    await call.result;
    expect(call.stderr()).not.toMatch(others);
  });

  it('of a run that it has stopped: why, and not what the run said last', async () => {
    const rig = await createProject(
      'hooks: { before_run: [{ command: [sleep, "36000"], required: true, timeout: 1d }] }\n',
    );
    const call = rig.spawn('serve', 'fast.yaml', '--no-http', '--grace', '1h');
    await call.waitForOutput('begins');
    await expect.poll(async () => (await rig.files('data')).join()).toContain('_locks/fast');
    call.kill('SIGINT');
    await call.waitForOutput(/stopping: 1 run/);
    expect((await call.result).exitCode).toBe(130);
    expect(call.stderr()).toMatch(/fast: interrupted after [^:]*: the collector was stopped/);
  });

  it('of a run that has outlived its collector: that it is waited for', async () => {
    const rig = await createProject(
      `hooks: { before_run: [{ command: [sh, -c, 'until [ -e go ]; do sleep 0.1; done'], required: true, timeout: 1d }] }\n`,
    );
    const killed = rig.spawn('serve', 'fast.yaml', '--no-http');
    await killed.waitForOutput('begins');
    await expect.poll(async () => (await rig.files('data')).join()).toContain('_locks/fast');
    killed.kill('SIGKILL');
    await killed.result;
    const call = rig.spawn('serve', 'fast.yaml', '--no-http');
    await call.waitForOutput(/fast: the run of the cycle of \S+ has outlived its collector/);
    await call.waitForOutput(/fast: the cycle of \S+ was not run: the run before was still going/);
    await rig.write('go', '');
    await call.waitForOutput(/fast: the run of the cycle of \S+ has ended, pipe report says how; next due/);
    const { stdout } = await rig.pipe('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      runs: expect.arrayContaining([expect.objectContaining({ status: 'partial' })]) as unknown,
    });
    expect(call.stderr()).not.toContain('locked');
    call.kill('SIGTERM');
    await call.result;
  });

  it.each([
    ['an empty folder', {}, /^pipe: there is no pipeline in pipelines\n {2}make one with: pipe init\n$/],
    [
      'files that cannot be used',
      { 'pipelines/a.yaml': 'name: [', 'pipelines/b.yaml': pipeline().replace(/schedule.*\n/, '') },
      /pipelines\/a\.yaml: cannot be used as it is[^]*pipe: none of the pipelines can be served: pipelines\/a\.yaml cannot be used as it is and pipelines\/b\.yaml has no schedule\n/,
    ],
  ])('of %s', async (_, files, words) => {
    const rig = await createRig();
    await rig.write('pipelines/README', '');
    for (const [path, text] of Object.entries(files)) await rig.write(path, text);
    const { exitCode, stderr } = await rig.pipe('serve', '--port', '0');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(words)]);
    expect(stderr).not.toMatch(/stopping|health and metrics/);
  });
});
