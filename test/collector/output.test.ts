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

describe('output of pipe serve', () => {
  it('reports the result of a cycle on stderr and in the log of the pipeline at its level', async () => {
    const rig = await createProject(logSettings);
    const call = rig.spawn('serve', 'fast.yaml', '--no-http');
    await call.waitForOutput(
      /fast: partial after [^\n]*: 2 requests, 1 row; failed: MSFT \(no answer today\); next due 2/,
    );
    await call.waitForOutput(/started[^]*started/);
    // The errors of the last cycle are shown while the next one is in progress.
    await expect
      .poll(async () => (await rig.pipe('status')).stdout)
      .toMatch(/errors of 1 symbol: MSFT \(no answer today\)/);
    await rig.write('trouble.yaml', 'name: {');
    await call.waitForOutput('fast keeps its last valid version');
    expect(call.stderr()).toMatch(/^2\S+ \S+ UTC {2}fast: fast\.yaml is invalid; .*\n {2}trouble\.yaml:1:/m);
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
    ['-q', /^2\S+ \S+ UTC {2}fast: partial after/m, /loaded|started|health|contracts\/AAPL/],
    ['-v', /fast: contracts\/AAPL ok, 1 row/, /^\{/m],
    ['--debug', /^\{"at":.*"type":"cycle-ended".*"outcome":"partial"/m, /^2/m],
  ])('with %s contains %s and not %s', async (flag, expected, unexpected) => {
    const rig = await createProject();
    const call = rig.spawn(flag, 'serve', 'fast.yaml', '--no-http');
    await call.waitForOutput(expected);
    call.kill('SIGTERM');
    await call.result;
    expect(call.stderr()).not.toMatch(unexpected);
  });

  it('reports the reason of the stop for a run that the collector cancelled', async () => {
    const rig = await createProject(
      'hooks: { before_run: [{ command: [sleep, "36000"], required: true, timeout: 1d }] }\n',
    );
    const call = rig.spawn('serve', 'fast.yaml', '--no-http', '--grace', '1h');
    await call.waitForOutput('started');
    await expect.poll(async () => (await rig.files('data')).join()).toContain('_locks/fast');
    call.kill('SIGINT');
    await call.waitForOutput(/stopping: waiting for 1 run/);
    expect((await call.result).exitCode).toBe(130);
    expect(call.stderr()).toMatch(/fast: cancelled after [^:]*: the collector was stopped/);
  });

  it('reports an orphan run of a killed collector and waits for it', async () => {
    const rig = await createProject(
      `hooks: { before_run: [{ command: [sh, -c, 'until [ -e go ]; do sleep 0.1; done'], required: true, timeout: 1d }] }\n`,
    );
    const killed = rig.spawn('serve', 'fast.yaml', '--no-http');
    await killed.waitForOutput('started');
    await expect.poll(async () => (await rig.files('data')).join()).toContain('_locks/fast');
    killed.kill('SIGKILL');
    await killed.result;
    const call = rig.spawn('serve', 'fast.yaml', '--no-http');
    await call.waitForOutput(/fast: the run due at [-\d]+ \S+ UTC of a previous collector is still in progress/);
    await call.waitForOutput(/fast: 1 scheduled run skipped \(due [^)]+\): the previous run was still in progress/);
    await rig.write('go', '');
    await call.waitForOutput(
      /fast: the run due at [-\d]+ \S+ UTC of a previous collector has ended; see: pipe report; next due/,
    );
    const { stdout } = await rig.pipe('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      runs: expect.arrayContaining([expect.objectContaining({ status: 'partial' })]) as unknown,
    });
    expect(call.stderr()).not.toContain('locked');
    call.kill('SIGTERM');
    await call.result;
  });

  it.each([
    ['an empty folder', {}, /^pipe: no pipeline found in pipelines\n {2}create one with: pipe init\n$/],
    [
      'an invalid file and one without a schedule',
      { 'pipelines/a.yaml': 'name: [', 'pipelines/b.yaml': pipeline().replace(/schedule.*\n/, '') },
      /pipelines\/a\.yaml: invalid, not scheduled[^]*pipe: no pipeline to run: pipelines\/a\.yaml is invalid and pipelines\/b\.yaml has no schedule\n/,
    ],
  ])('explains exit code 2 for %s', async (_, files, message) => {
    const rig = await createRig();
    await rig.write('pipelines/README', '');
    for (const [path, text] of Object.entries(files)) await rig.write(path, text);
    const { exitCode, stderr } = await rig.pipe('serve', '--port', '0');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/stopping|health and metrics/);
  });
});
