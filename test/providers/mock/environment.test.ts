import { describe, expect, test } from 'vitest';

import { applyMockEnvironment } from '../../../src/providers/mock/environment.js';

const settings = { seed: 1, delay: 0, volatility: null, basePrices: { AAPL: 100, TSLA: 50 } };

describe('environment variables of the mock market', () => {
  test('leave the settings unchanged when they are unset or blank', () => {
    expect(applyMockEnvironment(settings, { PIPE_MOCK_DELAY: '', HOME: '/root' })).toEqual({
      ok: true,
      value: settings,
    });
  });

  test.each([
    [{ PIPE_MOCK_SEED: '7' }, { seed: 7 }],
    [{ PIPE_MOCK_DELAY: '150ms' }, { delay: 150 }],
    [{ PIPE_MOCK_VOLATILITY: '0.4' }, { volatility: 0.4 }],
    [{ G6_MOCK_VOLATILITY: '0.15' }, { volatility: 0.15 }],
    [{ G6_MOCK_VOLATILITY: '0.15', PIPE_MOCK_VOLATILITY: '0.4' }, { volatility: 0.4 }],
    [{ G6_MOCK_SIMULATE_DELAYS: '1' }, { delay: 150 }],
    [{ G6_MOCK_SIMULATE_DELAYS: '0' }, { delay: 0 }],
    [{ PIPE_MOCK_BASE_PRICE: 'AAPL=190, BRK B=480.5' }, { basePrices: { AAPL: 190, TSLA: 50, 'BRK B': 480.5 } }],
    [{ G6_MOCK_SPOT_BASE: '23500' }, { basePrices: { AAPL: 100, TSLA: 50, NIFTY: 23500, 'NIFTY 50': 23500 } }],
  ])('override the settings: %j', (environment, changed) => {
    expect(applyMockEnvironment(settings, environment)).toEqual({ ok: true, value: { ...settings, ...changed } });
  });

  test.each([
    ['PIPE_MOCK_SEED', '1.5'],
    ['PIPE_MOCK_SEED', 'seven'],
    ['PIPE_MOCK_DELAY', '150'],
    ['PIPE_MOCK_VOLATILITY', '-1'],
    ['PIPE_MOCK_VOLATILITY', '25%'],
    ['PIPE_MOCK_BASE_PRICE', 'AAPL'],
    ['PIPE_MOCK_BASE_PRICE', 'AAPL=free'],
    ['G6_MOCK_SPOT_BASE', '0'],
  ])('reject %s=%s with the name of the variable', (name, text) => {
    expect(applyMockEnvironment(settings, { [name]: text })).toMatchObject({ ok: false, error: { name } });
  });
});
