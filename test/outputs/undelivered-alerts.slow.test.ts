import { describe, expect, test } from 'vitest';

import type { CallResult, Rig } from '../rig.js';
import { createProject, failingScenario, failingSettings, now } from './alerting-project.js';
import { startMailServer, startSilentServer, startWebServer } from '../fixtures/test-servers.js';

/** All files and outputs of a run, to search for secrets. */
async function collectOutput(rig: Rig, results: readonly CallResult[]): Promise<string> {
  const files = (await rig.files()).filter((path) => !path.endsWith('.yaml') && !path.endsWith('.parquet'));
  const texts = await Promise.all(files.map((path) => rig.read(path)));
  return [...texts, ...results.flatMap(({ stdout, stderr }) => [stdout, stderr])].join('\n');
}

describe('alerts', () => {
  test('that are not delivered cause a warning without secrets and are sent by the next run', async () => {
    const server = await startWebServer([500, 500, 500], 'received planted-in-the-path');
    const mail = await startMailServer({ login: 'pipe:another-password' });
    const rig = await createProject(
      `logs: { file: pipe.log, level: debug }
panels: {}
hooks: { on_failure: [{ command: [sh, -c, 'echo "$0"; exit 1', '\${PAGER}'] }] }
alerts:
  channels:
    ops: { kind: webhook, url: '\${SLACK_WEBHOOK}' }
    desk: { kind: email, host: 127.0.0.1, port: ${String(mail.port)}, security: none, user: pipe, password: '\${MAIL_PW}',
            from: a@example.com, to: [b@example.com] }
  rules: [{ on: missing_equity_data }]
`,
      `provider: synthetic\n${failingSettings()}`,
    );
    await rig.write('broken.scenario.yaml', failingScenario);
    const env = { SLACK_WEBHOOK: server.url, MAIL_PW: 'planted-password', PAGER: 'planted-word' };
    const results = [
      await rig.pipe('run', 'daily.yaml', ...now, '--debug', { env }),
      await rig.pipe('alerts', '--json'),
      await rig.pipe('alerts', 'test', 'desk', 'daily.yaml', { env }),
      await rig.pipe('lint', 'daily.yaml', '--json', { env }),
      await rig.pipe('plan', 'daily.yaml', ...now, '--json', '--out', 'plan.json', { env }),
      await rig.pipe('report', '--json'),
    ];
    expect(results.map(({ exitCode }) => exitCode)).toEqual([3, 0, 5, 0, 0, 0]);
    expect(results[5]?.stdout).toContain('not delivered to channel ops (webhook): HTTP 500');
    expect(results[5]?.stdout).toContain('not delivered to channel desk (email)');
    const output = await collectOutput(rig, results);
    expect(output).toContain('the on_failure hook sh exited with code 1');
    for (const secret of ['planted-in-the-path', 'planted-password', 'planted-word'])
      expect(output).not.toContain(secret);
    expect(output).not.toContain(Buffer.from('planted-password').toString('base64'));

    await rig.pipe('run', 'daily.yaml', ...now, { env });
    expect(server.bodies).toHaveLength(4);
  });
});

test('an interrupted run ends before its silent channels respond, and stores their alerts', async () => {
  const [server, mail] = [await startSilentServer(), await startSilentServer()];
  const rig = await createProject(
    `alerts:
  channels:
    ops: { kind: webhook, url: 'http://127.0.0.1:${String(server.port)}' }
    desk: { kind: email, host: 127.0.0.1, port: ${String(mail.port)}, security: none, from: a@example.com, to: [b@example.com] }
`,
    `provider: synthetic\n${failingSettings()}`,
  );
  await rig.write('broken.scenario.yaml', failingScenario);
  const call = rig.spawn('run', 'daily.yaml', ...now);
  await expect.poll(() => server.calls() + mail.calls()).toBe(2);
  call.kill('SIGINT');
  const { exitCode, stdout } = await call.result;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/not delivered to channel ops \(webhook\): timed out/);
  expect(stdout).toMatch(/not delivered to channel desk \(email\): timed out/);
  const { alerts } = JSON.parse((await rig.pipe('alerts', '--json')).stdout) as {
    alerts: { notifiedChannels: unknown }[];
  };
  expect(alerts.map(({ notifiedChannels }) => notifiedChannels)).toEqual(alerts.map(() => []));
  expect(alerts.length).toBeGreaterThan(1);
});
