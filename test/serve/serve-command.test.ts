import { chmod } from 'node:fs/promises';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { makeRig } from '../rig.js';
import type { Rig, RunningCall } from '../rig.js';

const quick = (name: string, rest = ''): string => `name: ${name}
provider: mock
symbols: [AAPL]
schedule: { every: 1s, overlap: skip${rest} }
steps: { contracts: { refresh: 0s } }
`;

async function address(call: RunningCall): Promise<string> {
  await call.said(/http:\/\/127\.0\.0\.1:\d+/);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(call.stderr() + call.stdout())?.[0] ?? '';
}

async function collecting(rig: Rig, ...args: readonly string[]): Promise<RunningCall> {
  const call = rig.spawn('serve', ...args, '--port', '0');
  await call.said(/: ok after/);
  return call;
}

describe('pipe serve', () => {
  it('runs several pipelines when they are due, takes edits, answers, and stores everything before it leaves', async () => {
    const rig = await makeRig();
    await rig.write('pipelines/a.yaml', quick('alpha'));
    await rig.write(
      'pipelines/b.yaml',
      quick('beta').replace('schedule:', 'metrics: { prefix: g6, symbol_label: index }\nschedule:'),
    );
    const call = await collecting(rig);
    await call.said(/alpha: ok/);
    await call.said(/beta: ok/);
    const at = await address(call);
    const ready = await fetch(`${at}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, problems: [] }]);
    const metrics = await (await fetch(`${at}/metrics`)).text();
    expect(metrics).toMatch(/^pipe_collection_success_total\{pipeline="alpha"\} [1-9]/m);
    expect(metrics).toMatch(/^g6_collection_success_total\{pipeline="beta"\} [1-9]/m);
    expect((await fetch(`${at}/nothing`)).status).toBe(404);

    await rig.write('pipelines/a.yaml', 'name: [');
    await call.said(/alpha goes on as it was/);
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    const unready = await fetch(`${at}/readyz`);
    expect([unready.status, await unready.text()]).toEqual([
      503,
      expect.stringContaining('has an edit that cannot be used'),
    ]);
    await rig.write('pipelines/a.yaml', quick('alpha', ', jitter: 100ms'));
    await call.said(/alpha: taken as edited/);

    // What it says of itself follows what it does by a moment.
    await expect
      .poll(async () => (await rig.pipe('status')).stdout, { timeout: 10_000 })
      .toMatch(/collector {2}healthy, process \d+, http:/);
    const status = await rig.pipe('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      collector: { alive: true, pipelines: [{ name: 'alpha' }, { name: 'beta', last: { outcome: 'ok' } }] },
    });

    const other = await rig.pipe('serve', '--port', '0');
    expect([other.exitCode, other.stderr]).toEqual([11, expect.stringContaining('another collector serves this lake')]);

    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
    expect(await rig.files('data/_serve')).toEqual(['alpha.json', 'beta.json']);
    expect((await rig.files('data')).filter((file) => file.startsWith('_spool/'))).toEqual([]);
    const rows = await rig.pipe('query', 'select count(*) as n from contracts', '--json');
    expect(JSON.parse(rows.stdout)).not.toEqual([{ n: 0 }]);
  }, 60_000);

  it('ends with 130 on Ctrl-C, and by itself after max_cycles', async () => {
    const rig = await makeRig();
    await rig.write('pipelines/a.yaml', quick('alpha'));
    const call = await collecting(rig);
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
  }, 60_000);

  it('knows after a kill what was missed, and status says that the collector is gone', async () => {
    const rig = await makeRig();
    await rig.write('pipelines/a.yaml', quick('alpha', ', catch_up: none'));
    const call = await collecting(rig);
    call.kill('SIGKILL');
    await call.result;
    expect((await rig.pipe('status')).stdout).toContain('gone without having ended');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const again = rig.spawn('serve', '--port', '0');
    await again.said(/alpha: .*(cycles? from|the cycle of).* not run: nothing ran then/);
    await again.said(/alpha: ok after/);
    again.kill('SIGTERM');
    expect((await again.result).exitCode).toBe(143);
  }, 60_000);

  it.each([
    [['serve', 'nowhere'], /there is no nowhere/],
    [['serve', 'pipelines', '--port', '99999'], /--port 99999 is not a port/],
    [['serve', 'pipelines', '--grace', 'long'], /--grace long/],
    [['serve', 'pipelines', '--port', '0'], /a has no schedule|none of the pipelines can be served/],
  ])('refuses %j', async (args, words) => {
    const rig = await makeRig();
    await rig.write('pipelines/a.yaml', 'name: a\nsymbols: [AAPL]\nsteps: { contracts: {} }\n');
    const { exitCode, stderr } = await rig.pipe(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(words)]);
  });
});

/** A program that stands for `crontab`: it keeps the table in a file. */
const crontab = `#!/bin/sh
case "$1" in
  -l) if [ -f "$TABLE" ]; then cat "$TABLE"; else echo "no crontab for you" >&2; exit 1; fi ;;
  -) cat > "$TABLE" ;;
esac
`;

describe('pipe schedule', () => {
  const nightly = 'name: nightly\nsymbols: [AAPL]\nschedule: { cron: 30 18 * * 1-5 }\nsteps: { contracts: {} }\n';

  it('says when pipelines are due next', async () => {
    const rig = await makeRig();
    await rig.write('pipelines/a.yaml', nightly);
    await rig.write('pipelines/b.yaml', quick('beta').replace('every: 1s', 'every: 5m, during: market'));
    const text = await rig.pipe('schedule', '--now', '2026-11-27T17:57:00Z', '--count', '2');
    expect(text.stdout).toMatch(
      /nightly {2,}30 18 \* \* 1-5 \(UTC\) {2,}2026-11-27T18:30:00Z {2}2026-11-30T18:30:00Z {2,}in 32m 5\ds/,
    );
    // The half-day after Thanksgiving closes at one o'clock.
    expect(text.stdout).toMatch(/beta {2,}every 5m while XNYS is open {2,}2026-11-30T14:30:00Z/);
    const json = await rig.pipe('schedule', 'pipelines/a.yaml', '--now', '2026-11-27T17:57:00Z', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { name: 'nightly', next: ['2026-11-27T18:30:00Z', '2026-11-30T18:30:00Z', '2026-12-01T18:30:00Z'] },
    ]);
  });

  it('has cron run a pipeline, once however often it is installed, from a folder of any name', async () => {
    const rig = await makeRig();
    const folder = "100% of 'mine' & $HOME";
    await rig.write(`${folder}/pipelines/a.yaml`, nightly);
    await rig.write('bin/crontab', crontab);
    await chmod(rig.path('bin/crontab'), 0o755);
    await rig.write('table', 'MAILTO=me\n0 0 * * * mine');
    const env = { PATH: `${rig.path('bin')}:${process.env['PATH'] ?? ''}`, TABLE: rig.path('table') };
    await rig.write(`${folder}/env`, 'PIPE_MOCK_SEED=7\n');
    for (let round = 0; round < 2; round++) {
      const { exitCode, stderr } = await rig.pipe('schedule', 'install', '--cron', '--env-file', 'env', {
        env,
        folder,
      });
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining('in the crontab')]);
    }
    const table = await rig.read('table');
    expect(table.match(/written by pipe schedule install/g)).toHaveLength(1);
    expect(table.startsWith('MAILTO=me\n0 0 * * * mine\n')).toBe(true);
    // What cron would do: the part behind the five fields, with its percent signs as they were, given to a shell.
    const line = table.split('\n').find((each) => each.startsWith('30 18 ')) ?? '';
    const command = line.split(' ').slice(5).join(' ');
    expect(command.replaceAll('\\%', '')).not.toContain('%');
    const ran = await execa('/bin/sh', ['-c', command.replaceAll('\\%', '%')], {
      cwd: '/',
      env: { HOME: '/nowhere' },
      reject: false,
    });
    expect([ran.exitCode, ran.stderr]).toEqual([0, '']);
    expect(await rig.files(`${folder}/data/contracts`)).not.toEqual([]);

    expect((await rig.pipe('schedule', 'uninstall', '--cron', { env, folder })).exitCode).toBe(0);
    expect(await rig.read('table')).toBe('MAILTO=me\n0 0 * * * mine\n');
  }, 60_000);

  it('refuses what a system could only do at the wrong time', async () => {
    const rig = await makeRig();
    await rig.write('a.yaml', nightly.replace('1-5 }', '1-5, timezone: America/New_York }'));
    const zone = await rig.pipe('schedule', 'install', 'a.yaml', '--cron', '--print');
    expect([zone.exitCode, zone.stderr]).toEqual([
      2,
      expect.stringContaining('knows only the time zone of this machine'),
    ]);
    const systemd = await rig.pipe('schedule', 'install', 'a.yaml', '--systemd', '--print');
    expect(systemd.stdout).toContain('OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 18:30:00 America/New_York\n');
    await rig.write('b.yaml', quick('beta'));
    const cycles = await rig.pipe('schedule', 'install', 'b.yaml', '--systemd', '--print');
    expect([cycles.exitCode, cycles.stderr]).toEqual([2, expect.stringContaining('pipe serve b.yaml')]);
    const which = await rig.pipe('schedule', 'install', 'b.yaml');
    expect([which.exitCode, which.stderr]).toEqual([2, expect.stringContaining('--cron, --systemd or --launchd')]);
  });
});
