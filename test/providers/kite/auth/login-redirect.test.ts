import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { awaitRedirect } from '../../../../src/providers/kite/auth/login-redirect.js';
import type { RedirectProblem } from '../../../../src/providers/kite/auth/login-redirect.js';
import type { Result } from '../../../../src/core/result.js';

async function listen(): Promise<{ readonly port: number; readonly result: Promise<Result<string, RedirectProblem>> }> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const events = new EventEmitter();
  const result = awaitRedirect({ port: 0, signal: stop.signal, onListening: (port) => events.emit('listening', port) });
  const [port] = (await once(events, 'listening')) as [number];
  return { port, result };
}

async function send(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(request);
  await once(socket, 'close');
  return text;
}

describe('awaitRedirect', () => {
  test('takes no token from a page that resolved another name to this machine', async () => {
    const { port, result } = await listen();
    const path = '/?status=success&request_token=';
    const foreign = await send(port, `GET ${path}foreign1 HTTP/1.1\r\nHost: evil.example:${port}\r\n\r\n`);
    expect(foreign).toMatch(/^HTTP\/1\.1 421 /);
    expect(await send(port, `GET ${path}own12345 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).toContain('Logged in');
    expect(await result).toEqual({ ok: true, value: 'own12345' });
  });

  test.each(['//', 'http://[', '*', 'x:y'])('continues after a request for the address %s', async (address) => {
    const { port, result } = await listen();
    await send(port, `GET ${address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await send(port, `GET /?request_token=own12345 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await result).toEqual({ ok: true, value: 'own12345' });
  });
});
