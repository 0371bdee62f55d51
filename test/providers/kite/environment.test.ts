import { expect, test } from 'vitest';
import { applyKiteEnvironment } from '../../../src/providers/kite/environment.js';
import { createKiteBudgets, createKiteLimits } from '../../../src/providers/kite/limits.js';
import { barSizes } from '../../../src/core/tables/bars.js';
import { day, hour } from '../../../src/core/time/time.js';

const settings = {
  baseUrl: 'https://api.kite.trade',
  instrumentsMaxAge: 6 * hour,
  rate: { requests: 3, window: 1_000 },
};

test('settings stay unchanged without variables', () => {
  expect(applyKiteEnvironment(settings, { KITE_BASE_URL: ' ' })).toEqual({
    ok: true,
    value: settings,
  });
});

test('variables override the settings of the pipeline', () => {
  const environment = {
    KITE_BASE_URL: 'http://127.0.0.1:8899/',
    G6_KITE_RATE_LIMIT: '2',
    G6_KITE_RATE_WINDOW: '1.5',
    G6_KITE_CACHE_TTL: '21600',
  };
  expect(applyKiteEnvironment(settings, environment)).toEqual({
    ok: true,
    value: { baseUrl: 'http://127.0.0.1:8899', instrumentsMaxAge: 6 * hour, rate: { requests: 2, window: 1_500 } },
  });
});

test.each([
  ['KITE_BASE_URL', 'kite'],
  ['KITE_BASE_URL', 'file:///etc/passwd'],
  ['G6_KITE_RATE_LIMIT', '0'],
  ['G6_KITE_RATE_LIMIT', '2.5'],
  ['G6_KITE_RATE_WINDOW', 'soon'],
  ['G6_KITE_CACHE_TTL', '-1'],
])('%s rejects the value %s', (name, value) => {
  expect(applyKiteEnvironment(settings, { [name]: value })).toMatchObject({ ok: false, error: { name } });
});

test('the limits equal those documented by Kite', () => {
  const { maxWindow, maxSnapshotContracts } = createKiteLimits();
  expect(Object.keys(maxWindow)).toEqual(Object.keys(barSizes));
  expect(maxWindow['1 min']).toBe(60 * day);
  expect(maxWindow['10 mins']).toBe(100 * day);
  expect(maxWindow['30 mins']).toBe(200 * day);
  expect(maxWindow['1 hour']).toBe(400 * day);
  expect(maxWindow['1 day']).toBe(2_000 * day);
  expect(maxSnapshotContracts).toBe(499);
  expect(createKiteBudgets().map(({ name, limit }) => [name, limit])).toEqual([
    ['kite-all', 3],
    ['kite-historical', 3],
    ['kite-quote', 1],
  ]);
});
