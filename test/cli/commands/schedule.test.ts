import { chmod, rm } from 'node:fs/promises';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = (name: string, schedule: string): string =>
  `name: ${name}\nprovider: mock\nsymbols: [AAPL]\nschedule: { ${schedule} }\nsteps: { contracts: {} }\n`;

const nightly = pipeline('nightly', 'cron: 30 18 * * 1-5');
const inNewYork = pipeline('nightly', 'cron: 30 18 * * 1-5, timezone: America/New_York');
const cycles = (rest = ''): string => pipeline('cycles', `every: 30m, market_hours: true${rest}`);

/** A fake `crontab` that keeps the table in a file. */
const crontab = `#!/bin/sh
case "$1" in
  -l) if [ -f "$TABLE" ]; then cat "$TABLE"; else echo "no crontab for you" >&2; exit 1; fi ;;
  -) cat > "$TABLE" ;;
esac
`;

/** A fake `systemctl` that records its calls and fails for what $BROKEN names. */
const systemctl = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *"$BROKEN"*) echo "no such thing" >&2; exit 1 ;; esac
`;

interface Machine {
  readonly rig: Rig;
  readonly env: Readonly<Record<string, string>>;
}

/** Creates a project whose PATH starts with these programs. */
async function createMachine(programs: Readonly<Record<string, string>>): Promise<Machine> {
  const rig = await createRig();
  for (const [name, text] of Object.entries(programs)) {
    await rig.write(`bin/${name}`, text);
    await chmod(rig.path('bin', name), 0o755);
  }
  const env = {
    PATH: `${rig.path('bin')}:${process.env['PATH'] ?? ''}`,
    TABLE: rig.path('table'),
    CALLS: rig.path('calls'),
    BROKEN: 'nothing',
    XDG_CONFIG_HOME: rig.path('config'),
  };
  return { rig, env };
}

describe('pipe schedule', () => {
  it('lists the next due times of each pipeline in its zone and in UTC', async () => {
    const rig = await createRig();
    await rig.write('pipelines/a.yaml', nightly);
    await rig.write('pipelines/b.yaml', inNewYork.replace('nightly', 'evening'));
    await rig.write('pipelines/c.yaml', cycles(', max_cycles: 2'));
    const text = await rig.pipe('schedule', 'pipelines', '--now', '2026-11-27T18:20:00Z');
    // The half-day after Thanksgiving closes at one o'clock.
    expect(
      text.stdout
        .replace(/in 9m 5\ds/, 'in 10m')
        .replace(/in 5h 9m/, 'in 5h 10m')
        .replace(/ +$/gm, ''),
    ).toBe(`\
pipeline  schedule                          next                                first
nightly   30 18 * * 1-5 (UTC)               2026-11-27 18:30 UTC                in 10m
                                            2026-11-30 18:30 UTC
                                            2026-12-01 18:30 UTC
evening   30 18 * * 1-5 (America/New_York)  2026-11-27 18:30 New York = 23:30Z  in 5h 10m
                                            2026-11-30 18:30 New York = 23:30Z
                                            2026-12-01 18:30 New York = 23:30Z
cycles    every 30m while XNYS is open      2026-11-30 09:30 New York = 14:30Z  in 2d 20h
                                            2026-11-30 10:00 New York = 15:00Z
                                            then no more (max_cycles: 2)
`);
    const json = await rig.pipe('schedule', 'pipelines/b.yaml', '--now', '2026-11-27T17:57:00Z', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      {
        name: 'evening',
        zone: 'America/New_York',
        next: ['2026-11-27T23:30:00Z', '2026-11-30T23:30:00Z', '2026-12-01T23:30:00Z'],
      },
    ]);
  });

  it('prints errors of invalid files after the due times of valid files', async () => {
    const rig = await createRig();
    await rig.write('all/a.yaml', 'name: [');
    await rig.write('all/b.yaml', nightly);
    const { exitCode, stdout, stderr } = await rig.pipe('schedule', 'all', 'nowhere.yaml');
    expect([exitCode, stdout]).toEqual([2, expect.stringContaining('nightly')]);
    expect(stderr).toMatch(/all\/a\.yaml:1[^]*no such file: nowhere\.yaml/);
    const linted = await rig.pipe('lint', 'all');
    expect([linted.exitCode, linted.stdout]).toEqual([2, expect.stringMatching(/^all\/b\.yaml: ok/)]);
    await rig.write('pipelines/a.yaml', nightly);
    await rig.write('pipelines/b.yaml', cycles());
    expect((await rig.pipe('lint')).stdout).toMatch(/^pipelines\/a.yaml: ok.*\npipelines\/b.yaml: ok/);
    await rig.write('empty/README.md', '');
    expect((await rig.pipe('schedule', 'empty')).stderr).toContain('no pipeline in empty');
  });
});

describe('pipe schedule install --cron', () => {
  it('installs one job per pipeline, also from a folder with special characters', async () => {
    const { rig, env } = await createMachine({ crontab });
    const folder = "100% of 'mine' & $HOME";
    await rig.write(`${folder}/pipelines/a.yaml`, nightly);
    await rig.write('table', 'MAILTO=me\n0 0 * * * mine');
    await rig.write(`${folder}/env`, 'PIPE_MOCK_SEED=7\n');
    for (const option of ['--environment', '--env-file']) {
      const { exitCode, stderr } = await rig.pipe('schedule', 'install', '--cron', option, 'env', { env, folder });
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining('uninstall --cron pipelines/a.yaml')]);
      // Cron does not support the default of catch_up.
      expect(stderr).toContain('cron does not catch up after the machine was off; pipe serve supports it');
    }
    const table = await rig.read('table');
    expect(table.match(/written by pipe schedule install/g)).toHaveLength(1);
    expect(table.startsWith('MAILTO=me\n0 0 * * * mine\n')).toBe(true);
    // As cron does: the text after the five fields, with unescaped percent signs, is run by a shell.
    const line = table.split('\n').find((each) => /^30 [\d,]+ /.test(each)) ?? '';
    const command = line.split(' ').slice(5).join(' ');
    expect(command.replaceAll('\\%', '')).not.toContain('%');
    const ran = await execa('/bin/sh', ['-c', command.replaceAll('\\%', '%').replace(/ --if-due$/, '')], {
      cwd: '/',
      env: { HOME: '/nowhere' },
      reject: false,
    });
    expect([ran.exitCode, ran.stderr]).toEqual([0, '']);
    expect(await rig.files(`${folder}/data/contracts`)).not.toEqual([]);

    const removed = await rig.pipe('schedule', 'uninstall', '--cron', 'pipelines/a.yaml', { env, folder });
    expect([removed.exitCode, removed.stderr]).toEqual([0, 'removed nightly from cron\n']);
    expect(await rig.read('table')).toBe('MAILTO=me\n0 0 * * * mine\n');
  });

  it('installs a superset of the due times for another time zone or market hours, with --if-due', async () => {
    const { rig, env } = await createMachine({ crontab });
    await rig.write('a.yaml', inNewYork.replace('America/New_York', 'Pacific/Chatham'));
    await rig.write('b.yaml', cycles(', overlap: queue, jitter: 5s, max_cycles: 3'));
    const first = await rig.pipe('schedule', 'install', 'a.yaml', '--cron', '--print', { env });
    expect(first.stdout).toMatch(/^(?:\d+ [\d,]+ \* \* [\d,-]+ cd .* --quiet --if-due\n)+# pipe-nightly-\w+ end$/m);
    expect(first.stdout).toContain('each run checks that');
    const second = await rig.pipe('schedule', 'install', 'b.yaml', '--systemd', '--print', { env });
    expect(second.stdout).toContain(
      'OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 10,11,12,13,14,15:00,30:00 America/New_York\n',
    );
    expect(second.stdout).toContain('--quiet --if-due\n');
    expect(second.stderr).toBe(
      'systemd ignores the jitter of 5s; does not catch up after the machine was off; skips what is due during a run; ' +
        'ignores max_cycles; pipe serve supports it\n',
    );
    expect(await rig.files('.')).toEqual(['a.yaml', 'b.yaml', 'bin/crontab']);
  });

  it('uninstall finds a job by its pipeline name after the pipeline was renamed and its file deleted', async () => {
    const { rig, env } = await createMachine({ crontab });
    const call = (...words: readonly string[]) => rig.pipe('schedule', ...words, { env });
    await rig.write('a.yaml', nightly);
    await rig.write('b.yaml', nightly.replace('nightly', 'other'));
    await call('install', '--cron', 'a.yaml');
    await call('install', '--cron', 'b.yaml');
    await rig.write('a.yaml', nightly.replace('nightly', 'renamed'));
    await call('install', '--cron', 'a.yaml');
    await rm(rig.path('a.yaml'));
    const listed: unknown = JSON.parse((await call('installed', '--json')).stdout);
    expect(listed).toMatchObject([
      { backend: 'cron', pipeline: 'other', file: rig.path('b.yaml'), exists: true },
      { backend: 'cron', pipeline: 'renamed', file: rig.path('a.yaml'), exists: false },
    ]);
    const which = await call('uninstall', '--cron');
    expect([which.exitCode, which.stderr]).toEqual([
      2,
      expect.stringMatching(/other +b\.yaml\n.*a\.yaml {2}file missing/),
    ]);
    expect((await call('uninstall', 'renamed')).stderr).toBe('removed renamed from cron\n');
    expect((await call('uninstall', 'renamed')).stderr).toMatch(
      /^no schedule of renamed installed in cron or systemd; /,
    );
    expect((await call('uninstall', '--cron', 'b.yaml')).stderr).toBe('removed other from cron\n');
    expect((await call('uninstall')).stderr).toBe('no schedule installed in cron or systemd\n');
    expect(await rig.read('table')).toBe('');
  });

  it('rejects wrong options and pipelines that cannot be installed, without installing anything', async () => {
    const { rig, env } = await createMachine({ crontab });
    await rig.write('a.yaml', nightly);
    await rig.write('b.yaml', pipeline('quick', 'every: 10s'));
    const rejections: readonly (readonly [string, ...string[]])[] = [
      ['no such file: nope', '--cron', '--environment', 'nope'],
      ['missing --cron or --systemd'],
      ['has no --json', '--cron', '--json'],
      ['has no --count', '--cron', '--count', '4'],
      ['pipe serve b.yaml', 'b.yaml', '--cron'],
      ["unknown option '--launchd'", '--launchd'],
    ];
    for (const [words, ...args] of rejections) {
      const named = args.includes('b.yaml') ? [] : ['a.yaml'];
      const { exitCode, stdout, stderr } = await rig.pipe('schedule', 'install', ...named, ...args, { env });
      expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)]);
    }
    expect(await rig.files('.')).toEqual(['a.yaml', 'b.yaml', 'bin/crontab']);
  });
});

describe('pipe schedule install --systemd', () => {
  it('installs and enables a timer, and uninstall removes it', async () => {
    const { rig, env } = await createMachine({ systemctl, crontab });
    await rig.write('a.yaml', inNewYork);
    const { exitCode } = await rig.pipe('schedule', 'install', 'a.yaml', '--systemd', { env });
    expect(exitCode).toBe(0);
    const [service = '', timer = ''] = await rig.files('config/systemd/user');
    expect([service, timer]).toEqual([expect.stringMatching(/\.service$/), expect.stringMatching(/\.timer$/)]);
    const name = timer.split('/').at(-1) ?? '';
    expect((await rig.read('calls')).split('\n').slice(0, -1)).toEqual([
      '--user daemon-reload',
      '--user daemon-reload',
      `--user enable --now ${name}`,
    ]);
    // Two schedulers would run it twice.
    const twice = await rig.pipe('schedule', 'install', 'a.yaml', '--cron', { env });
    expect(twice.stderr).toContain(
      `systemd runs it too; remove that with: pipe schedule uninstall --systemd ${name.slice(0, -6)}`,
    );
    expect((await rig.pipe('schedule', 'uninstall', name.slice(0, -6), { env })).stderr).toBe(
      'removed nightly from cron\nremoved nightly from systemd\n',
    );
    expect(await rig.files('config/systemd/user')).toEqual([]);
  });

  it.each(['daemon-reload', 'enable'])('restores the previous files when systemctl %s fails', async (broken) => {
    const { rig, env } = await createMachine({ systemctl });
    await rig.write('a.yaml', nightly);
    const failed = await rig.pipe('schedule', 'install', 'a.yaml', '--systemd', { env: { ...env, BROKEN: broken } });
    expect([failed.exitCode, failed.stderr]).toEqual([
      2,
      'pipe: systemctl failed: no such thing; nothing was changed\n  use --cron or pipe serve, or print the job with --print\n',
    ]);
    expect((await rig.files('.')).filter((file) => file.startsWith('config'))).toEqual([]);

    await rig.pipe('schedule', 'install', 'a.yaml', '--systemd', { env });
    const before = await rig.files('config');
    const texts = await Promise.all(
      before.map((file) => rig.read(file.startsWith('config') ? file : `config/${file}`)),
    );
    await rig.write('a.yaml', inNewYork);
    const again = await rig.pipe('schedule', 'install', 'a.yaml', '--systemd', { env: { ...env, BROKEN: broken } });
    expect(again.exitCode).toBe(2);
    expect(await rig.files('config')).toEqual(before);
    expect(
      await Promise.all(before.map((file) => rig.read(file.startsWith('config') ? file : `config/${file}`))),
    ).toEqual(texts);
  });
});

describe('pipe run --if-due', () => {
  it('runs once per due time, up to ten minutes after the due time', async () => {
    const rig = await createRig();
    await rig.write('a.yaml', inNewYork);
    const run = (now: string, ...args: readonly string[]) =>
      rig.pipe('run', 'a.yaml', '--if-due', ...args, '--now', now);
    const early = await run('2026-11-23T22:30:00Z');
    expect([early.exitCode, early.stdout, early.stderr]).toEqual([
      0,
      '',
      'nightly is not due: no recent due time; next due 2026-11-23 18:30 New York\n',
    ]);
    expect(await rig.files('.')).toEqual(['a.yaml']);
    expect((await run('2026-11-23T23:41:00Z')).stderr).toContain('is not due');
    expect((await run('2026-11-23T23:41:00Z', '--quiet')).stderr).toBe('');
    expect((await run('2026-11-23T23:30:01Z')).stdout).toMatch(/^nightly {2}ok /);
    const again: unknown = JSON.parse((await run('2026-11-23T23:35:00Z', '--json')).stdout);
    expect(again).toMatchObject({ runId: null, status: 'not-due', next: '2026-11-24T23:30:00Z' });
    expect((await run('2026-11-25T01:00:00Z', '2h')).exitCode).toBe(0);
    expect((await rig.files('lineage')).filter((file) => file.endsWith('run.json'))).toHaveLength(2);
  });

  it('ends with exit code 2 for a pipeline without a schedule and for an invalid duration', async () => {
    const rig = await createRig();
    await rig.write('a.yaml', inNewYork.replace(/schedule.*\n/, ''));
    const none = await rig.pipe('run', 'a.yaml', '--if-due');
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('a.yaml has no schedule')]);
    await rig.write('b.yaml', inNewYork);
    const what = await rig.pipe('run', 'b.yaml', '--if-due', 'soon');
    expect([what.exitCode, what.stderr]).toEqual([2, expect.stringContaining('--if-due soon: ')]);
  });
});

describe('pipe status', () => {
  it('lists only the runs of the given pipeline', async () => {
    const rig = await createRig();
    await rig.write('a.yaml', nightly);
    await rig.write('b.yaml', nightly.replace('nightly', 'often'));
    await rig.pipe('run', 'a.yaml', '--quiet', '--now', '2026-11-20T18:30:00Z');
    for (let n = 0; n < 6; n++)
      await rig.pipe('run', 'b.yaml', '--quiet', '--now', `2026-11-20T18:3${String(n + 1)}:00Z`);
    const names = async (...args: readonly string[]): Promise<unknown> => {
      const { stdout } = await rig.pipe('status', ...args, '--json', '--now', '2026-11-20T18:40:00Z');
      return (JSON.parse(stdout) as { runs: readonly { pipeline: { name: string } }[] }).runs.map(
        (run) => run.pipeline.name,
      );
    };
    expect(await names('a.yaml')).toEqual(['nightly']);
    expect(await names()).toEqual(Array(5).fill('often'));
  });
});
