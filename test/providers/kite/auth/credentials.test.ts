import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { hour } from '../../../../src/core/time/time.js';
import {
  readKiteApp,
  loadKiteCredentials,
  getTokenExpiry,
  checkToken,
} from '../../../../src/providers/kite/auth/credentials.js';
import { readTokenFile, writeTokenFile } from '../../../../src/providers/kite/auth/token-file.js';
import type { StoredToken } from '../../../../src/providers/kite/auth/token-file.js';

const baseUrl = 'https://api.kite.trade';
const parseIndianTime = (text: string): number => Date.parse(`${text}:00+05:30`);
const stored: StoredToken = {
  baseUrl,
  apiKey: 'key',
  accessToken: 'token-of-the-file',
  issuedAt: parseIndianTime('2026-11-20T08:00'),
  userId: 'AB1234',
};

async function createTokenFile(token: StoredToken | null = null): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'deep', 'kite.json');
  if (token !== null) expect(await writeTokenFile(path, token)).toEqual({ ok: true, value: undefined });
  return path;
}

describe('credentials', () => {
  it('are read from variables under two names', async () => {
    const environment = { KITE_API_KEY: 'key', G6_KITE_API_SECRET: 'secret', G6_KITE_ACCESS_TOKEN: ' token ' };
    expect(readKiteApp(environment)).toEqual({ apiKey: 'key', apiSecret: 'secret' });
    expect(await loadKiteCredentials(environment, await createTokenFile(stored), baseUrl)).toEqual({
      ok: true,
      value: {
        apiKey: 'key',
        apiSecret: 'secret',
        accessToken: 'token',
        tokenSource: 'variable G6_KITE_ACCESS_TOKEN',
        tokenVariable: 'G6_KITE_ACCESS_TOKEN',
        issuedAt: null,
        userId: null,
      },
    });
  });

  it('are read from the token file if the environment has no token', async () => {
    const path = await createTokenFile(stored);
    const { issuedAt, accessToken, userId } = stored;
    const value = {
      apiKey: 'key',
      apiSecret: null,
      accessToken,
      tokenSource: path,
      tokenVariable: null,
      issuedAt,
      userId,
    };
    expect(await loadKiteCredentials({ KITE_API_KEY: 'key', KITE_ACCESS_TOKEN: '' }, path, baseUrl)).toEqual({
      ok: true,
      value,
    });
    // Cron has an empty environment.
    expect(await loadKiteCredentials({}, path, baseUrl)).toEqual({ ok: true, value });
  });

  it.each([
    [
      'without a key',
      { KITE_ACCESS_TOKEN: 'token' },
      baseUrl,
      /KITE_ACCESS_TOKEN is set, and KITE_API_KEY/,
      /KITE_API_KEY/,
    ],
    ['with another key', { KITE_API_KEY: 'another' }, baseUrl, /another API key/, /pipe login kite/],
    ['for another server', { KITE_API_KEY: 'key' }, 'http://127.0.0.1:1', /is for https:\/\/api/, /pipe login kite/],
  ])('are rejected %s', async (_, environment, requestedUrl, message, hint) => {
    const problem = await loadKiteCredentials(environment, await createTokenFile(stored), requestedUrl);
    if (problem.ok) expect.fail('expected a problem');
    expect(problem.error.message).toMatch(message);
    expect(problem.error.hint).toMatch(hint);
    expect(JSON.stringify(problem)).not.toContain(stored.accessToken);
  });

  it('are missing without a token file', async () => {
    expect(await loadKiteCredentials({ KITE_API_KEY: 'key' }, await createTokenFile(), baseUrl)).toMatchObject({
      ok: false,
      error: { message: 'no access token for Kite' },
    });
    expect(await loadKiteCredentials({}, await createTokenFile(), baseUrl)).toMatchObject({
      ok: false,
      error: { message: 'no API key for Kite' },
    });
  });
});

describe('the token file', () => {
  it('has mode 600 and is replaced without a temporary file left', async () => {
    const path = await createTokenFile(stored);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeTokenFile(path, { ...stored, accessToken: 'newer' });
    expect(await readTokenFile(path)).toEqual({ ok: true, value: { ...stored, accessToken: 'newer' } });
    expect(await readdir(join(path, '..'))).toEqual(['kite.json']);
  });

  it.each([0o640, 0o604, 0o666])('is rejected when its mode is %o', async (mode) => {
    const path = await createTokenFile(stored);
    await chmod(path, mode);
    expect(await readTokenFile(path)).toMatchObject({
      ok: false,
      error: { hint: expect.stringContaining(`chmod 600 ${path}`) as string },
    });
  });

  it('of commit 0376384, which names the base URL `root`, is read', async () => {
    const path = await createTokenFile(stored);
    await writeFile(path, JSON.stringify({ ...stored, baseUrl: undefined, root: baseUrl }));
    expect(await readTokenFile(path)).toEqual({ ok: true, value: stored });
  });

  it.each(['', '{}', 'null', '{"baseUrl":"x","apiKey":"y","accessToken":"","issuedAt":1}', '{"accessToken":1}'])(
    'is rejected with the content %j',
    async (text) => {
      const path = await createTokenFile(stored);
      await writeFile(path, text);
      expect(await readTokenFile(path)).toMatchObject({ ok: false });
    },
  );

  it('reports a write error without the token', async () => {
    const path = await createTokenFile(stored);
    const problem = await writeTokenFile(join(path, 'below'), stored);
    expect(problem).toMatchObject({ ok: false });
    expect(JSON.stringify(problem)).not.toContain(stored.accessToken);
    expect(await readFile(path, 'utf8')).toContain(stored.accessToken);
  });
});

describe('the expiry of a token', () => {
  test.each([
    ['2026-11-20T08:00', '2026-11-21T06:00'],
    ['2026-11-20T23:59', '2026-11-21T06:00'],
    ['2026-11-21T03:00', '2026-11-21T06:00'],
    ['2026-11-21T06:00', '2026-11-22T06:00'],
  ])('of a token issued at %s is %s in India', (issued, end) => {
    expect(getTokenExpiry({ issuedAt: parseIndianTime(issued) }, parseIndianTime('2026-12-24T12:00'))).toBe(
      parseIndianTime(end),
    );
  });

  const issuedAt = parseIndianTime('2026-11-20T08:00');
  const evening = parseIndianTime('2026-11-20T20:00');

  it('is a problem only for a run that ends after the expiry', () => {
    expect(checkToken({ issuedAt }, evening, evening + 9 * hour)).toEqual({ ok: true, value: undefined });
    expect(checkToken({ issuedAt }, evening, evening + 10 * hour)).toMatchObject({
      ok: false,
      error: {
        kind: 'expires-during-run',
        expiresAt: parseIndianTime('2026-11-21T06:00'),
        message: 'the access token expires at 2026-11-21 06:00 in India (2026-11-21T00:30:00Z), before the run ends',
      },
    });
  });

  it('is a problem at once for an expired token', () => {
    const late = parseIndianTime('2026-11-21T06:00');
    expect(checkToken({ issuedAt }, late, late)).toMatchObject({ ok: false, error: { kind: 'expired' } });
  });

  it('of a token of unknown age is the next 06:00 in India', () => {
    expect(checkToken({ issuedAt: null }, evening, evening + 9 * hour)).toEqual({ ok: true, value: undefined });
    expect(checkToken({ issuedAt: null }, evening, evening + 11 * hour)).toMatchObject({
      ok: false,
      error: { kind: 'expires-during-run' },
    });
  });
});
