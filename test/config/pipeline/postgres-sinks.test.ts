import { expect, it } from 'vitest';
import { loadDiagnosticCodes, loadFiles, loadValid } from './load-files.js';

const withSink = (settings: string): string => `
name: files
provider: mock
symbols: [AAPL]
steps:
  contracts: {}
sinks:
  warehouse: { kind: postgres, ${settings} }
`;

it('reads an address and a time limit', async () => {
  const address = 'postgres://me:p%40ss@db.example.com:5433/market?sslmode=verify-full';
  const { sinks } = await loadValid(withSink(`url: '${address}', timeout: 90s`));
  expect(sinks[0]).toMatchObject({ url: address, timeout: 90_000 });
  expect((await loadValid(withSink("url: 'postgresql:///market?host=/run/postgresql'"))).sinks[0]).toMatchObject({
    timeout: 300_000,
  });
});

it.each([
  ["url: 'db.example.com/market'", 'invalid-url'],
  ["url: 'http://db.example.com/market'", 'invalid-url'],
  ["url: 'postgres://me:se%cret@db.example.com/market'", 'invalid-url'],
  ["url: 'postgres://db.example.com:port/market'", 'invalid-url'],
  ["url: 'postgres://db.example.com/market?sslmode=on'", 'invalid-url'],
  ["url: 'postgres://db.example.com/market', timeout: 0s", 'out-of-range'],
])('reports %s as %s', async (settings, code) => {
  expect(await loadDiagnosticCodes(withSink(settings))).toEqual([code]);
});

it('does not show an address that comes from a variable', async () => {
  const text = withSink("url: '${PG_URL}'");
  const loaded = await loadFiles({ 'test.yaml': text }, { PG_URL: 'postgres://me:se%cret@db.example.com/market' });
  expect(loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)).toEqual(['invalid-url']);
  expect(JSON.stringify(loaded)).not.toContain('cret');
});
