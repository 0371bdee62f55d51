import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { ok } from '../../../../src/core/result.js';
import { exchangeRequestToken, loginUrl, parseRequestToken } from '../../../../src/providers/kite/auth/login.js';
import { awaitRedirect } from '../../../../src/providers/kite/auth/login-redirect.js';
import { createProvider, secrets, startSimulation } from '../simulated-kite.js';

const never = new AbortController().signal;

test('the login URL is that of Kite, or that of a simulator with the redirect URL', () => {
  const redirectUrl = 'http://127.0.0.1:5000/';
  expect(loginUrl({ baseUrl: 'https://api.kite.trade/', apiKey: 'a b' }, redirectUrl)).toBe(
    'https://kite.zerodha.com/connect/login?v=3&api_key=a+b',
  );
  expect(loginUrl({ baseUrl: 'http://127.0.0.1:8899', apiKey: 'key' }, redirectUrl)).toBe(
    'http://127.0.0.1:8899/connect/login?v=3&api_key=key&redirect_url=http%3A%2F%2F127.0.0.1%3A5000%2F',
  );
});

test.each([
  ['abcDEF123', 'abcDEF123'],
  [' abcDEF123\n', 'abcDEF123'],
  ['https://example.com/?action=login&request_token=abcDEF123&status=success', 'abcDEF123'],
  ['https://example.com/?status=success', null],
  ['abc', null],
  ['not a token', null],
])('parseRequestToken of %j returns %j', (text, token) => {
  expect(parseRequestToken(text)).toBe(token);
});

test('a login in a browser returns an access token once per request token', async () => {
  const simulation = await startSimulation();
  onTestFinished(() => simulation.stop());
  const { baseUrl, clock } = simulation;
  const app = { baseUrl, apiKey: secrets.apiKey, apiSecret: secrets.apiSecret };

  let port = 0;
  const waiting = awaitRedirect({ port: 0, signal: never, onListening: (found) => (port = found) });
  await expect.poll(() => port).toBeGreaterThan(0);
  expect((await fetch(`http://127.0.0.1:${port}/favicon.ico`)).status).toBe(404);
  const response = await fetch(loginUrl(app, `http://127.0.0.1:${port}/`), { method: 'POST' });
  expect(await response.text()).toMatch(/Logged in/);
  const received = await waiting;
  if (!received.ok) expect.fail(received.error.message);
  const requestToken = received.value;
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();

  const token = await exchangeRequestToken(app, requestToken, clock.now(), never);
  if (!token.ok) expect.fail(token.error.message);
  expect(token.value).toMatchObject({ baseUrl, apiKey: secrets.apiKey });
  const provider = createProvider(simulation, { accessToken: token.value.accessToken });
  expect(await provider.open(never)).toEqual(ok(undefined));
  await provider.close();

  const again = await exchangeRequestToken(app, requestToken, clock.now(), never);
  expect(again).toMatchObject({
    ok: false,
    error: { message: 'Kite TokenException: Token is invalid or has expired.' },
  });
  const wrongSecret = await exchangeRequestToken({ ...app, apiSecret: 'wrong' }, requestToken, clock.now(), never);
  expect(wrongSecret).toMatchObject({
    ok: false,
    error: { hint: expect.stringContaining('KITE_API_SECRET') as string },
  });
});

test('a rejected login is reported', async () => {
  let port = 0;
  const waiting = awaitRedirect({ port: 0, signal: never, onListening: (found) => (port = found) });
  await expect.poll(() => port).toBeGreaterThan(0);
  expect((await fetch(`http://127.0.0.1:${port}/?request_token=abcdef`, { method: 'POST' })).status).toBe(405);
  await fetch(`http://127.0.0.1:${port}/?status=error&request_token=abcdef`);
  expect(await waiting).toMatchObject({ ok: false, error: { kind: 'rejected' } });
});

test('waiting is cancelled by its signal, and a port in use is reported', async () => {
  const controller = new AbortController();
  const waiting = awaitRedirect({ port: 0, signal: controller.signal, onListening: () => controller.abort() });
  expect(await waiting).toMatchObject({ ok: false, error: { kind: 'cancelled' } });

  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => other.close(() => resolve())));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await awaitRedirect({ port, signal: never, onListening: () => undefined })).toMatchObject({
    ok: false,
    error: { kind: 'port' },
  });
});
