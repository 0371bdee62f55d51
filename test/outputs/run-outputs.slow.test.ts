import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import { createProject, failingScenario, failingSettings, now } from './alerting-project.js';
import { startWebServer } from '../fixtures/test-servers.js';

describe('a run', () => {
  test('writes a log whose lines name pipeline, run, task and request', async () => {
    const rig = await createProject('logs: { file: logs/pipe.log, level: debug }');
    const { exitCode, stdout } = await rig.pipe('run', 'daily.yaml', ...now, '--json');
    expect(exitCode).toBe(0);
    const { runId } = JSON.parse(stdout) as { readonly runId: string };
    const lines = (await rig.read('logs/pipe.log'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.every(({ run, pipeline }) => run === runId && pipeline === 'daily')).toBe(true);
    const completed = lines.filter(({ event }) => event === 'request-completed');
    expect(completed).toHaveLength(6);
    for (const { level, task, request } of completed) {
      expect(level).toBe('debug');
      expect(task).toMatch(/^(contracts|chains|equity)\/(AAPL|MSFT)$/);
      expect(request).toContain(runId);
    }
    expect(lines[0]).toMatchObject({ level: 'info', event: 'run-started', msg: 'run of daily started' });
    expect(lines.at(-1)).toMatchObject({ level: 'info', event: 'run-finished' });
  });

  test('logs requests with --debug only when the level is info', async () => {
    const rig = await createProject('logs: { file: pipe.log }');
    await rig.pipe('run', 'daily.yaml', ...now);
    expect(await rig.read('pipe.log')).not.toContain('request-sent');
    await rig.pipe('run', 'daily.yaml', '--now', '2026-11-23T23:00:00Z', '--debug');
    expect(await rig.read('pipe.log')).toContain('request-sent');
  });

  test('sends no request when a required hook fails, and continues when another hook fails', async () => {
    const rig = await createProject('hooks: { before_run: [{ command: [sh, -c, "exit 2"], required: true }] }');
    const stopped = await rig.pipe('run', 'daily.yaml', ...now, '--record-calls', 'calls.jsonl');
    expect(stopped.exitCode).toBe(3);
    expect(stopped.stderr).toContain('the before_run hook sh exited with code 2; no request was sent');
    expect(await rig.read('calls.jsonl')).toBe('');

    const other = await createProject('hooks: { before_run: [{ command: [sh, -c, "echo no luck; exit 2"] }] }');
    const { exitCode, stdout } = await other.pipe('run', 'daily.yaml', ...now);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('the before_run hook sh exited with code 2: no luck');
  });

  test('writes panels of one run, listed in status.json', async () => {
    const rig = await createProject(
      'panels: { folder: panels/daily }\nhooks: { on_cycle_complete: [{ command: [cp, panels/daily/status.json, copy.json] }] }',
    );
    await rig.pipe('run', 'daily.yaml', ...now);
    const status = JSON.parse(await rig.read('panels/daily/status.json')) as Record<string, unknown>;
    expect(status).toMatchObject({
      v: 1,
      pipeline: 'daily',
      status: 'ok',
      requests: 6,
      alerts: { open: 0, critical: 0 },
    });
    const names = status['panels'] as readonly string[];
    expect(await rig.files('panels/daily')).toEqual([...names, 'status.json'].sort());
    for (const name of names) {
      expect(JSON.parse(await rig.read(`panels/daily/${name}`))).toMatchObject({ run: status['run'] });
    }
    expect(JSON.parse(await rig.read('panels/daily/symbols.json'))).toMatchObject({
      symbols: [
        { symbol: 'AAPL', status: 'ok', requests: 3, steps: { equity: { status: 'ok' } } },
        { symbol: 'MSFT', status: 'ok' },
      ],
    });
    expect(JSON.parse(await rig.read('panels/daily/providers.json'))).toMatchObject({
      providers: [{ provider: 'mock', responses: 6, failureShare: 0, breaker: 'closed' }],
    });
    expect(await rig.read('copy.json')).toBe(await rig.read('panels/daily/status.json'));
  });
});

test('replaces panels of another pipeline with a warning', async () => {
  const rig = await createProject('panels: {}');
  await rig.write('other.yaml', `name: other\nprovider: mock\nsymbols: [AAPL]\npanels: {}\nsteps: { contracts: {} }\n`);
  const warning =
    'panels/status.json was last written by pipeline daily; use a separate folder for each pipeline: panels: { folder: panels/other }';
  const run = async (file: string) => (await rig.pipe('run', file, ...now, '--debug')).stderr;
  expect(await run('daily.yaml')).not.toContain('last written by');
  expect(await run('daily.yaml')).not.toContain('last written by');
  expect(await run('other.yaml')).toContain(warning);
  expect(JSON.parse(await rig.read('panels/status.json'))).toMatchObject({ pipeline: 'other' });
  await rig.write('panels/status.json', '{');
  expect(await run('other.yaml')).not.toContain('last written by');
});

describe('alerts', () => {
  const webhook = `alerts:
  channels: { ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' } }
  rules: [{ on: missing_equity_data }]
`;

  test('are sent once, listed, and sent again when resolved', async () => {
    const server = await startWebServer();
    const env = { SLACK_WEBHOOK: server.url };
    const rig = await createProject(webhook, `provider: synthetic\n${failingSettings()}`);
    await rig.write('broken.scenario.yaml', failingScenario);
    const first = await rig.pipe('run', 'daily.yaml', ...now, { env });
    expect(first.exitCode).toBe(3);
    expect(server.bodies).toHaveLength(1);
    expect(server.bodies[0]).toMatchObject({ text: 'pipe: daily: critical: missing equity bars' });
    expect(JSON.stringify(server.bodies[0])).toMatch(/equity\/AAPL: .*equity\/MSFT: /);

    await rig.pipe('run', 'daily.yaml', ...now, { env });
    expect(server.bodies).toHaveLength(1);
    const listed = await rig.pipe('alerts', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      alerts: [
        { pipeline: 'daily', rule: 'missing_equity_data', subject: 'equity/AAPL', notifiedChannels: ['ops'] },
        { subject: 'equity/MSFT' },
      ],
    });
    expect((await rig.pipe('alerts')).stdout).toContain('equity/MSFT');

    await rig.write('broken.scenario.yaml', 'name: working\nsource: synthetic\nrules: []\n');
    expect((await rig.pipe('run', 'daily.yaml', '--now', '2026-11-20T23:30:00Z', { env })).exitCode).toBe(0);
    expect(server.bodies).toHaveLength(2);
    expect(server.bodies[1]).toMatchObject({ text: 'pipe: daily: resolved: missing equity bars' });
    expect((await rig.pipe('alerts')).stdout).toBe('ok (0 open alerts)\n');
  });

  test('are sent over other channels when a variable of one channel is unset, and lint reports the variable', async () => {
    const rig = await createProject(
      `logs: { file: pipe.log }
alerts:
  channels:
    ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' }
    desk: { kind: command, command: [sh, -c, 'cat > sent.json'] }
  rules: [{ on: missing_equity_data }]
`,
      `provider: synthetic\n${failingSettings()}`,
    );
    await rig.write('broken.scenario.yaml', failingScenario);
    const lint = await rig.pipe('lint', 'daily.yaml');
    expect(lint.exitCode).toBe(2);
    expect(lint.stderr).toContain('error unset-variable: the environment variable `SLACK_WEBHOOK` is not set\n');

    const { exitCode, stderr, stdout } = await rig.pipe('run', 'daily.yaml', ...now);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('warning unset-variable: ');
    const disabled = 'channel ops is disabled: the environment variable `SLACK_WEBHOOK` is not set';
    const undelivered =
      '1 notification not delivered to channel ops (disabled): the environment variable `SLACK_WEBHOOK` is not set';
    for (const warning of [disabled, undelivered]) {
      expect(stdout).toContain(warning);
      expect(await rig.read('pipe.log')).toContain(warning);
    }
    expect(JSON.parse(await rig.read('sent.json'))).toMatchObject({ rule: 'missing_equity_data', kind: 'firing' });
    const tried = await rig.pipe('alerts', 'test', 'ops', 'daily.yaml');
    expect(tried).toMatchObject({ exitCode: 5 });
    expect(tried.stderr).toContain('cannot notify ops (disabled): the environment variable `SLACK_WEBHOOK` is not set');

    // A later run with the variable sends the alert.
    const server = await startWebServer();
    await rig.pipe('run', 'daily.yaml', ...now, { env: { SLACK_WEBHOOK: server.url } });
    expect(server.bodies).toHaveLength(1);
  });

  test('with default rules report a provider that is down, and one denied symbol', async () => {
    const rig = await createRig();
    const settings = 'providers: { synthetic: { scenario: broken.scenario.yaml } }\nretry: { attempts: 1 }\n';
    const steps = 'steps: { contracts: { refresh: 7d }, quotes: { needs: contracts, refresh: 0s } }\n';
    await rig.write(
      'daily.yaml',
      `name: daily\nprovider: synthetic\nsymbols: [AAPL, MSFT]\nalerts: {}\n${settings}${steps}`,
    );
    const runAt = async (time: string, rules: string) => {
      await rig.write('broken.scenario.yaml', `name: broken\nsource: synthetic\nrules: [${rules}]\n`);
      const { exitCode } = await rig.pipe('run', 'daily.yaml', '--now', `2026-11-20T${time}:00Z`);
      const { stdout } = await rig.pipe('alerts', '--json');
      const { alerts } = JSON.parse(stdout) as { alerts: { rule: string; subject: string; message: string }[] };
      return [exitCode, ...alerts.map(({ rule, subject, message }) => `${rule} ${subject}: ${message}`).toSorted()];
    };
    expect(await runAt('18:00', '')).toEqual([0]);
    const down = '{ when: connect, do: { failure: fatal, message: gateway is down } }';
    expect(await runAt('18:05', down)).toEqual([
      4,
      'run_failed daily: gateway is down',
      'task_failed quotes/AAPL: gateway is down',
      'task_failed quotes/MSFT: gateway is down',
    ]);
    const denies = '{ when: { request: quotes, symbol: MSFT }, do: { failure: denied, message: no permission } }';
    expect(await runAt('18:10', denies)).toEqual([3, 'task_failed quotes/MSFT: no permission']);
    // The denied quote is not requested again, and still missing.
    expect(await runAt('18:15', '')).toEqual([3, 'task_failed quotes/MSFT: denied (no permission)']);
  });

  test('are evaluated without a run: a missed run, and stale chains', async () => {
    const server = await startWebServer();
    const env = { SLACK_WEBHOOK: server.url };
    const rig = await createProject(
      `schedule: { cron: '0 22 * * *' }
alerts: { channels: { ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' } }, rules: [{ on: run_missed }, { on: stale_option_chains }] }
`,
    );
    expect((await rig.pipe('run', 'daily.yaml', ...now, { env })).exitCode).toBe(0);
    const check = (at: string) => rig.pipe('alerts', 'check', 'daily.yaml', '--now', at, { env });
    expect((await check('2026-11-21T22:09:00Z')).exitCode).toBe(0);
    expect((await check('2026-11-21T22:11:00Z')).exitCode).toBe(5);
    const status = await rig.pipe('status', 'daily.yaml', '--now', '2026-11-21T22:11:00Z', { env });
    expect(status.stdout).toContain('1 scheduled run missed, the first at 2026-11-21 22:00 UTC');
    expect(server.bodies).toHaveLength(1);
    expect(JSON.stringify(server.bodies[0])).toContain('1 scheduled run missed, the first at 2026-11-21 22:00 UTC');
    expect((await check('2026-11-21T23:30:00Z')).stdout).toContain('option chain is 1d');
    expect(server.bodies).toHaveLength(2);
    expect((await rig.pipe('run', 'daily.yaml', '--now', '2026-11-22T00:00:00Z', { env })).exitCode).toBe(0);
    expect(server.bodies).toHaveLength(4);
    expect((await rig.pipe('alerts')).stdout).toBe('ok (0 open alerts)\n');
  });

  test('report a pipeline that never ran, and a pipeline whose last run is older than a thousand runs of others', async () => {
    const rig = await createProject("schedule: { cron: '0 22 * * *' }\nalerts: { rules: [{ on: run_missed }] }\n");
    const check = (at: string) => rig.pipe('alerts', 'check', 'daily.yaml', '--now', at);
    expect((await check('2026-11-19T12:00:00Z')).exitCode).toBe(0);
    expect((await check('2026-11-19T22:05:00Z')).exitCode).toBe(0);
    const never = await check('2026-11-19T22:15:00Z');
    expect([never.exitCode, never.stdout]).toEqual([
      5,
      expect.stringContaining('22:00 UTC; the pipeline has never run'),
    ]);
    const status = await rig.pipe('status', 'daily.yaml', '--now', '2026-11-19T22:15:00Z');
    expect(status.stdout).toContain('1 scheduled run missed');

    expect((await rig.pipe('run', 'daily.yaml', ...now)).exitCode).toBe(0);
    expect((await check('2026-11-21T22:05:00Z')).exitCode).toBe(0);
    const [path = ''] = (await rig.files('lineage')).filter((file) => file.endsWith('/run.json'));
    const others = (await rig.read(`lineage/${path}`)).replace('"name": "daily"', '"name": "other"');
    expect(others).toContain('"name": "other"');
    await Promise.all(
      Array.from({ length: 1_001 }, (_, index) => rig.write(`lineage/2026-11-21/f${String(index)}/run.json`, others)),
    );
    const missed = await check('2026-11-21T22:15:00Z');
    expect([missed.exitCode, missed.stdout]).toEqual([5, expect.stringContaining('1 scheduled run missed, the first')]);
  });

  test('test a channel, and list the channels when the name is unknown', async () => {
    const server = await startWebServer();
    const env = { SLACK_WEBHOOK: server.url };
    const rig = await createProject(webhook);
    const tried = await rig.pipe('alerts', 'test', 'ops', 'daily.yaml', { env });
    expect(tried).toMatchObject({ exitCode: 0, stdout: 'ok (sent a test notification to ops)\n' });
    expect(server.bodies).toMatchObject([{ text: 'pipe: daily: test notification, no alert is firing' }]);
    const unknown = await rig.pipe('alerts', 'test', 'opps', 'daily.yaml', { env });
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('known channels: ops');
  });
});

describe('a check of the lake', () => {
  const alerts = `alerts: { channels: { ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' } }, rules: [{ on: data_integrity_failure }] }\n`;

  test('raises an alert, which no run clears and a check clears after the file is restored', async () => {
    const server = await startWebServer();
    const env = { SLACK_WEBHOOK: server.url };
    const rig = await createProject(alerts);
    await rig.pipe('run', 'daily.yaml', ...now, { env });
    const [path = ''] = (await rig.files('data/equity_bars')).filter((file) => file.endsWith('.parquet'));
    const file = rig.path('data/equity_bars', path);
    const whole = await readFile(file);
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(whole.length >> 1) ^ 1, whole.length >> 1);
    await writeFile(file, damaged);

    const check = (...more: readonly string[]) => rig.pipe('check', '--alert', 'daily.yaml', ...more, { env });
    expect((await check()).exitCode).toBe(5);
    expect(server.bodies).toHaveLength(1);
    expect(JSON.stringify(server.bodies[0])).toContain(
      'equity_bars/file-checksum-mismatch: files whose checksum does not match: 1',
    );
    // A run does not read every byte, and a check of another table does not examine this one.
    expect((await rig.pipe('run', 'daily.yaml', ...now, { env })).exitCode).toBe(0);
    expect((await check('--dataset', 'chains')).exitCode).toBe(0);
    expect((await rig.pipe('alerts')).stdout).toContain('equity_bars/file-checksum-mismatch');
    expect(server.bodies).toHaveLength(1);

    await writeFile(file, whole);
    expect((await check()).exitCode).toBe(0);
    expect(server.bodies.slice(1)).toMatchObject([{ text: 'pipe: daily: resolved: corrupted data' }]);
    expect((await rig.pipe('alerts')).stdout).toBe('ok (0 open alerts)\n');
  });

  test('fails when the pipeline has no rule for data_integrity_failure', async () => {
    const rig = await createProject('');
    const { exitCode, stderr } = await rig.pipe('check', '--alert', 'daily.yaml');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('daily.yaml has no alert rule data_integrity_failure'),
    ]);
  });
});

describe('the log', () => {
  test('gets the warnings that follow the end of the other outputs', async () => {
    const server = await startWebServer([500, 500, 500, 500, 500, 500, 500, 500], 'no');
    const rig = await createProject(`logs: { file: pipe.log }\nlineage: { endpoint: '${server.url}' }`);
    const { stderr } = await rig.pipe('run', 'daily.yaml', ...now, '--debug', { newProcess: true });
    const printed = stderr.split('\n').filter((line) => line.includes('"type":"warning"'));
    expect(printed.length).toBeGreaterThan(0);
    const logged = (await rig.read('pipe.log')).split('\n').filter((line) => line.includes('"event":"warning"'));
    expect(logged).toHaveLength(printed.length);
  });

  test('is written to the end when a second signal ends the run', async () => {
    const rig = await createProject(
      'logs: { file: pipe.log, level: debug }',
      `provider: synthetic\n${failingSettings()}`,
    );
    await rig.write('broken.scenario.yaml', failingScenario);
    const call = rig.spawn('run', 'daily.yaml', ...now, '--debug', { newProcess: true });
    await call.waitForOutput('"type":"request-sent"');
    call.kill('SIGTERM');
    await call.waitForOutput('stopping');
    call.kill('SIGTERM');
    const { stderr } = await call.result;
    const printed = stderr.split('\n').filter((line) => line.startsWith('{') && line.includes('"type":'));
    const logged = (await rig.read('pipe.log')).trim().split('\n');
    expect(logged.length).toBeGreaterThanOrEqual(printed.length);
  });
});
