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

const root = 'https://api.kite.trade';
const parseIndianTime = (text: string): number => Date.parse(`${text}:00+05:30`);
const stored: StoredToken = {
  baseUrl: root,
  apiKey: 'key',
  accessToken: 'token-of-the-file',
  issuedAt: parseIndianTime('2026-11-20T08:00'),
  userId: 'AB1234',
};

async function createTokenFile(token: StoredToken | null = null): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'deep', 'kite.json');
  if (token !== null) expect(await writeTokenFile(path, token)).toEqual({ ok: true, value: null });
  return path;
}

describe('credentials', () => {
  it('come from the environment, under two names', async () => {
    const environment = { KITE_API_KEY: 'key', G6_KITE_API_SECRET: 'secret', G6_KITE_ACCESS_TOKEN: ' token ' };
    expect(readKiteApp(environment)).toEqual({ apiKey: 'key', apiSecret: 'secret' });
    expect(await loadKiteCredentials(environment, await createTokenFile(stored), root)).toEqual({
      ok: true,
      value: {
        apiKey: 'key',
        apiSecret: 'secret',
        accessToken: 'token',
        source: 'the variable G6_KITE_ACCESS_TOKEN',
        issuedAt: null,
      },
    });
  });

  it('come from a login where the environment has no token', async () => {
    const path = await createTokenFile(stored);
    const { issuedAt, accessToken } = stored;
    expect(await loadKiteCredentials({ KITE_API_KEY: 'key', KITE_ACCESS_TOKEN: '' }, path, root)).toEqual({
      ok: true,
      value: { apiKey: 'key', apiSecret: null, accessToken, source: path, issuedAt },
    });
  });

  it.each([
    ['without a key', {}, root, /no API key/, /KITE_API_KEY/],
    ['with another key', { KITE_API_KEY: 'another' }, root, /another API key/, /pipe login kite/],
    ['for another place', { KITE_API_KEY: 'key' }, 'http://127.0.0.1:1', /is for https:\/\/api/, /pipe login kite/],
  ])('are refused %s', async (_, environment, place, message, remedy) => {
    const problem = await loadKiteCredentials(environment, await createTokenFile(stored), place);
    if (problem.ok) expect.fail('expected a problem');
    expect(problem.error.message).toMatch(message);
    expect(problem.error.hint).toMatch(remedy);
    expect(JSON.stringify(problem)).not.toContain(stored.accessToken);
  });

  it('are missing where nobody has logged in', async () => {
    expect(await loadKiteCredentials({ KITE_API_KEY: 'key' }, await createTokenFile(), root)).toMatchObject({
      ok: false,
      error: { message: 'there is no access token for Kite' },
    });
  });
});

describe('the token file', () => {
  it('is its owner’s alone, and replaced as a whole', async () => {
    const path = await createTokenFile(stored);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeTokenFile(path, { ...stored, accessToken: 'newer' });
    expect(await readTokenFile(path)).toEqual({ ok: true, value: { ...stored, accessToken: 'newer' } });
    expect(await readdir(join(path, '../..'))).toEqual(['kite.json']);
  });

  it.each([0o640, 0o604, 0o666])('is refused when its mode is %o', async (mode) => {
    const path = await createTokenFile(stored);
    await chmod(path, mode);
    expect(await readTokenFile(path)).toMatchObject({
      ok: false,
      error: { remedy: expect.stringContaining(`chmod 600 ${path}`) as string },
    });
  });

  it.each(['', '{}', 'null', '{"root":"x","apiKey":"y","accessToken":"","issuedAt":1}', '{"accessToken":1}'])(
    'is refused when it holds %j',
    async (text) => {
      const path = await createTokenFile(stored);
      await writeFile(path, text);
      expect(await readTokenFile(path)).toMatchObject({ ok: false });
    },
  );

  it('that cannot be written is told without the token', async () => {
    const path = await createTokenFile(stored);
    const problem = await writeTokenFile(join(path, 'below'), stored);
    expect(problem).toMatchObject({ ok: false });
    expect(JSON.stringify(problem)).not.toContain(stored.accessToken);
    expect(await readFile(path, 'utf8')).toContain(stored.accessToken);
  });
});

describe('tokens end at six in the morning in India', () => {
  test.each([
    ['2026-11-20T08:00', '2026-11-21T06:00'],
    ['2026-11-20T23:59', '2026-11-21T06:00'],
    ['2026-11-21T03:00', '2026-11-21T06:00'],
    ['2026-11-21T06:00', '2026-11-22T06:00'],
  ])('one issued at %s ends at %s', (issued, end) => {
    expect(getTokenExpiry({ issuedAt: parseIndianTime(issued) }, parseIndianTime('2026-12-24T12:00'))).toBe(
      parseIndianTime(end),
    );
  });

  const issuedAt = parseIndianTime('2026-11-20T08:00');
  const evening = parseIndianTime('2026-11-20T20:00');

  it('a run that ends before is no trouble, one that ends after is', () => {
    expect(checkToken({ issuedAt }, evening, evening + 9 * hour)).toBeNull();
    expect(checkToken({ issuedAt }, evening, evening + 10 * hour)).toMatchObject({
      kind: 'ends-during',
      endsAt: parseIndianTime('2026-11-21T06:00'),
      message: 'the access token ends at 2026-11-21 06:00 in India (2026-11-21T00:30:00Z), before the run is done',
    });
  });

  it('one that has ended is trouble at once', () => {
    const late = parseIndianTime('2026-11-21T06:00');
    expect(checkToken({ issuedAt }, late, late)).toMatchObject({ kind: 'ended' });
  });

  it('one of unknown age ends the next time that tokens end', () => {
    expect(checkToken({ issuedAt: null }, evening, evening + 9 * hour)).toBeNull();
    expect(checkToken({ issuedAt: null }, evening, evening + 11 * hour)).toMatchObject({ kind: 'ends-during' });
  });
});
