import { expect, test } from 'vitest';
import { loadDiagnosticCodes, loadValid } from '../load-files.js';

const pipeline = (symbols: string, provider = 'ib'): string =>
  `name: x\nprovider: ${provider}\nsymbols: ${symbols}\nsteps: { contracts: {}, equity: { needs: contracts, lookback: 5d } }\n`;

test.each([
  ['con_id: 265598', { conId: 265598 }],
  ['isin: US0378331005', { isin: 'US0378331005' }],
  ['figi: BBG000B9XRY4', { figi: 'BBG000B9XRY4' }],
  ['primary_exchange: NASDAQ', { primaryExchange: 'NASDAQ' }],
  ['isin: US0378331005, primary_exchange: NASDAQ', { isin: 'US0378331005', primaryExchange: 'NASDAQ' }],
])('%s identifies an instrument at ib', async (setting, ids) => {
  const { symbols } = await loadValid(pipeline(`[{ symbol: APPLE, ${setting} }, MSFT]`));
  expect(symbols.map(({ instrument }) => instrument.ids)).toEqual([ids, undefined]);
});

test('ids change the hash of a pipeline, whose plan they change', async () => {
  const hash = async (symbol: string): Promise<string> => (await loadValid(pipeline(`[${symbol}]`))).hash;
  expect(await hash('{ symbol: AAPL, con_id: 265598 }')).not.toBe(await hash('AAPL'));
  expect(await hash('{ symbol: AAPL }')).toBe(await hash('AAPL'));
});

test.each([
  ['{ symbol: AAPL, con_id: 1, isin: US0378331005 }', 'ib', 'several-ids'],
  ['{ symbol: AAPL, isin: US0378331006 }', 'ib', 'bad-isin'],
  ['{ symbol: AAPL, con_id: 265598 }', 'mock', 'unsupported-ids'],
  ['{ symbol: INFY, isin: INE009A01021, exchange: NSE }', 'kite', 'unsupported-ids'],
  ['{ symbol: AAPL, con_id: 1 }, { symbol: AAPL, con_id: 2 }', 'ib', 'conflicting-symbol'],
])('[%s] of %s is an error %s', async (symbols, provider, code) => {
  expect(await loadDiagnosticCodes(pipeline(`[${symbols}]`, provider))).toContain(code);
});

test('an id of a file of symbols is an error', async () => {
  expect(await loadDiagnosticCodes(pipeline('[{ file: list.csv, con_id: 265598 }]'))).toContain('ids-of-file');
});
