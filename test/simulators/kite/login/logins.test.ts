import { describe, expect, it } from 'vitest';
import { nextLoginExpiry } from '../../../../src/simulators/kite/login/logins.js';
import { apiKey, checksum, form, noon, startKiteRig, stoppedClock } from '../kite-rig.js';
import type { KiteRig } from '../kite-rig.js';

const loginPath = `/connect/login?v=3&api_key=${apiKey}`;

async function requestToken(rig: KiteRig): Promise<string> {
  const response = await rig.get(`${loginPath}&redirect_url=${encodeURIComponent('https://app.test/back?x=1')}`, {
    method: 'POST',
    redirect: 'manual',
  });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '').searchParams.get('request_token') ?? '';
}

function exchange(rig: KiteRig, token: string, more: Readonly<Record<string, string>> = {}) {
  return rig.json(
    '/session/token',
    form({ api_key: apiKey, request_token: token, checksum: checksum(token), ...more }),
  );
}

describe('a login', () => {
  it('redirects the browser to the application with a request token', async () => {
    const rig = await startKiteRig([], { redirectUrl: 'https://app.test/configured' });
    const page = await rig.get(loginPath, { headers: {} });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toMatch(/<form method="post" action="\/connect\/login\?v=3&amp;api_key=testkey">/);
    const sent = await rig.get(`${loginPath}&redirect_params=${encodeURIComponent('some=X&more=Y')}`, {
      method: 'POST',
      redirect: 'manual',
    });
    const location = new URL(sent.headers.get('location') ?? '');
    expect(location.origin + location.pathname).toBe('https://app.test/configured');
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      action: 'login',
      status: 'success',
      some: 'X',
      more: 'Y',
      request_token: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
    });
  });

  it('keeps the query of the redirect address, and shows the token if there is no address', async () => {
    const rig = await startKiteRig();
    const sent = await rig.get(`${loginPath}&redirect_url=${encodeURIComponent('http://localhost:9/back?x=1')}`, {
      method: 'POST',
      redirect: 'manual',
    });
    expect(new URL(sent.headers.get('location') ?? '').searchParams.get('x')).toBe('1');
    const shown = await (await rig.get(`${loginPath}&redirect_url=javascript:alert(1)`, { method: 'POST' })).text();
    const token = /<code>(\w{32})<\/code>/.exec(shown)?.[1] ?? '';
    expect((await exchange(rig, token)).status).toBe(200);
  });

  it('exchanges a request token once for the documented session', async () => {
    const rig = await startKiteRig();
    const token = await requestToken(rig);
    const { status, body } = await exchange(rig, token);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      user_id: 'SIM001',
      user_type: 'individual',
      broker: 'ZERODHA',
      api_key: apiKey,
      refresh_token: '',
      login_time: expect.stringMatching(/^2026-11-20 12:0\d:\d\d$/) as string,
      exchanges: expect.arrayContaining(['NSE', 'NFO', 'BFO']) as string[],
      products: expect.arrayContaining(['CNC', 'NRML', 'MIS']) as string[],
      order_types: ['MARKET', 'LIMIT', 'SL', 'SL-M'],
      meta: { demat_consent: 'physical' },
    });
    for (const name of ['access_token', 'public_token', 'enctoken']) {
      expect((body.data as Record<string, string>)[name]).toMatch(/^[A-Za-z0-9]{32}$/);
    }
    const again = await exchange(rig, token);
    expect(again).toEqual({
      status: 403,
      body: {
        status: 'error',
        message: 'Token is invalid or has expired.',
        data: null,
        error_type: 'TokenException',
      },
    });
  });

  it('rejects a wrong key, a wrong checksum, an expired request token and an incomplete form', async () => {
    const clock = stoppedClock(1_000_000);
    const rig = await startKiteRig([], { clock });
    const token = await requestToken(rig);
    expect(await exchange(rig, token, { api_key: 'other' })).toMatchObject({
      status: 403,
      body: { error_type: 'TokenException', message: 'Invalid `api_key`.' },
    });
    expect(await exchange(rig, token, { checksum: checksum('other') })).toMatchObject({
      status: 403,
      body: { error_type: 'TokenException', message: 'Invalid `checksum`.' },
    });
    expect(await exchange(rig, token, { checksum: '' })).toMatchObject({
      status: 400,
      body: { error_type: 'InputException', message: 'Missing `checksum`.' },
    });
    clock.set(clock.now() + 3 * 60_000);
    expect((await exchange(rig, token)).status).toBe(403);
    expect((await rig.get('/connect/login?v=3&api_key=other', { headers: {} })).status).toBe(400);
  });

  it('expires at 06:00 market time, not before', async () => {
    const rig = await startKiteRig();
    const { body } = await exchange(rig, await requestToken(rig));
    const headers = { Authorization: `token ${apiKey}:${(body.data as { access_token: string }).access_token}` };
    rig.setMarketTime(Date.parse('2026-11-21T05:59:50+05:30'));
    expect((await rig.get('/user/profile', { headers })).status).toBe(200);
    rig.setMarketTime(Date.parse('2026-11-21T06:00:00+05:30'));
    expect(await rig.json('/user/profile', { headers })).toEqual({
      status: 403,
      body: {
        status: 'error',
        message: 'Incorrect `api_key` or `access_token`.',
        data: null,
        error_type: 'TokenException',
      },
    });
    expect((await rig.get('/user/profile')).status).toBe(403);
    expect(nextLoginExpiry(Date.parse('2026-11-21T05:00:00+05:30'))).toBe(Date.parse('2026-11-21T06:00:00+05:30'));
    expect(nextLoginExpiry(noon)).toBe(Date.parse('2026-11-21T06:00:00+05:30'));
  });

  it('ends when the client deletes the session', async () => {
    const rig = await startKiteRig();
    const path = `/session/token?api_key=${apiKey}&access_token=testtoken`;
    expect(await rig.json(path, { method: 'DELETE' })).toEqual({
      status: 200,
      body: { status: 'success', data: true },
    });
    expect((await rig.get('/user/profile')).status).toBe(403);
    expect((await rig.json(path, { method: 'DELETE' })).body.error_type).toBe('TokenException');
  });

  it('cannot be renewed with a refresh token', async () => {
    const rig = await startKiteRig();
    const fields = { api_key: apiKey, refresh_token: 'x', checksum: checksum('x') };
    expect(await rig.json('/session/refresh_token', form(fields))).toMatchObject({
      status: 403,
      body: { error_type: 'TokenException' },
    });
  });

  it('is required for every route but the dump, in the documented header format', async () => {
    const rig = await startKiteRig();
    const wrong = [
      undefined,
      'testkey:testtoken',
      'Bearer testtoken',
      'token testkey',
      'token testkey:other',
      'token other:testtoken',
    ];
    for (const path of ['/user/profile', '/user/margins', '/quote?i=NSE:INFY', '/portfolio/holdings', '/orders']) {
      for (const authorization of wrong) {
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const answer = await rig.json(path, { headers });
        expect(answer.status, `${path} ${String(authorization)}`).toBe(403);
        expect(answer.body.error_type).toBe('TokenException');
      }
    }
    expect((await rig.get('/instruments/MCX', { headers: {} })).status).toBe(200);
    expect((await rig.get('/instruments/MCX', { headers: { Authorization: 'token a:b' } })).status).toBe(403);
  });
});

describe('the simulated account', () => {
  it('returns a profile and margins', async () => {
    const rig = await startKiteRig();
    expect((await rig.json('/user/profile')).body.data).toMatchObject({ user_id: 'SIM001', broker: 'ZERODHA' });
    expect(Object.keys((await rig.json('/user/margins')).body.data)).toEqual(['equity', 'commodity']);
    expect((await rig.json('/user/margins/equity')).body.data).toMatchObject({
      enabled: true,
      available: { cash: 1_000_000 },
    });
    expect(await rig.json('/user/margins/nothing')).toMatchObject({
      status: 400,
      body: { error_type: 'InputException' },
    });
  });

  it('has a full profile, as the Go client reads it', async () => {
    const { body } = await (await startKiteRig()).json('/user/profile/full');
    expect(body.data).toMatchObject({
      user_id: 'SIM001',
      twofa_type: 'totp',
      phone: '*0000',
      bank_accounts: [{ name: 'SIMULATED BANK', branch: '', account: '*0000' }],
      dp_ids: ['0000000000000000'],
      pan: '*000S',
      tags: [],
      password_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      twofa_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      meta: { poa: 'physical', silo: '', account_blocks: [] },
    });
  });

  it.each([
    ['/orders', []],
    ['/trades', []],
    ['/alerts', []],
    ['/gtt/triggers', []],
    ['/portfolio/holdings', []],
    ['/portfolio/holdings/auctions', []],
    ['/portfolio/positions', { net: [], day: [] }],
    ['/mf/orders', []],
    ['/mf/sips', []],
    ['/mf/holdings', []],
    ['/mf/allotments', []],
  ])('has nothing at %s', async (path, data) => {
    expect(await (await startKiteRig()).json(path)).toMatchObject({ status: 200, body: { status: 'success', data } });
  });

  it.each([
    ['/orders/260101000000001', 'order_id'],
    ['/orders/260101000000001/trades', 'order_id'],
    ['/gtt/triggers/1', 'trigger_id'],
    ['/mf/orders/1', 'order_id'],
    ['/mf/sips/1', 'sip_id'],
    ['/alerts/1', 'uuid'],
  ])('does not know %s', async (path, field) => {
    expect(await (await startKiteRig()).json(path)).toMatchObject({
      status: 404,
      body: { error_type: 'GeneralException', message: `Couldn't find that \`${field}\`.` },
    });
  });

  it('rejects orders', async () => {
    const rig = await startKiteRig();
    for (const [method, path] of [
      ['POST', '/orders/regular'],
      ['PUT', '/orders/regular/1'],
      ['DELETE', '/orders/regular/1'],
      ['DELETE', '/gtt/triggers/1'],
      ['PUT', '/mf/sips/1'],
      ['POST', '/gtt/triggers'],
      ['PUT', '/portfolio/positions'],
      ['POST', '/margins/orders'],
    ] as const) {
      const answer = await rig.json(path, { method, headers: { Authorization: 'token testkey:testtoken' } });
      expect(answer, `${method} ${path}`).toMatchObject({
        status: 400,
        body: { error_type: 'OrderException', data: null },
      });
    }
  });
});
