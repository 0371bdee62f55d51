import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';

import { detectProvider } from '../../../src/app/providers/detect-provider.js';
import type { AutoProvider } from '../../../src/config/pipeline/load-pipeline.js';
import { writeTokenFile } from '../../../src/providers/kite/auth/token-file.js';
import { bars, commit, equity, openLakeFixture } from '../../lake/lake-fixture.js';

const kite = { KITE_API_KEY: 'k', KITE_ACCESS_TOKEN: 't' };
const morning = Date.parse('2026-11-20T10:00:00+05:30');
const login = {
  baseUrl: 'https://api.kite.trade',
  apiKey: 'key',
  accessToken: 'token',
  issuedAt: morning,
  userId: 'AB1234',
};

interface Machine {
  readonly environment?: Readonly<Record<string, string>>;
  readonly token?: typeof login | string;
  /** The providers with rows in the lake. */
  readonly stored?: readonly ('ib' | 'kite' | 'mock')[];
  readonly now?: number;
}

async function detect({ environment = {}, token, stored = [], now = morning }: Machine): Promise<AutoProvider> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-auto-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'pipe', 'kite-token.json');
  if (typeof token === 'string') {
    await mkdir(join(folder, 'pipe'));
    await writeFile(path, token, { mode: 0o600 });
  } else if (token !== undefined) await writeTokenFile(path, token);
  const dataFolder = join(folder, 'lake');
  if (stored.length > 0) {
    const lake = await openLakeFixture(dataFolder);
    const rows = stored.map((provider) => bars({ ...equity('AAPL'), provider }, '2026-02-02', '2026-02-03'));
    await commit(lake, 'equity_bars', rows);
  }
  return detectProvider({
    environment: { XDG_CONFIG_HOME: folder, ...environment },
    dataFolder,
    clock: { now: () => now, sleepUntil: () => Promise.resolve() },
  });
}

test.each([
  [{ G6_USE_MOCK_PROVIDER: '1', ...kite }, 'mock'],
  [{ G6_USE_SYNTHETIC: '1', ...kite }, 'synthetic'],
  [{ G6_USE_MOCK_PROVIDER: '0', G6_USE_SYNTHETIC: 'false', ...kite }, 'kite'],
  [{ IB_HOST: 'gateway.local' }, 'ib'],
  [{ IB_CLIENT_ID: '5' }, 'ib'],
  [{ KITE_API_KEY: 'k' }, 'kite'],
  [{ KITE_API_KEY: 'k', KITE_ACCESS_TOKEN: ' ' }, 'kite'],
  [{ G6_KITE_ACCESS_TOKEN: 't' }, 'kite'],
] as const)('the environment %j selects %s', async (environment, provider) => {
  expect(await detect({ environment })).toEqual({ provider, warning: null });
});

test('an environment without credentials or gateway selects mock with a warning', async () => {
  for (const environment of [{}, { IB_PORT: '' }]) {
    const { provider, warning } = await detect({ environment });
    expect(provider).toBe('mock');
    expect(warning).toContain('MOCK');
  }
});

describe('the token file of a login', () => {
  it('selects kite, with and without the key of the app', async () => {
    expect(await detect({ token: login })).toEqual({ provider: 'kite', warning: null });
    expect(await detect({ token: login, environment: { KITE_API_KEY: 'key' } })).toEqual({
      provider: 'kite',
      warning: null,
    });
  });

  it.each([
    ['has expired', { token: login, now: morning + 24 * 3_600_000 }],
    ['cannot be read', { token: '{}' }],
  ])('selects kite when it %s, so that the run names the next step', async (_, machine) => {
    expect(await detect(machine)).toEqual({ provider: 'kite', warning: null });
  });

  it('for a simulator does not select kite', async () => {
    const token = { ...login, baseUrl: 'http://127.0.0.1:5010' };
    expect((await detect({ token })).provider).toBe('mock');
    expect(await detect({ token, environment: { KITE_BASE_URL: token.baseUrl } })).toEqual({
      provider: 'kite',
      warning: null,
    });
  });
});

describe('two configured providers', () => {
  const both = { ...kite, IB_HOST: '127.0.0.1' };

  it.each([
    [[], 'kite', 'Kite and IB are configured: `provider: auto` uses kite'],
    [['ib'], 'ib', '`provider: auto` uses ib, whose rows the lake holds'],
    [['kite', 'ib'], 'kite', '`provider: auto` uses kite'],
  ] as const)('with rows of %j in the lake select %s with a warning', async (stored, provider, warning) => {
    const selected = await detect({ environment: both, stored });
    expect(selected.provider).toBe(provider);
    expect(selected.warning).toContain(warning);
  });

  it.each([
    [{ KITE_API_KEY: 'k', IB_PORT: '7497' }, 'ib'],
    [{ ...kite, IB_CLIENT_ID: '5' }, 'kite'],
  ] as const)('of which one lacks a part select the other one with a warning: %j', async (environment, provider) => {
    const selected = await detect({ environment });
    expect(selected.provider).toBe(provider);
    expect(selected.warning).toContain('name the provider in the pipeline');
  });
});

describe('a lake with real prices', () => {
  it.each(['kite', 'ib'] as const)('of %s never gets mock prices, also without any configuration', async (provider) => {
    const selected = await detect({ stored: [provider, 'mock'] });
    expect(selected.provider).toBe(provider);
    expect(selected.warning).toContain('to which it adds no mock prices');
  });

  it('gets mock prices with a warning if a variable demands them', async () => {
    const selected = await detect({ environment: { G6_USE_MOCK_PROVIDER: '1' }, stored: ['kite'] });
    expect(selected).toEqual({
      provider: 'mock',
      warning: expect.stringContaining('the lake holds rows of kite') as string,
    });
  });
});
