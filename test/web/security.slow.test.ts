import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { query, send, serveLake, startServer, token } from './served-lake.js';
import type { ServedLake } from './served-lake.js';

let lake: ServedLake;

beforeAll(async () => {
  lake = await serveLake();
});

afterAll(async () => {
  lake.server.kill('SIGTERM');
  await lake.server.result;
});

const json = { 'content-type': 'application/json' };
const bearer = { authorization: `Bearer ${token}` };
const run = '{"pipeline":"small"}';

/** The paths of a page, of its API and of its events. */
const paths = ['/', '/api/v1/status', '/api/v1/events', '/api/v1/query?sql=SELECT+1'];

describe('the server of the page', () => {
  it.each(paths)('answers %s to a foreign Host header with 421', async (path) => {
    for (const host of ['evil.example', 'evil.example:9110', '127.0.0.1.evil.example', 'localhost.evil.example'])
      expect((await send(lake.port, path, { host })).status, host).toBe(421);
  });

  it.each(paths)('answers %s to a page of another origin with 403', async (path) => {
    const foreign = { origin: 'https://evil.example' };
    const crossSite = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    if (path !== '/') expect((await send(lake.port, path, foreign)).status).toBe(403);
    expect((await send(lake.port, path, { ...foreign, ...crossSite })).status).toBe(403);
  });

  it('starts a run only with the token, and only for its own page', async () => {
    const own = { ...json, origin: `http://127.0.0.1:${String(lake.port)}` };
    const cookie = (await send(lake.port, `/?token=${token}`)).headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    const [pair = ''] = cookie.split(';');
    const attempts = [
      [json, 401],
      [own, 401],
      [{ ...json, authorization: 'Bearer another-token-of-16' }, 401],
      [{ ...json, cookie: pair }, 403],
      [{ ...json, cookie: pair, origin: 'http://127.0.0.1:1' }, 403],
      [{ 'content-type': 'text/plain', ...bearer }, 400],
      [{ ...own, cookie: pair, host: 'evil.example' }, 421],
    ] as const;
    for (const [headers, status] of attempts)
      expect((await send(lake.port, '/api/v1/run', headers, run)).status, JSON.stringify(headers)).toBe(status);
    expect((await send(lake.port, '/api/v1/run', { ...json, ...bearer }, run)).status).toBe(202);
  });

  it.each([
    ['no JSON', 'pipeline=small'],
    ['a path instead of a name', '{"pipeline":"../../etc/passwd"}'],
    ['an option as a symbol list', '{"pipeline":"small","symbols":["A,--data=/tmp"]}'],
    ['an unknown key', '{"pipeline":"small","command":"id"}'],
    ['65 kB', `{"pipeline":"${'x'.repeat(65 * 1024)}"}`],
  ])('starts no run for a body that is %s', async (_, body) => {
    const { status, text } = await send(lake.port, '/api/v1/run', { ...json, ...bearer }, body);
    expect([400, 404], text).toContain(status);
  });

  it('has a policy without inline code on every answer, errors too', async () => {
    for (const path of ['/', '/api/v1/status', '/api/v1/nothing', '/nothing', '/assets/nothing']) {
      const { headers } = await send(lake.port, path);
      const policy = String(headers['content-security-policy']);
      expect(policy, path).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    }
  });

  it.each([
    '/../../../../etc/passwd',
    '/assets/../../../../etc/passwd',
    '/assets/..%2f..%2f..%2f..%2fetc%2fpasswd',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/....//....//etc/passwd',
    '/%00',
    '//etc/passwd',
  ])('sends no file for the path %s', async (path) => {
    const { status, text } = await send(lake.port, path);
    expect([400, 404]).toContain(status);
    expect(text).not.toMatch(/root:|"name": "marketlake"/);
  });

  it.each([
    ['an unknown parameter', 'status?x=1', 400],
    ['a parameter twice', 'coverage?dataset=chains&dataset=chains', 400],
    ['a wrong date', 'coverage?from=2026-02-30', 400],
    ['a huge number', 'coverage?rows=99999999999999999999', 400],
    ['a malformed escape', 'coverage?dataset=%E0%A4%A', 400],
    ['the name of a method of objects', 'coverage?constructor=1', 400],
    ['a table that does not exist', 'coverage?dataset=__proto__', 400],
    ['a symbol with SQL', `bars?symbol=${encodeURIComponent("A' OR 1=1 --")}`, 404],
    ['a run id with a path', 'report?run=..%2F..%2Fetc', 404],
    ['a timeline with a path', 'timeline?run=..%2F..', 404],
  ])('answers %s with %s: %i', async (_, path, status) => {
    const received = await send(lake.port, `/api/v1/${path}`);
    expect(received.status, received.text).toBe(status);
    expect(JSON.parse(received.text)).toMatchObject({ error: expect.any(String) as string });
  });

  it('answers a query string of 100 kB with an error of HTTP', async () => {
    const { status } = await send(lake.port, `/api/v1/coverage?dataset=${'x'.repeat(100_000)}`);
    expect([414, 431]).toContain(status);
  });

  it('closes the connection of a client that sends its headers too slowly', async () => {
    const socket = connect(lake.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    await closed;
    expect((await send(lake.port, '/')).status).toBe(200);
  });

  it('answers others while clients read no byte of their results', async () => {
    const path = `/api/v1/query?sql=${encodeURIComponent('FROM range(100000000)')}&limit=1000000`;
    const sockets = Array.from({ length: 6 }, () => {
      const socket = connect(lake.port, '127.0.0.1').pause();
      socket.on('error', () => undefined);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      return socket;
    });
    expect((await send(lake.port, '/api/v1/status')).status).toBe(200);
    // Their statements end by themselves; then their places are free.
    await expect.poll(async () => (await query(lake.port, 'SELECT 1').catch(() => null))?.status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

describe('the SQL box', () => {
  it.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_parquet('https://evil.example/x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "ATTACH '/tmp/other.duckdb'",
    "COPY (SELECT 1) TO '/tmp/written.csv'",
    'CREATE TABLE t AS SELECT 1',
    'DELETE FROM equity_bars',
    'INSTALL httpfs',
    'LOAD httpfs',
    'SET enable_external_access = true',
    'SET lock_configuration = false',
    'PRAGMA database_list',
    "EXPORT DATABASE '/tmp/exported'",
    'WITH x AS (SELECT 1) INSERT INTO equity_bars SELECT * FROM x',
    'SELECT 1; SELECT 2',
    'CALL pragma_version()',
    '/* a comment */ SET threads = 64',
    '',
  ])('refuses %s', async (sql) => {
    const { status, text } = await query(lake.port, sql);
    expect([400, 404], text).toContain(status);
    expect(text).not.toContain('root:');
  });

  it('returns no more rows than its limit', async () => {
    const { text } = await query(lake.port, 'FROM range(1000000)', 'table');
    const { rows, truncated } = JSON.parse(text) as { readonly rows: readonly unknown[]; readonly truncated: boolean };
    expect(rows).toHaveLength(1_000);
    expect(truncated).toBe(true);
  });

  it('ends a statement after 30 seconds', { timeout: 120_000 }, async () => {
    const { status, text } = await query(
      lake.port,
      'SELECT count(*) FROM range(10000000) AS a(x), range(10000000) AS b(y) WHERE x + y = -1',
      'table',
    );
    expect(status, text).toBe(503);
    expect(text).toContain('longer than 30 seconds');
  });
});

describe('a server for reading only', () => {
  it('refuses every action, with the token too', async () => {
    const { server, port } = await startServer(lake.rig, {}, '--read-only');
    expect((await send(port, '/api/v1/run', { ...json, ...bearer }, run)).status).toBe(403);
    expect((await send(port, '/api/v1/doctor', { ...json, ...bearer }, '{"provider":"ib"}')).status).toBe(403);
    expect(JSON.parse((await send(port, '/api/v1/session', bearer)).text)).toMatchObject({ canAct: false });
    server.kill('SIGTERM');
    await server.result;
  });
});

describe('a server on all addresses', () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);

  it('needs the token, the password, or the header of a proxy on this machine', async () => {
    const env = { PIPE_WEB_PASSWORD: 'a secret word', PIPE_WEB_USER_HEADER: 'X-Forwarded-User' };
    const { server, port } = await startServer(lake.rig, env, '--host', '0.0.0.0');
    const basic = (word: string): string => `Basic ${Buffer.from(`ann:${word}`).toString('base64')}`;
    const reads = async (headers: Readonly<Record<string, string>>, host?: string): Promise<number> =>
      (await send(port, '/api/v1/status', headers, null, host)).status;
    expect(await reads({})).toBe(401);
    expect((await send(port, '/')).headers['www-authenticate']).toContain('Basic');
    expect((await send(port, '/api/v1/events')).status).toBe(401);
    expect(await reads({ authorization: basic('another word') })).toBe(401);
    expect(await reads({ authorization: basic('a secret word') })).toBe(200);
    expect(await reads(bearer)).toBe(200);
    expect(await reads({ 'x-forwarded-user': 'ann' })).toBe(200);
    expect(await reads({ host: 'evil.example', ...bearer })).toBe(421);
    // From another address of this machine, as from another machine, the header is not believed.
    if (outside !== undefined) expect(await reads({ 'x-forwarded-user': 'ann' }, outside.address)).toBe(401);
    server.kill('SIGTERM');
    await server.result;
  });

  it('prints its secret nowhere but in the address', async () => {
    const secret = 'a secret word of the page';
    const { server, port } = await startServer(lake.rig, { PIPE_WEB_PASSWORD: secret }, '--host', '0.0.0.0');
    await query(port, secret);
    server.kill('SIGTERM');
    const { stdout, stderr } = await server.result;
    expect(stdout + stderr).not.toContain(secret);
    for (const file of await lake.rig.files('lineage'))
      expect(await readFile(lake.rig.path('lineage', file), 'latin1')).not.toContain(token);
  });
});
