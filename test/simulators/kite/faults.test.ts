import { connect } from 'node:net';
import { request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/config/scenario/scenario.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { afterTime, noon, onConnect, onRequest, startKiteRig, stoppedClock } from './kite-rig.js';
import type { KiteRig } from './kite-rig.js';

const history = '/instruments/historical/408065/minute?from=2026-11-19+09:15:00&to=2026-11-19+10:14:00';

function error(code: string, message: string | null = null, status: number | null = null): Action {
  return { kind: 'error', code, message, status };
}

describe('unknown routes', () => {
  it('returns 404 for unknown paths and 405 for wrong methods, as JSON', async () => {
    const rig = await startKiteRig();
    for (const path of [
      '/',
      '/nothing',
      '/quotes',
      '/instruments/historical/1',
      '/user',
      '//',
      '/%00',
      '/quote/ltp/x',
    ]) {
      const { status, body } = await rig.json(path);
      expect([status, body.error_type, body.data], path).toEqual([404, 'GeneralException', null]);
    }
    for (const [method, path] of [
      ['POST', '/quote'],
      ['DELETE', '/user/profile'],
      ['PUT', '/instruments'],
      ['PATCH', '/session/token'],
      ['GET', '/session/token'],
      ['PATCH', '/orders/regular'],
    ] as const) {
      const answer = await rig.json(path, { method });
      expect([answer.status, answer.body.error_type], `${method} ${path}`).toEqual([405, 'GeneralException']);
    }
  });
});

describe('rate limits', () => {
  it.each([
    ['quote', ['/quote?i=NSE:INFY', '/quote/ohlc?i=NSE:INFY', '/quote/ltp?i=NSE:INFY'], 1],
    ['historical', [history], 3],
    ['orders', ['/charges/orders'], 10],
    ['other', ['/orders', '/user/profile', '/user/margins', '/portfolio/holdings'], 10],
  ] as const)('reject %s requests over the limit in any second with 429', async (rateClass, paths, limit) => {
    const clock = stoppedClock(50_000);
    const rig = await startKiteRig([], { clock, pacing: 'strict' });
    const ask = async (number: number): Promise<number> => (await rig.get(paths[number % paths.length] ?? '')).status;
    for (let number = 0; number < limit; number++) expect(await ask(number)).not.toBe(429);
    clock.set(50_999);
    expect(await rig.json(paths[0])).toEqual({
      status: 429,
      body: { status: 'error', message: 'Too many requests', data: null, error_type: 'NetworkException' },
    });
    expect(await ask(1)).toBe(429);
    clock.set(51_000);
    for (let number = 0; number < limit; number++) expect(await ask(number)).not.toBe(429);
    expect(await ask(0)).toBe(429);
    expect(rig.statistics().rateLimited).toEqual({ [rateClass]: 3 });
    expect(rig.events.filter(({ kind }) => kind === 'violation').length).toBe(3);
  });

  it('count violations without rejecting when pacing is off, and are separate per API key', async () => {
    const clock = stoppedClock(50_000);
    const lenient = await startKiteRig([], { clock, pacing: 'off' });
    for (let count = 0; count < 3; count++) expect((await lenient.get('/quote/ltp?i=NSE:INFY')).status).toBe(200);
    expect(lenient.statistics().rateLimited).toEqual({ quote: 2 });
    const strict = await startKiteRig([], { clock, pacing: 'strict' });
    expect((await strict.get('/quote/ltp?i=NSE:INFY')).status).toBe(200);
    const other = { headers: { Authorization: 'token other:token' } };
    expect((await strict.get('/quote/ltp?i=NSE:INFY', other)).status).toBe(403);
  });
});

describe('the Kite simulator with a scenario', () => {
  it.each([
    ['TokenException', 403],
    ['PermissionException', 403],
    ['UserException', 403],
    ['OrderException', 400],
    ['InputException', 400],
    ['MarginException', 400],
    ['HoldingException', 400],
    ['NetworkException', 503],
    ['DataException', 502],
    ['GeneralException', 500],
  ])('answers with a %s, with the default or the scenario message and status', async (name, status) => {
    const rig = await startKiteRig([
      onRequest('profile', error(name), { times: 1 }),
      onRequest('profile', error(name, 'Scenario message', 418), { skip: 1, times: 1 }),
    ]);
    const usual = await rig.json('/user/profile');
    expect(usual).toMatchObject({ status, body: { status: 'error', data: null, error_type: name } });
    expect(usual.body.message).not.toBe('');
    expect(await rig.json('/user/profile')).toEqual({
      status: 418,
      body: { status: 'error', data: null, error_type: name, message: 'Scenario message' },
    });
    expect((await rig.json('/user/profile')).status).toBe(200);
  });

  it.each([
    ['429', 429, 'NetworkException'],
    ['403', 403, 'TokenException'],
    ['500', 500, 'GeneralException'],
    ['504', 504, 'NetworkException'],
    ['410', 410, 'GeneralException'],
  ])('answers an error code of %s with the matching status and type', async (code, status, type) => {
    const rig = await startKiteRig([onRequest('ltp', error(code))]);
    expect(await rig.json('/quote/ltp?i=NSE:INFY')).toMatchObject({ status, body: { error_type: type } });
  });

  it('answers empty lists, and truncates lists to half', async () => {
    const empty = await startKiteRig([onRequest(null, { kind: 'empty' })]);
    expect((await empty.json(history)).body).toEqual({ status: 'success', data: { candles: [] } });
    expect((await empty.json('/quote?i=NSE:INFY')).body).toEqual({ status: 'success', data: {} });
    expect((await (await empty.get('/instruments')).text()).split('\n').length).toBe(2);
    const half = await startKiteRig([onRequest(null, { kind: 'truncate', keepFraction: 0.5 })]);
    const { candles } = (await half.json(history)).body.data as { candles: [string][] };
    expect([candles.length, candles[0]?.[0]]).toEqual([30, '2026-11-19T09:15:00+0530']);
    expect(Object.keys((await half.json('/quote/ltp?i=NSE:INFY&i=NSE:TCS')).body.data)).toEqual(['NSE:INFY']);
  });

  it('hides unknown instruments, alone and among others', async () => {
    const rig = await startKiteRig([
      onRequest(null, { kind: 'unknown' }, { symbols: ['TCS'] }),
      onRequest('quote', error('DataException'), { symbols: ['SBIN'] }),
    ]);
    expect((await rig.json('/quote/ltp?i=NSE:TCS')).body.data).toEqual({});
    const two = (await rig.json('/quote/ltp?i=NSE:TCS&i=NSE:INFY')).body.data;
    expect(Object.keys(two)).toEqual(['NSE:INFY']);
    expect((await rig.json(history.replace('408065', '2953217'))).body.message).toBe('invalid token');
    expect((await rig.json('/quote?i=NSE:INFY&i=NSE:SBIN')).body.error_type).toBe('DataException');
    expect((await rig.json('/quote?i=NSE:INFY&i=NSE:ITC')).status).toBe(200);
  });

  it('counts a request for three instruments as one match', async () => {
    const rig = await startKiteRig([onRequest('ltp', error('GeneralException'), { skip: 1, times: 1 })]);
    const ask = async (): Promise<number> => (await rig.json('/quote/ltp?i=NSE:TCS&i=NSE:INFY&i=NSE:ITC')).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 500, 200]);
  });

  it('applies a rule only to its symbols and bar sizes', async () => {
    const rig = await startKiteRig([
      onRequest('historical', error('DataException'), { symbols: ['NIFTY'], barSizes: ['1 day'] }),
    ]);
    const path = (token: number, interval: string): string =>
      `/instruments/historical/${token}/${interval}?from=2026-11-18&to=2026-11-19`;
    expect((await rig.json(path(256265, 'day'))).status).toBe(502);
    expect((await rig.json(path(256265, 'minute'))).status).toBe(200);
    expect((await rig.json(path(408065, 'day'))).status).toBe(200);
  });

  it('delays an answer, never answers, or leaves the connection half open', async () => {
    const rig = await startKiteRig([
      onRequest('profile', { kind: 'delay', duration: 300 }),
      onRequest('margins', { kind: 'no-response' }),
      onRequest('quote', { kind: 'half-open' }),
    ]);
    const begun = Date.now();
    expect((await rig.get('/user/profile')).status).toBe(200);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(299);
    for (const path of ['/user/margins', '/quote?i=NSE:INFY']) {
      await expect(rig.get(path, { signal: AbortSignal.timeout(400) })).rejects.toThrow('timeout');
    }
  });

  it('answers garbage with status 502 and with status 200', async () => {
    const rig = await startKiteRig([onRequest('historical', { kind: 'garbage' })]);
    const answers = [await rig.get(history), await rig.get(history)];
    expect(answers.map(({ status }) => status)).toEqual([502, 200]);
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(await answer.text()).toContain('Bad Gateway');
    }
  });

  it('closes the connection before an answer, and in the middle of one', async () => {
    const rig = await startKiteRig([
      onRequest('profile', { kind: 'drop', midMessage: false }),
      onRequest('historical', { kind: 'drop', midMessage: true }),
    ]);
    const [code, received] = await rawGet(rig, '/user/profile');
    expect([code, received]).toEqual(['ECONNRESET', 0]);
    const [, halfReceived, announced] = await rawGet(rig, history);
    expect(halfReceived).toBeGreaterThan(0);
    expect(halfReceived).toBeLessThan(announced);
  });

  it('refuses a connection, accepts one slowly, and answers the first request on one with an error', async () => {
    const rig = await startKiteRig([
      onConnect({ kind: 'refuse' }, { times: 1 }),
      onConnect({ kind: 'slow-accept', duration: 300 }, { skip: 1, times: 1 }),
      onConnect(error('NetworkException'), { skip: 2, times: 1 }),
    ]);
    expect((await rawGet(rig, '/user/profile'))[0]).toBe('ECONNRESET');
    const begun = Date.now();
    expect((await rawGet(rig, '/user/profile'))[3]).toBe(200);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(299);
    expect((await rawGet(rig, '/user/profile'))[3]).toBe(503);
    expect((await rawGet(rig, '/user/profile'))[3]).toBe(200);
    expect(rig.statistics()).toMatchObject({ connections: 4, actions: { refuse: 1, 'slow-accept': 1, error: 1 } });
  });

  it('refuses connections during a restart and accepts them afterwards', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const rig = await startKiteRig([onRequest('margins', { kind: 'restart', duration: 400 }, { times: 1 })], { clock });
    expect((await rig.get('/user/profile')).status).toBe(200);
    await expect(rig.get('/user/margins')).rejects.toThrow();
    await expect(rig.get('/user/profile')).rejects.toThrow();
    await clock.advanceBy(400);
    await expect.poll(async () => (await rig.get('/user/margins')).status).toBe(200);
  });

  it('ends all logins until the client logs in again', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const rig = await startKiteRig(
      [onRequest('quote', { kind: 'logged-out' }, { times: 1 }), afterTime(700, { kind: 'logged-out' })],
      { clock },
    );
    expect((await rig.json('/quote?i=NSE:INFY')).body.error_type).toBe('TokenException');
    expect((await rig.json('/user/profile')).status).toBe(403);
    await rig.login();
    expect((await rig.json('/user/profile')).status).toBe(200);
    await clock.advanceBy(700);
    expect((await rig.json('/user/profile')).status).toBe(403);
  });

  it('emits and counts requests, actions and rejections', async () => {
    const rig = await startKiteRig([onRequest('profile', error('UserException'))]);
    await rig.get('/user/profile');
    expect(rig.events.map(({ kind }) => kind)).toEqual(['connected', 'request', 'action', 'rejected']);
    expect(rig.statistics()).toMatchObject({
      requests: { profile: 1 },
      rejected: { UserException: 1 },
      actions: { error: 1 },
    });
  });
});

describe('unusual clients', () => {
  it('get answers over HTTP/1.1 when they offer HTTP/2', async () => {
    const rig = await startKiteRig();
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
    const answer = await rawSend(rig, `GET /connect/login?api_key=testkey HTTP/1.1\r\nHost: x\r\n${offer}\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    const body = 'api_key=testkey&request_token=x&checksum=y';
    const posted = await rawSend(
      rig,
      `POST /session/token HTTP/1.1\r\nHost: x\r\n${offer}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(posted).toContain('Token is invalid or has expired.');
  });

  it('cannot crash the simulator with arbitrary HTTP requests', async () => {
    const rig = await startKiteRig();
    const path = fc.oneof(
      fc.string(),
      fc.stringMatching(/^(\/([\w.~!$&'()*+,;=:@-]|%[0-9A-F]{2}){0,6}){1,4}$/),
      fc.constantFrom(
        '/quote?i=',
        '/quote?i=%',
        '/quote/ltp?i=99999999999999999999',
        '/instruments/historical/0/day?from=2026-02-30&to=',
        '/instruments/historical/-1/__proto__?from=2026-01-01&to=2026-01-02',
        '/instruments/constructor',
        '/user/margins/toString',
        '/connect/login?api_key=testkey&redirect_url=%3A%3A&redirect_params=%00',
        '/session/token?access_token=__proto__',
      ),
    );
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'BREW');
    const headers = fc.constantFrom(
      '',
      'Authorization: token\r\n',
      'Authorization: token testkey:testtoken\r\n',
      'Accept-Encoding: gzip;q=0, *;q=\r\n',
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n',
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
    );
    await fc.assert(
      fc.asyncProperty(method, path, headers, fc.uint8Array({ maxLength: 60 }), async (verb, target, lines, body) => {
        const head = `${verb} ${target.replaceAll(/[\r\n]/g, '')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`;
        await rawSend(rig, Buffer.concat([Buffer.from(head), body]), 30);
      }),
      { numRuns: 150 },
    );
    expect((await rig.get('/user/profile')).status).toBe(200);
  });

  it('cannot crash the simulator with arbitrary bytes on a ticker', async () => {
    const rig = await startKiteRig();
    const upgrade =
      'GET /?api_key=testkey&access_token=testtoken HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 80 }), async (bytes) => {
        await rawSend(rig, Buffer.concat([Buffer.from(upgrade), bytes]), 30);
      }),
      { numRuns: 60 },
    );
    expect((await rig.get('/user/profile')).status).toBe(200);
  });
});

/** Returns the error code, the bytes of the body received and announced, and the status. */
function rawGet(rig: KiteRig, path: string): Promise<readonly [string, number, number, number]> {
  return new Promise((resolve) => {
    const headers = { Authorization: 'token testkey:testtoken' };
    const asked = request(rig.baseUrl + path, { headers, agent: false }, (response) => {
      let received = 0;
      const announced = Number(response.headers['content-length']);
      response.on('data', (part: Buffer) => (received += part.length));
      response.on('error', ({ message }) => resolve([message, received, announced, response.statusCode ?? 0]));
      response.on('end', () => resolve(['', received, announced, response.statusCode ?? 0]));
    });
    asked.on('error', ({ code }: NodeJS.ErrnoException) => resolve([code ?? '', 0, 0, 0]));
    asked.end();
  });
}

/** Sends bytes and returns the response, until the connection is idle or closed. */
function rawSend(rig: KiteRig, bytes: string | Buffer, quiet = 1_000): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(rig.port, '127.0.0.1', () => void socket.write(bytes));
    const done = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(quiet, done);
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('close', done);
    socket.on('error', done);
  });
}

it('rejects with EADDRINUSE when the port is in use', async () => {
  const rig = await startKiteRig();
  await expect(startKiteRig([], { port: rig.port, at: noon })).rejects.toThrow('EADDRINUSE');
});
