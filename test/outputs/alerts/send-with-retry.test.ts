import { describe, expect, test } from 'vitest';

import type { Clock } from '../../../src/core/time/clock.js';
import type { Channel, EmailChannel } from '../../../src/config/pipeline/notifications/notifications.js';
import { sendWithRetry } from '../../../src/outputs/alerts/send-with-retry.js';
import type { Notification } from '../../../src/outputs/alerts/notification.js';
import { startMailServer, startSilentServer, startWebServer } from '../../fixtures/test-servers.js';

/** Pauses take no time; the servers are real. */
const clock: Clock = { now: () => 0, sleepUntil: () => Promise.resolve() };

const notification: Notification = {
  kind: 'firing',
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
const maxDuration = 300_000;

const send = async (channel: Channel): Promise<string | null> => {
  const options = { clock, signal: new AbortController().signal, timeout: maxDuration };
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
  test('receives a Slack message', async () => {
    const server = await startWebServer();
    expect(await send(webhook(server.url))).toBeNull();
    const text = 'daily: nothing &lt;answers&gt; &amp; all\nrun run-1, 2026-11-20 23:30:00 UTC';
    expect(server.bodies).toEqual([
      {
        text: 'pipe: daily: critical: run failed',
        attachments: [{ color: '#d1242f', text, fallback: text }],
      },
    ]);
  });

  test('receives a JSON document', async () => {
    const server = await startWebServer();
    expect(await send(webhook(server.url, 'json'))).toBeNull();
    expect(server.bodies).toEqual([
      {
        rule: 'run_failed',
        kind: 'firing',
        severity: 'critical',
        pipeline: 'daily',
        run: 'run-1',
        at: '2026-11-20T23:30:00Z',
        summary: 'pipe: daily: critical: run failed (1 subject)',
        alerts: [
          { subject: 'daily', message: 'nothing <answers> & all', startedAt: '2026-11-20T23:30:00Z', resolvedAt: null },
        ],
      },
    ]);
  });

  test.each([
    [[503, 429], null, 3],
    [[500, 500, 500], 'HTTP 500: no', 3],
    [[404], 'HTTP 404: no', 1],
    [[302], 'HTTP 302: the server redirects to https://elsewhere.example, and redirects are not followed', 1],
  ])('that responds with %j returns the problem %j after %d attempts', async (answers, problem, calls) => {
    const server = await startWebServer(answers, 'no');
    expect(await send(webhook(server.url))).toBe(problem);
    expect(server.bodies).toHaveLength(calls);
  });

  test('that refuses connections returns a problem and throws no exception', async () => {
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
  test('is sent to all recipients with title, body and priority', async () => {
    const server = await startMailServer();
    expect(await send(email(server.port))).toBeNull();
    expect(server.lines.filter((line) => line.startsWith('RCPT'))).toHaveLength(2);
    expect(server.messages).toHaveLength(1);
    expect(server.messages[0]).toContain('Subject: pipe: daily: critical: run failed');
    expect(server.messages[0]).toContain('daily: nothing <answers> & all');
    expect(server.messages[0]).toContain('X-Priority: 1');
  });

  test('is delivered with a problem when the server rejects one recipient', async () => {
    const server = await startMailServer({ recipient: ['250 fine', '550 unknown'] });
    const { signal } = new AbortController();
    const sent = await sendWithRetry(email(server.port), notification, { clock, signal, timeout: maxDuration });
    expect(sent).toEqual({ delivered: true, problem: 'the server rejected night@example.com' });
    expect(server.messages).toHaveLength(1);
  });

  test('is sent with the login that the server requires', async () => {
    const server = await startMailServer({ login: 'pipe:planted-password' });
    expect(await send(email(server.port, { login: { user: 'pipe', password: 'planted-password' } }))).toBeNull();
    expect(server.messages).toHaveLength(1);
  });

  test('is not retried when the server rejects the login', async () => {
    const server = await startMailServer({ login: 'pipe:another-password' });
    const problem = await send(email(server.port, { login: { user: 'pipe', password: 'planted-password' } }));
    expect(problem).toContain('535');
    expect(server.lines.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
  });

  test('is retried when the server responds with a temporary error', async () => {
    const server = await startMailServer({ recipient: ['451 later'] });
    expect(await send(email(server.port, { to: ['desk@example.com'] }))).toContain('451 later');
    expect(server.lines.filter((line) => line.startsWith('EHLO'))).toHaveLength(3);
  });

  test('stops at abort when the server never responds', async () => {
    const server = await startSilentServer();
    const abort = new AbortController();
    const sent = sendWithRetry(email(server.port), notification, { clock, signal: abort.signal, timeout: maxDuration });
    await expect.poll(server.calls).toBe(1);
    abort.abort();
    expect(await sent).toEqual({ delivered: false, problem: 'timed out' });
    expect(server.calls()).toBe(1);
  });

  test('sends no password to a server without STARTTLS', async () => {
    const server = await startMailServer({ login: 'pipe:planted-password' });
    const login = { user: 'pipe', password: 'planted-password' };
    expect(await send(email(server.port, { security: 'starttls', login }))).not.toBeNull();
    expect(server.lines.filter((line) => line.startsWith('AUTH'))).toEqual([]);
    expect(server.messages).toEqual([]);
  });
});

describe('a command', () => {
  const command = (script: string): Channel => ({
    kind: 'command',
    name: 'pager',
    command: [process.execPath, '-e', script],
    timeout: maxDuration,
  });

  test('receives the JSON document on standard input', async () => {
    const script = `let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{const m=JSON.parse(t);
      if(m.rule!=='run_failed'||m.alerts[0].subject!=='daily')process.exit(9)})`;
    expect(await send(command(script))).toBeNull();
  });

  test('that fails returns its exit code and its last output line', async () => {
    expect(await send(command(`console.error('no such user');process.exit(4)`))).toBe(
      'the command exited with code 4: no such user',
    );
  });
});
