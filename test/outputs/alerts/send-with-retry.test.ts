import { describe, expect, test } from 'vitest';

import type { Clock } from '../../../src/core/time/clock.js';
import type { Channel, EmailChannel } from '../../../src/config/pipeline/notifications/notifications.js';
import { sendWithRetry } from '../../../src/outputs/alerts/send-with-retry.js';
import type { Notification } from '../../../src/outputs/alerts/notification.js';
import { startMailServer, startSilentServer, startWebServer } from '../../fixtures/test-servers.js';

/** Pauses that take no time, so that what is tested is real answers of real servers. */
const clock: Clock = { now: () => 0, sleepUntil: () => Promise.resolve() };

const notification: Notification = {
  kind: 'raised',
  on: 'run_failed',
  severity: 'critical',
  pipeline: 'daily',
  run: 'run-1',
  at: Date.parse('2026-11-20T23:30:00Z'),
  alerts: [
    {
      subject: 'daily',
      message: 'nothing <answers> & all',
      startedAt: Date.parse('2026-11-20T23:30:00Z'),
      resolvedAt: null,
    },
  ],
};

/** Ends an attempt that hangs; no server here needs it. */
const longest = 300_000;

const send = async (channel: Channel): Promise<string | null> => {
  const options = { clock, signal: new AbortController().signal, timeout: longest };
  const { delivered, problem } = await sendWithRetry(channel, notification, options);
  expect(delivered).toBe(problem === null);
  return problem;
};

const webhook = (url: string, format: 'slack' | 'json' = 'slack'): Channel => ({
  kind: 'webhook',
  name: 'ops',
  url,
  format,
});

describe('a webhook', () => {
  test('gets a message as Slack reads it', async () => {
    const server = await startWebServer();
    expect(await send(webhook(server.url))).toBeNull();
    const text = 'daily: nothing &lt;answers&gt; &amp; all\nrun run-1, 2026-11-20T23:30:00Z';
    expect(server.bodies).toEqual([
      {
        text: 'pipe: daily: critical: a run has failed',
        attachments: [{ color: '#d1242f', text, fallback: text }],
      },
    ]);
  });

  test('gets the message as a document', async () => {
    const server = await startWebServer();
    expect(await send(webhook(server.url, 'json'))).toBeNull();
    expect(server.bodies).toEqual([
      {
        rule: 'run_failed',
        kind: 'raised',
        severity: 'critical',
        pipeline: 'daily',
        run: 'run-1',
        at: '2026-11-20T23:30:00Z',
        summary: 'pipe: daily: critical: a run has failed (1 subject)',
        alerts: [{ subject: 'daily', message: 'nothing <answers> & all', since: '2026-11-20T23:30:00Z', until: null }],
      },
    ]);
  });

  test.each([
    [[503, 429], null, 3],
    [[500, 500, 500], 'it answered 500: no', 3],
    [[404], 'it answered 404: no', 1],
    [[302], 'it answered 302: no', 1],
  ])('that answers %j is tried as often as makes sense', async (answers, problem, calls) => {
    const server = await startWebServer(answers, 'no');
    expect(await send(webhook(server.url))).toBe(problem);
    expect(server.bodies).toHaveLength(calls);
  });

  test('that is not there is a problem and no exception', async () => {
    expect(await send(webhook('http://127.0.0.1:1/x'))).toMatch(/ECONNREFUSED|bad port/);
  });
});

const email = (port: number, more: Partial<EmailChannel> = {}): EmailChannel => ({
  kind: 'email',
  name: 'desk',
  host: '127.0.0.1',
  port,
  security: 'none',
  login: null,
  from: 'pipe@example.com',
  to: ['desk@example.com', 'night@example.com'],
  ...more,
});

describe('mail', () => {
  test('goes to everybody, with what is wrong', async () => {
    const server = await startMailServer();
    expect(await send(email(server.port))).toBeNull();
    expect(server.said.filter((line) => line.startsWith('RCPT'))).toHaveLength(2);
    expect(server.messages).toHaveLength(1);
    expect(server.messages[0]).toContain('Subject: pipe: daily: critical: a run has failed');
    expect(server.messages[0]).toContain('daily: nothing <answers> & all');
    expect(server.messages[0]).toContain('X-Priority: 1');
  });

  test('goes to those that the server takes, and says who is left out', async () => {
    const server = await startMailServer({ recipient: ['250 fine', '550 unknown'] });
    const { signal } = new AbortController();
    const sent = await sendWithRetry(email(server.port), notification, { clock, signal, timeout: longest });
    expect(sent).toEqual({ arrived: true, problem: 'the server does not take night@example.com' });
    expect(server.messages).toHaveLength(1);
  });

  test('logs in where it has to', async () => {
    const server = await startMailServer({ login: 'pipe:planted-password' });
    expect(await send(email(server.port, { login: { user: 'pipe', password: 'planted-password' } }))).toBeNull();
    expect(server.messages).toHaveLength(1);
  });

  test('is not tried again with a login that is not taken', async () => {
    const server = await startMailServer({ login: 'pipe:another-password' });
    const problem = await send(email(server.port, { login: { user: 'pipe', password: 'planted-password' } }));
    expect(problem).toContain('535');
    expect(server.said.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
  });

  test('is tried again where the server has no time', async () => {
    const server = await startMailServer({ recipient: ['451 later'] });
    expect(await send(email(server.port, { to: ['desk@example.com'] }))).toContain('451 later');
    expect(server.said.filter((line) => line.startsWith('EHLO'))).toHaveLength(3);
  });

  test('that nobody answers is given up as soon as it is to be', async () => {
    const server = await startSilentServer();
    const abort = new AbortController();
    const sent = sendWithRetry(email(server.port), notification, { clock, signal: abort.signal, timeout: longest });
    await expect.poll(server.calls).toBe(1);
    abort.abort();
    expect(await sent).toEqual({ arrived: false, problem: 'no answer in time' });
    expect(server.calls()).toBe(1);
  });

  test('says no password to a server that does not encrypt', async () => {
    const server = await startMailServer({ login: 'pipe:planted-password' });
    const login = { user: 'pipe', password: 'planted-password' };
    expect(await send(email(server.port, { security: 'starttls', login }))).not.toBeNull();
    expect(server.said.filter((line) => line.startsWith('AUTH'))).toEqual([]);
    expect(server.messages).toEqual([]);
  });
});

describe('a command', () => {
  const command = (script: string): Channel => ({
    kind: 'command',
    name: 'pager',
    command: [process.execPath, '-e', script],
    timeout: longest,
  });

  test('finds the message on its standard input', async () => {
    const script = `let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{const m=JSON.parse(t);
      if(m.rule!=='run_failed'||m.alerts[0].subject!=='daily')process.exit(9)})`;
    expect(await send(command(script))).toBeNull();
  });

  test('that fails says why', async () => {
    expect(await send(command(`console.error('nobody is there');process.exit(4)`))).toBe(
      'the command ended with 4: nobody is there',
    );
  });
});
