import { describe, expect, it } from 'vitest';
import { listSinkSecrets } from '../../../src/config/pipeline/sinks/read-sinks.js';
import { loadDiagnosticCodes, loadValid } from './load-files.js';

const withSink = (settings: string): string => `
name: files
provider: mock
symbols: [AAPL]
steps:
  contracts: {}
sinks:
  metrics: { kind: influx, ${settings} }
`;

describe('influx sinks', () => {
  it('reads a bucket whose token is an empty variable, and keeps a set token secret', async () => {
    const text = withSink("url: 'http://127.0.0.1:8086', bucket: market, token: '${INFLUX_TOKEN:-}'");
    const [open] = (await loadValid(text)).sinks;
    expect(open).toMatchObject({
      precision: 'ms',
      target: { kind: 'bucket', bucket: 'market', org: null, token: null },
    });
    const { sinks } = await loadValid(text, { INFLUX_TOKEN: 's3cret' });
    expect(listSinkSecrets(sinks)).toEqual(['s3cret']);
  });

  it('reads a database, and keeps the password of its address secret', async () => {
    const { sinks } = await loadValid(
      withSink("url: 'http://me:pass%21@127.0.0.1:8086', database: market, precision: ns"),
    );
    expect(sinks[0]).toMatchObject({ precision: 'ns', target: { kind: 'database', database: 'market' } });
    expect(listSinkSecrets(sinks)).toEqual(['http://me:pass%21@127.0.0.1:8086', 'pass%21', 'pass!']);
  });

  it.each([
    ["url: 'http://127.0.0.1:8086'", 'missing-key'],
    ["url: 'http://127.0.0.1:8086', database: market, bucket: market", 'conflicting-keys'],
    ["url: 'http://127.0.0.1:8086', database: market, token: s3cret", 'conflicting-keys'],
    ["url: 'http://127.0.0.1:x', database: market", 'invalid-url'],
  ])('reports %s as %s', async (settings, code) => {
    expect(await loadDiagnosticCodes(withSink(settings))).toEqual([code]);
  });
});
