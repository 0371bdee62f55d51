import { describe, expect, it } from 'vitest';
import { isLoopback, refuseAction, refuseReading } from '../../../src/web/server/access.js';
import type { AccessRules } from '../../../src/web/server/access.js';
import { parseRunRequest } from '../../../src/web/server/actions.js';

const local: AccessRules = {
  token: 'a-token-of-the-test',
  isReadOnly: false,
  protectsReading: false,
  password: 'secret word',
  userHeader: 'x-user',
  cookieName: 'pipe_test',
};

function caller(headers: Readonly<Record<string, string>>, remoteAddress = '127.0.0.1') {
  return { header: (name: string) => ({ host: '127.0.0.1:9110', ...headers })[name], remoteAddress };
}

const cookie = { cookie: 'other=1; pipe_test=a-token-of-the-test' };
const page = { origin: 'http://127.0.0.1:9110', 'sec-fetch-site': 'same-origin' };

describe('an action', () => {
  it.each([
    ['the cookie and the origin of the page', { ...cookie, ...page }],
    ['the token in a header', { authorization: 'Bearer a-token-of-the-test' }],
    ['the password and the origin of the page', { ...page, authorization: `Basic ${btoa('any:secret word')}` }],
    ['the header of a proxy and the origin of the page', { ...page, 'x-user': 'ann' }],
  ])('is allowed with %s', (_, headers) => {
    expect(refuseAction(caller(headers), local)).toBeNull();
  });

  it.each([
    ['without anything', {}, 401],
    ['with a wrong token', { authorization: 'Bearer another-token' }, 401],
    ['with a cookie of another name', { cookie: 'pipe=a-token-of-the-test', ...page }, 401],
    ['of a page on another port', { ...cookie, origin: 'http://127.0.0.1:8000', 'sec-fetch-site': 'same-site' }, 403],
    ['of another site', { ...cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['with the cookie and no origin', cookie, 403],
  ])('is refused %s', (_, headers, status) => {
    expect(refuseAction(caller(headers), local)?.status).toBe(status);
  });

  it('is refused by a read-only server, whatever it brings', () => {
    expect(
      refuseAction(caller({ authorization: 'Bearer a-token-of-the-test' }), { ...local, isReadOnly: true })?.status,
    ).toBe(403);
  });

  it('is refused with the header of a proxy from another machine', () => {
    expect(refuseAction(caller({ ...page, 'x-user': 'ann' }, '10.0.0.7'), local)?.status).toBe(401);
  });
});

describe('reading', () => {
  it('needs nothing on this machine, and the token beyond it', () => {
    const remote = { ...local, protectsReading: true };
    expect(refuseReading(caller({}), local)).toBeNull();
    expect(refuseReading(caller({}, '10.0.0.7'), remote)?.status).toBe(401);
    expect(refuseReading(caller(cookie, '10.0.0.7'), remote)).toBeNull();
  });

  it('is refused to pages of other sites, except for opening the page', () => {
    const cross = { 'sec-fetch-site': 'cross-site' };
    expect(refuseReading(caller({ origin: 'https://evil.example' }), local)?.status).toBe(403);
    expect(refuseReading(caller({ origin: page.origin }), local)).toBeNull();
    expect(refuseReading(caller({ ...cross, 'sec-fetch-mode': 'cors' }), local)?.status).toBe(403);
    expect(
      refuseReading(caller({ ...cross, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }), local)?.status,
    ).toBe(403);
    expect(
      refuseReading(caller({ ...cross, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }), local),
    ).toBeNull();
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', '::ffff:127.0.0.1', 'localhost'])('accepts %s', (address) => {
    expect(isLoopback(address)).toBe(true);
  });
  it.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'localhost.evil.example', ''])('rejects %s', (address) => {
    expect(isLoopback(address)).toBe(false);
  });
});

describe('the body of a run', () => {
  it.each([
    ['no object', null],
    ['no pipeline', {}],
    ['an unknown key', { pipeline: 'a', definition: '/etc/passwd' }],
    ['a symbol with a comma', { pipeline: 'a', symbols: ['A,B'] }],
    ['no symbol', { pipeline: 'a', symbols: [] }],
    ['a wrong date', { pipeline: 'a', from: 'yesterday' }],
    ['another retry', { pipeline: 'a', retry: 'all' }],
  ])('is rejected with %s', (_, body) => {
    expect(parseRunRequest(body).ok).toBe(false);
  });

  it('is accepted with a name that looks like an option', () => {
    expect(parseRunRequest({ pipeline: 'a', symbols: ['--force'] }).ok).toBe(true);
  });
});
