import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { hostname } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProtectedServer } from '../../../src/platform/http/protected-server.js';
import type { ServerProtection } from '../../../src/platform/http/protected-server.js';

const sendHello = (_request: IncomingMessage, response: ServerResponse): void => {
  response.end('hello');
};

/** Starts a server on a free port; returns the port. */
async function start(protection: ServerProtection = {}, respond = sendHello): Promise<number> {
  const server = createProtectedServer(respond, protection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything that the server sends until it closes the connection. */
function readToEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

async function get(port: number, headers: string): Promise<string> {
  const socket = await open(port);
  const received = readToEnd(socket);
  socket.write(`GET / HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
  return received;
}

describe('createProtectedServer', () => {
  test.each([
    '127.0.0.1:9108',
    'localhost',
    'LOCALHOST:80',
    'pipe.localhost',
    '[::1]:9108',
    '10.1.2.3',
    hostname(),
    'collector.example',
    'a.internal.example:9108',
  ])('answers a request for the host %s', async (host) => {
    const port = await start({ allowedHosts: ['collector.example', '.internal.example'] });
    expect(await get(port, `Host: ${host}\r\n`)).toMatch(/^HTTP\/1\.1 200 .*hello/s);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evilinternal.example'])(
    'rejects a request for the host %s',
    async (host) => {
      const port = await start({ allowedHosts: ['.internal.example'] });
      const response = await get(port, `Host: ${host}\r\n`);
      expect(response).toMatch(/^HTTP\/1\.1 421 /);
      expect(response).toContain(`no server for the host name ${host}`);
      expect(response).not.toContain('hello');
    },
  );

  test.each(['', 'Host: \r\n', 'Host: <script>\r\n', 'Host: a b\r\n', 'Host: localhost\r\nHost: evil.example\r\n'])(
    'rejects the malformed header %j',
    async (header) => {
      const response = await get(await start(), header);
      expect(response).not.toContain('hello');
      expect(response).toMatch(/^HTTP\/1\.1 400 /);
    },
  );

  test('closes a connection whose headers arrive byte by byte', async () => {
    const port = await start({ limits: { headerTimeout: 60 } });
    const socket = await open(port);
    const received = readToEnd(socket);
    const drip = setInterval(() => socket.write('x'), 5);
    onTestFinished(() => clearInterval(drip));
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    expect(await received).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('closes a connection that sends nothing', async () => {
    const port = await start({ limits: { headerTimeout: 60 } });
    expect(await readToEnd(await open(port))).toMatch(/^(HTTP\/1\.1 408 .*)?$/s);
  });

  test('closes a connection whose body never ends', async () => {
    const port = await start({ limits: { headerTimeout: 40, requestTimeout: 80 } }, () => undefined);
    const socket = await open(port);
    const received = readToEnd(socket);
    const drip = setInterval(() => socket.write('x'), 5);
    onTestFinished(() => clearInterval(drip));
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
    await received;
  });

  test('closes a connection whose client does not read the response', async () => {
    let onClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const port = await start({ limits: { responseTimeout: 60 } }, (_request, response) => {
      response.once('close', onClosed).end(Buffer.alloc(64 * 1024 * 1024));
    });
    const socket = await open(port);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await closed;
    expect(socket.bytesRead).toBeLessThan(32 * 1024 * 1024);
  });

  test('rejects headers beyond the limit', async () => {
    const port = await start();
    expect(await get(port, `Host: localhost\r\nX-Large: ${'a'.repeat(64 * 1024)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    const many = Array.from({ length: 5000 }, (_, index) => `X-${index}: 1\r\n`).join('');
    expect(await get(port, `Host: localhost\r\n${many}`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('answers while 1,000 connections are open, of which it keeps 100', async () => {
    const port = await start({ limits: { headerTimeout: 600_000, requestTimeout: 600_000 } });
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => open(port)));
    for (const socket of sockets) socket.resume();
    const countClosed = (): number => sockets.filter(({ destroyed }) => destroyed).length;
    expect(await get(port, 'Host: localhost\r\n')).toContain('hello');
    await expect.poll(countClosed).toBeGreaterThanOrEqual(900);
    expect(countClosed()).toBeLessThanOrEqual(901);
  });

  test('keeps connections with a request in progress when others exceed the limit', async () => {
    const waiting: ServerResponse[] = [];
    const port = await start({ limits: { maxConnections: 2 } }, (_request, response) => void waiting.push(response));
    const busy = [get(port, 'Host: localhost\r\n'), get(port, 'Host: localhost\r\n')];
    await expect.poll(() => waiting.length).toBe(2);
    expect(await readToEnd(await open(port))).toBe('');
    for (const response of waiting) response.end('done');
    for (const response of await Promise.all(busy)) expect(response).toContain('done');
  });
});
