import { describe, expect, test } from 'vitest';

import type { CallResult, Rig } from '../rig.js';
import { broken, nothingWorks, now, project } from './alerting-project.js';
import { startMailServer, startSilentServer, startWebServer } from '../fixtures/test-servers.js';

/** Every text that a run left or said, to look for what must not be in it. */
async function everythingSaid(rig: Rig, results: readonly CallResult[]): Promise<string> {
  const files = (await rig.files()).filter((path) => !path.endsWith('.yaml') && !path.endsWith('.parquet'));
  const texts = await Promise.all(files.map((path) => rig.read(path)));
  return [...texts, ...results.flatMap(({ stdout, stderr }) => [stdout, stderr])].join('\n');
}

describe('alerts', () => {
  test('that cannot be told are a warning of the run and sent with the next, and no secret is ever said', async () => {
    const server = await startWebServer([500, 500, 500], 'you said planted-in-the-path');
    const mail = await startMailServer({ login: 'pipe:another-password' });
    const rig = await project(
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
      `provider: synthetic\n${broken()}`,
    );
    await rig.write('broken.scenario.yaml', nothingWorks);
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
    expect(results[5]?.stdout).toContain('could not be sent to the channel ops (webhook): it answered 500');
    expect(results[5]?.stdout).toContain('could not be sent to the channel desk (email)');
    const said = await everythingSaid(rig, results);
    expect(said).toContain('the on_failure hook sh ended with 1');
    for (const secret of ['planted-in-the-path', 'planted-password', 'planted-word'])
      expect(said).not.toContain(secret);
    expect(said).not.toContain(Buffer.from('planted-password').toString('base64'));

    await rig.pipe('run', 'daily.yaml', ...now, { env });
    expect(server.bodies).toHaveLength(4);
  });
});

test('a run that is stopped ends without an answer of its channels, and keeps their alerts', async () => {
  const [server, mail] = [await startSilentServer(), await startSilentServer()];
  const rig = await project(
    `alerts:
  channels:
    ops: { kind: webhook, url: 'http://127.0.0.1:${String(server.port)}' }
    desk: { kind: email, host: 127.0.0.1, port: ${String(mail.port)}, security: none, from: a@example.com, to: [b@example.com] }
`,
    `provider: synthetic\n${broken()}`,
  );
  await rig.write('broken.scenario.yaml', nothingWorks);
  const call = rig.spawn('run', 'daily.yaml', ...now);
  await expect.poll(() => server.calls() + mail.calls()).toBe(2);
  call.kill('SIGINT');
  const { exitCode, stdout } = await call.result;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/could not be sent to the channel ops \(webhook\): no answer in time/);
  expect(stdout).toMatch(/could not be sent to the channel desk \(email\): no answer in time/);
  const { alerts } = JSON.parse((await rig.pipe('alerts', '--json')).stdout) as { alerts: { told: unknown }[] };
  expect(alerts.map(({ told }) => told)).toEqual(alerts.map(() => []));
  expect(alerts.length).toBeGreaterThan(1);
});
