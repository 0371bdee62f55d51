import { describe, expect, it } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';

const quick = (name: string, rest = ''): string => `name: ${name}
provider: mock
symbols: [AAPL]
schedule: { every: 1s, overlap: skip${rest} }
steps: { contracts: { refresh: 0s } }
`;

async function waitForAddress(call: RunningCall): Promise<string> {
  await call.waitForOutput(/http:\/\/127\.0\.0\.1:\d+/);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(call.stderr() + call.stdout())?.[0] ?? '';
}

async function startCollector(rig: Rig, ...args: readonly string[]): Promise<RunningCall> {
  const call = rig.spawn('serve', ...args, '--port', '0');
  await call.waitForOutput(/: ok after/);
  return call;
}

describe('pipe serve', () => {
  it('runs pipelines on schedule, reloads edits, serves HTTP and stores all data before it ends', async () => {
    const rig = await createRig();
    await rig.write('pipelines/a.yaml', quick('alpha'));
    await rig.write(
      'pipelines/b.yaml',
      quick('beta').replace('schedule:', 'metrics: { prefix: g6, symbol_label: index }\nschedule:'),
    );
    const call = await startCollector(rig);
    await call.waitForOutput(/alpha: ok/);
    await call.waitForOutput(/beta: ok/);
    const at = await waitForAddress(call);
    const ready = await fetch(`${at}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, problems: [] }]);
    const metrics = await (await fetch(`${at}/metrics`)).text();
    expect(metrics).toMatch(/^pipe_collection_success_total\{pipeline="alpha"\} [1-9]/m);
    expect(metrics).toMatch(/^g6_collection_success_total\{pipeline="beta"\} [1-9]/m);
    expect((await fetch(`${at}/nothing`)).status).toBe(404);

    await rig.write('pipelines/a.yaml', 'name: [');
    await call.waitForOutput(/alpha keeps its last valid version/);
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    const unready = await fetch(`${at}/readyz`);
    expect([unready.status, await unready.text()]).toEqual([
      503,
      expect.stringContaining('invalid; alpha keeps its last valid version'),
    ]);
    await rig.write('pipelines/a.yaml', quick('alpha', ', jitter: 100ms'));
    await call.waitForOutput(/alpha: reloaded from/);

    // The status file is written with a delay.
    await expect.poll(async () => (await rig.pipe('status')).stdout).toMatch(/collector {2}healthy, pid \d+, http:/);
    const status = await rig.pipe('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      collector: { alive: true, pipelines: [{ name: 'alpha' }, { name: 'beta', last: { outcome: 'ok' } }] },
    });

    const other = await rig.pipe('serve', '--port', '0');
    expect([other.exitCode, other.stderr]).toEqual([11, expect.stringContaining('another collector serves this lake')]);

    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
    expect(await rig.files('data/_scheduler')).toEqual([
      'definitions/alpha.json',
      'definitions/beta.json',
      'pipelines/alpha.json',
      'pipelines/beta.json',
    ]);
    expect((await rig.files('data')).filter((file) => file.startsWith('_spool/'))).toEqual([]);
    const rows = await rig.pipe('query', 'select count(*) as n from contracts', '--json');
    expect(JSON.parse(rows.stdout)).not.toEqual([{ n: 0 }]);
  });

  it('exits with 130 on Ctrl-C and with 0 after max_cycles', async () => {
    const rig = await createRig();
    await rig.write('pipelines/a.yaml', quick('alpha'));
    const call = await startCollector(rig);
    call.kill('SIGINT');
    expect((await call.result).exitCode).toBe(130);

    await rig.write('pipelines/a.yaml', quick('alpha', ', max_cycles: 1'));
    const once = await rig.pipe('serve', '--json', '--no-http');
    expect(once.exitCode).toBe(0);
    const types = once.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === 'cycle-ended')).toHaveLength(1);
    expect(types).toContain('run-event');
  });

  it('reports missed runs after a kill, and status shows the killed collector', async () => {
    const rig = await createRig();
    await rig.write('pipelines/a.yaml', quick('alpha', ', catch_up: none'));
    const call = await startCollector(rig);
    call.kill('SIGKILL');
    await call.result;
    expect((await rig.pipe('status')).stdout).toMatch(/collector {2}died \(pid \d+\)/);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const again = rig.spawn('serve', '--port', '0');
    await again.waitForOutput(/alpha: \d+ scheduled runs? skipped .*: the collector was down or the machine asleep/);
    await again.waitForOutput(/alpha: ok after/);
    again.kill('SIGTERM');
    expect((await again.result).exitCode).toBe(143);
  });

  it.each([
    [['serve', 'nowhere'], /no such file or folder: nowhere/],
    [['serve', 'pipelines', '--port', '99999'], /--port 99999 is not a port/],
    [['serve', 'pipelines', '--max-concurrent-runs', '0'], /--max-concurrent-runs .?0.? is not a number of runs/],
    [['serve', 'pipelines', '--grace', 'long'], /--grace long/],
    [['serve', 'pipelines', '--port', '0'], /no pipeline to run: pipelines\/a\.yaml has no schedule/],
  ])('%j ends with exit code 2 and a message', async (args, message) => {
    const rig = await createRig();
    await rig.write('pipelines/a.yaml', 'name: a\nsymbols: [AAPL]\nsteps: { contracts: {} }\n');
    const { exitCode, stderr } = await rig.pipe(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
