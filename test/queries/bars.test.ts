import { rmSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/time/clock.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../src/lake/writer/lake-writer.js';
import { queryBarDates, queryBars } from '../../src/queries/bars.js';
import { createInstrument } from '../fixtures/pipelines.js';
import { createBarRows } from '../fixtures/rows.js';
import { author, temporaryFolder } from '../lake/lake-fixture.js';

const friday = Date.parse('2026-11-20T14:30:00Z');
const day = 86_400_000;

/** Writes one bar a day for each symbol, a commit each, so that every symbol has a file of its own. */
async function openLake(symbols: readonly (readonly [symbol: string, provider: 'mock' | 'kite', close: number])[]) {
  const folder = await temporaryFolder();
  for (const [index, [symbol, provider, close]] of symbols.entries()) {
    const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
    const rows = createBarRows('equity_bars', [friday - day, friday + index], close);
    await writer.receive({
      ...{ requestId: `${author.runId}/${index}`, step: 'any', requestedAt: friday, answeredAt: friday, upstream: [] },
      series: {
        ...{ dataset: 'equity_bars', provider, instrument: createInstrument(symbol), barSize: '1 day' },
        ...{ priceType: 'TRADES', hours: 'rth' },
      },
      closedWindows: [{ window: { start: friday - 2 * day, end: friday + day }, state: 'data', rows: rows.length }],
      rows,
    });
    await writer.finish();
    await writer.close();
  }
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return { folder, reader };
}

const closesOf = async (reader: Awaited<ReturnType<typeof openLake>>['reader'], symbol: string) =>
  (await queryBars(reader, { symbol })).map(({ close }) => close);

test('queryBars finds each symbol among the files of others, also with characters beyond ASCII', async () => {
  const symbols = ['AAPL', 'ÄÖ', 'MSFT', 'Z', 'É', 'a'];
  const { reader } = await openLake(symbols.map((symbol, index) => [symbol, 'mock', index + 1]));
  for (const [index, symbol] of symbols.entries())
    expect(await closesOf(reader, symbol)).toEqual([index + 1, index + 1]);
  expect(await closesOf(reader, 'B')).toEqual([]);
  expect(await queryBarDates(reader, { symbol: 'Z', to: '2026-11-20' })).toEqual(['2026-11-19']);
});

test('queryBars takes the provider with the latest bar where several have the symbol, or the given one', async () => {
  const { reader } = await openLake([
    ['AAPL', 'mock', 1],
    ['AAPL', 'kite', 2],
    ['MSFT', 'mock', 3],
  ]);
  expect(await closesOf(reader, 'AAPL')).toEqual([2, 2]);
  expect((await queryBars(reader, { symbol: 'AAPL', provider: 'mock' })).map(({ close }) => close)).toEqual([1, 1]);
  expect(await closesOf(reader, 'MSFT')).toEqual([3, 3]);
  expect(await queryBars(reader, { symbol: 'MSFT', provider: 'kite' })).toEqual([]);
  expect(await queryBars(reader, { symbol: 'MSFT', priceType: 'MIDPOINT' })).toEqual([]);
});

test('queryBars reads the other files when one is missing or damaged', async () => {
  const { folder, reader } = await openLake([
    ['AAPL', 'mock', 1],
    ['MSFT', 'mock', 2],
  ]);
  const table = join(folder, 'equity_bars');
  const names = readdirSync(table, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
  const files = names.filter((name) => !name.startsWith('_')).sort();
  expect(files).toHaveLength(2);
  const [first = '', second = ''] = files;
  rmSync(join(table, first));
  const held = [await closesOf(reader, 'AAPL'), await closesOf(reader, 'MSFT')];
  expect(held.toSorted((a, b) => a.length - b.length)[0]).toEqual([]);
  expect(held.flat()).toHaveLength(2);
  writeFileSync(join(table, second), 'x'.repeat(1000));
  expect(await closesOf(reader, 'AAPL')).toEqual([]);
});
