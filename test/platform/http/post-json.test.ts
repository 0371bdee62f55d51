import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anyHost, parseAllowedHosts } from '../../../src/platform/http/allowed-hosts.js';
import type { AllowedHosts } from '../../../src/platform/http/allowed-hosts.js';
import { hideUrlSecrets, postJson } from '../../../src/platform/http/post-json.js';
import type { PostOutcome } from '../../../src/platform/http/post-json.js';

/** Longer than a test may take. */
const maxDuration = 300_000;

interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface TestServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly received: Received[];
}

async function start(respond: (response: ServerResponse, request: IncomingMessage) => void): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, authorization: headers.authorization, body });
      respond(response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function allow(...hosts: readonly string[]): AllowedHosts {
  const parsed = parseAllowedHosts(hosts.join(','));
  if (!parsed.ok) throw new Error(`${parsed.error} is no host`);
  return parsed.value;
}

function post(url: string, allowedHosts = anyHost, timeout = maxDuration): Promise<PostOutcome> {
  return postJson(url, '{"a":1}', { timeout, signal: new AbortController().signal, allowedHosts });
}

describe('postJson', () => {
  test('returns status and body of the response', async () => {
    const { host, received } = await start((response) => response.writeHead(422).end('no such field'));
    expect(await post(`http://${host}/hook`)).toEqual({
      kind: 'response',
      status: 422,
      text: 'no such field',
      isTruncated: false,
    });
    expect(received).toEqual([{ method: 'POST', url: '/hook', authorization: undefined, body: '{"a":1}' }]);
  });

  test.each([301, 302, 303, 307, 308])('follows no redirect of status %i to another host', async (status) => {
    const other = await start((response) => response.end());
    const { host } = await start((response) =>
      response.writeHead(status, { location: `http://${other.host}/secret-path` }).end(),
    );
    expect(await post(`http://${host}/`)).toEqual({
      kind: 'blocked',
      problem: `HTTP ${status}: the server redirects to http://${other.host}, and redirects are not followed`,
    });
    expect(other.received).toEqual([]);
  });

  test('follows a redirect that keeps the method to a host in the list, without the login of the first host', async () => {
    const other = await start((response) => response.end('done'));
    const { host } = await start((response) => response.writeHead(307, { location: `http://${other.host}/x` }).end());
    expect(await post(`http://user:password@${host}/`, allow(host, other.host))).toMatchObject({ text: 'done' });
    expect(other.received).toEqual([{ method: 'POST', url: '/x', authorization: undefined, body: '{"a":1}' }]);
  });

  test('follows no redirect to a host outside the list, nor one that changes the method', async () => {
    const other = await start((response) => response.end());
    const location = `http://${other.host}/x`;
    const { host } = await start((response, { url }) => response.writeHead(Number(url?.slice(1)), { location }).end());
    expect(await post(`http://${host}/308`, allow(host))).toEqual({
      kind: 'blocked',
      problem: `host ${other.host} is not in PIPE_ALLOWED_HOSTS`,
    });
    expect(await post(`http://${host}/302`, allow(host, other.host))).toMatchObject({ kind: 'blocked' });
    expect(other.received).toEqual([]);
  });

  test('ends a loop of redirects', async () => {
    const { host, received } = await start((response) => response.writeHead(308, { location: '/again' }).end());
    expect(await post(`http://${host}/`, allow(host))).toMatchObject({ kind: 'blocked' });
    expect(received).toHaveLength(4);
  });

  test('sends nothing to a host outside the list', async () => {
    const { host, received } = await start((response) => response.end());
    expect(await post(`http://${host}/`, allow('hooks.slack.com'))).toEqual({
      kind: 'blocked',
      problem: `host ${host} is not in PIPE_ALLOWED_HOSTS`,
    });
    expect(received).toEqual([]);
  });

  test('sends user and password of a URL as a header', async () => {
    const { host, received } = await start((response) => response.end());
    expect(await post(`http://me:p%40ss@${host}/`)).toMatchObject({ status: 200 });
    expect(received[0]?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('contains no part of the URL in a problem', async () => {
    const outcomes = [
      await post('http://me:password@127.0.0.1:1/hidden?key=hidden'),
      await post('no URL with a password'),
      await post('ftp://me:password@example.com/hidden'),
    ];
    for (const outcome of outcomes) expect(JSON.stringify(outcome)).not.toMatch(/password|hidden/);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'blocked', 'blocked']);
  });

  test('stops reading a body after one megabyte, also of a compressed one', async () => {
    const endless = await start((response) => {
      const chunk = Buffer.alloc(64 * 1024, 'a');
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    });
    const isTruncated = true;
    expect(await post(`http://${endless.host}/`)).toMatchObject({ kind: 'response', status: 200, isTruncated });
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    const compressed = await start((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const outcome = await post(`http://${compressed.host}/`);
    expect(outcome).toMatchObject({ kind: 'response', isTruncated });
    expect(outcome.kind === 'response' ? outcome.text.length : 0).toBe(1024 * 1024);
  });

  test('times out when the body arrives byte by byte', async () => {
    const { host } = await start((response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.once('close', () => clearInterval(drip));
    });
    expect(await post(`http://${host}/`, anyHost, 60)).toEqual({ kind: 'failed', problem: 'timed out' });
  });

  test('fails when the headers of the response are too large', async () => {
    const { host } = await start((response) => response.writeHead(200, { large: 'a'.repeat(1024 * 1024) }).end());
    expect(await post(`http://${host}/`)).toMatchObject({
      kind: 'failed',
      problem: expect.stringMatching(/header/i) as string,
    });
  });
});

describe('parseAllowedHosts', () => {
  test('allows listed hosts, all ports without one, and all names below a domain', () => {
    const hosts = allow('api.kite.trade', 'Marquez:5000', '.slack.com', '[::1]:25', '10.0.0.7');
    const connections: readonly (readonly [string, number, boolean])[] = [
      ['api.kite.trade', 443, true],
      ['API.kite.trade.', 80, true],
      ['evil.api.kite.trade', 443, false],
      ['marquez', 5000, true],
      ['marquez', 5001, false],
      ['hooks.slack.com', 443, true],
      ['slack.com', 443, false],
      ['notslack.com', 443, false],
      ['::1', 25, true],
      ['[::1]', 25, true],
      ['10.0.0.7', 7497, true],
      ['10.0.0.70', 7497, false],
    ];
    for (const [host, port, isAllowed] of connections)
      expect([host, hosts.allows(host, port)]).toEqual([host, isAllowed]);
  });

  test.each(['https://api.kite.trade', 'a/b', '*', 'host:port', 'user@host'])('rejects %s', (entry) => {
    expect(parseAllowedHosts(`localhost, ${entry}`)).toEqual({ ok: false, error: entry });
  });
});

describe('hideUrlSecrets', () => {
  test('hides user, password and query', () => {
    expect(hideUrlSecrets('https://me:password@marquez:5000/api/v1/lineage?key=1')).toBe(
      'https://marquez:5000/api/v1/lineage?…',
    );
    expect(hideUrlSecrets('password')).toBe('an invalid URL');
  });
});
