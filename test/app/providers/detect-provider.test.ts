import { expect, test } from 'vitest';

import { detectProvider } from '../../../src/app/providers/detect-provider.js';

const kite = { KITE_API_KEY: 'k', KITE_ACCESS_TOKEN: 't' };

test.each([
  [{ G6_USE_MOCK_PROVIDER: '1', ...kite }, 'mock'],
  [{ G6_USE_SYNTHETIC: '1', ...kite }, 'synthetic'],
  [{ G6_USE_MOCK_PROVIDER: '0', G6_USE_SYNTHETIC: 'false', ...kite }, 'kite'],
  [{ G6_KITE_API_KEY: 'k', G6_KITE_ACCESS_TOKEN: 't', IB_PORT: '7497' }, 'kite'],
  [{ KITE_API_KEY: 'k', IB_PORT: '7497' }, 'ib'],
  [{ IB_HOST: 'gateway.local' }, 'ib'],
] as const)('the environment %j selects %s', (environment, provider) => {
  expect(detectProvider(environment)).toEqual({ provider, warning: null });
});

test('an environment without credentials or gateway selects mock with a warning', () => {
  for (const environment of [{}, { KITE_API_KEY: 'k', KITE_ACCESS_TOKEN: ' ' }, { IB_PORT: '' }]) {
    const { provider, warning } = detectProvider(environment);
    expect(provider).toBe('mock');
    expect(warning).toContain('MOCK');
  }
});
