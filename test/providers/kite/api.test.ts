import { describe, expect, it, test } from 'vitest';
import { openKiteApi } from '../../../src/providers/kite/api.js';
import type { KiteResponse } from '../../../src/providers/kite/api.js';
import { startFakeKite, sendData, sendError } from './fake-kite.js';
import type { FakeKite } from './fake-kite.js';

const never = new AbortController().signal;
const call = { signal: never, onSent: () => undefined };
const credentials = { apiKey: 'keykeykey', apiSecret: 'secretsecret', accessToken: 'tokentoken' };
const candleRequest = {
  token: 1,
  interval: 'day',
  from: '2026-11-17 00:00:00',
  to: '2026-11-17 23:59:59',
  openInterest: false,
} as const;

function createApi(server: FakeKite) {
  return openKiteApi({ ...credentials, baseUrl: server.baseUrl });
}

function getError(response: KiteResponse) {
  if (response.ok) expect.fail(`expected an error, got ${JSON.stringify(response.value)}`);
  return response.error;
}

describe('errors of Kite', () => {
  it('have the type, message and status of the response', async () => {
    const server = await startFakeKite((_, response) =>
      sendError(response, 429, 'NetworkException', 'Too many requests'),
    );
    const api = createApi(server);
    const expected = { ok: false, error: { type: 'NetworkException', status: 429, message: 'Too many requests' } };
    expect(await api.profile(never)).toEqual(expected);
    expect(await api.quotes(['NSE:INFY'], call)).toEqual(expected);
    expect(await api.candles(candleRequest, call)).toEqual(expected);
    expect(await api.instruments(never)).toEqual(expected);
    expect(await api.createSession('request', 'secret', never)).toEqual(expected);
    api.close();
  });

  it('are recognized in a response with status 200', async () => {
    const server = await startFakeKite((_, response) => sendError(response, 200, 'TokenException', 'no'));
    const api = createApi(server);
    expect(getError(await api.profile(never))).toEqual({ type: 'TokenException', status: 200, message: 'no' });
    expect(getError(await api.candles(candleRequest, call)).status).toBe(200);
    api.close();
  });

  it('are absent for a response without data, which the adapter judges', async () => {
    const server = await startFakeKite((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"status":"success"}');
    });
    const api = createApi(server);
    expect(await api.candles(candleRequest, call)).toEqual({ ok: true, value: undefined });
    api.close();
  });

  it.each([200, 502])('have the status of an HTML page with status %i', async (status) => {
    const server = await startFakeKite((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' });
      response.end('<html>Bad gateway</html>');
    });
    const api = createApi(server);
    for (const answer of [
      await api.profile(never),
      await api.quotes(['NSE:INFY'], call),
      await api.candles(candleRequest, call),
      await api.instruments(never),
    ])
      expect(getError(answer).status).toBe(status);
    api.close();
  });

  it('are returned for a truncated response and a closed connection', async () => {
    const server = await startFakeKite((_, response, url) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"status":"success","data":{"a":');
      if (url.pathname === '/quote') setTimeout(() => response.destroy(), 20);
      else response.end('');
    });
    const api = createApi(server);
    expect(getError(await api.quotes(['NSE:INFY'], call)).message).not.toBe('');
    expect(getError(await api.profile(AbortSignal.timeout(500))).message).not.toBe('');
    api.close();
  });

  it('report a refused connection', async () => {
    const api = openKiteApi({ ...credentials, baseUrl: 'http://127.0.0.1:1' });
    expect(getError(await api.profile(never))).toEqual({
      type: 'NetworkException',
      status: null,
      message: 'No response from server with error code: ECONNREFUSED',
    });
    api.close();
  });
});

test('the list of instruments is returned as text, with and without a charset', async () => {
  for (const type of ['text/csv', 'text/csv; charset=utf-8']) {
    const server = await startFakeKite((_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end('a,b\n1,2\n');
    });
    const api = createApi(server);
    expect(await api.instruments(never)).toEqual({ ok: true, value: 'a,b\n1,2\n' });
    api.close();
  }
});

test('a request for quotes sends the token and every key', async () => {
  const server = await startFakeKite((request, response) => {
    expect(request.headers.authorization).toBe('token keykeykey:tokentoken');
    expect(request.headers['x-kite-version']).toBe('3');
    sendData(response, { 'NSE:M&M': { last_price: 1 } });
  });
  const api = createApi(server);
  await api.quotes(['NSE:M&M', 'NSE:NIFTY 50'], call);
  expect(server.requestedUrls).toEqual(['/quote?i=NSE%3AM%26M&i=NSE%3ANIFTY+50']);
  api.close();
});

test('a call reports once when its bytes have left, before its response', async () => {
  const order: string[] = [];
  const server = await startFakeKite((_, response) => {
    order.push('arrived');
    sendData(response, {});
  });
  const api = createApi(server);
  for (let count = 0; count < 2; count++)
    await api.quotes(['NSE:INFY'], { signal: never, onSent: () => order.push('sent') });
  expect(order.toSorted()).toEqual(['arrived', 'arrived', 'sent', 'sent']);
  api.close();
  order.length = 0;
  const refused = openKiteApi({ ...credentials, baseUrl: 'http://127.0.0.1:1' });
  await refused.quotes(['NSE:INFY'], { signal: never, onSent: () => order.push('sent') });
  expect(order).toEqual([]);
  refused.close();
});

test('an aborted request ends at once, and close leaves no connection', async () => {
  const server = await startFakeKite((_, response, url) => {
    if (url.pathname === '/quote') sendData(response, {});
  });
  const api = createApi(server);
  expect(await api.quotes(['NSE:INFY'], call)).toEqual({ ok: true, value: {} });
  const controller = new AbortController();
  const answer = api.profile(controller.signal);
  setTimeout(() => controller.abort(), 30);
  expect((await answer).ok).toBe(false);
  expect(await api.profile(AbortSignal.abort())).toMatchObject({ ok: false });
  api.close();
  await expect.poll(() => server.connections()).toBe(0);
});
