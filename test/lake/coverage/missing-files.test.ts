import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toZonedInstant } from '../../../src/core/time/time-zone.js';
import type { SeriesCoverage } from '../../../src/core/coverage.js';
import { readTableCoverage, writeCoverageCheckpoint } from '../../../src/lake/coverage/table-coverage.js';
import type { TableCoverage } from '../../../src/lake/coverage/table-coverage.js';
import { fact, writeLog, yearFile, zones } from './log-files.js';

let table = '';
beforeEach(async () => {
  table = await mkdtemp(join(tmpdir(), 'coverage-'));
});
afterEach(() => rm(table, { recursive: true, force: true }));

const bars = (symbol: string): string => `equity_bars/${symbol}/1 day/TRADES/rth`;
const of = (coverage: TableCoverage, symbol: string): SeriesCoverage => coverage.coverage('mock', bars(symbol));
const read = (): Promise<TableCoverage> => readTableCoverage(table, 'equity_bars');

/** The coverage of every series, in a comparable form. */
const listCoverage = (coverage: TableCoverage): unknown =>
  [...coverage.series()].map(({ provider, series }) => [provider, series, coverage.coverage(provider, series)]).sort();

describe('the coverage of a table with missing files', () => {
  const years = [2015, 2016, 2017, 2018, 2019, 2020];
  const start = (calendar: string, year: number): number => toZonedInstant(zones[calendar] ?? '', `${year}-01-01`, 0);

  test('has exactly the local days of their period as missing, west and east of Greenwich', async () => {
    const exchanges = [
      ['AAPL', 'XNYS'],
      ['BHP', 'XASX'],
      ['TCS', 'XNSE'],
    ] as const;
    await writeLog(table, [
      {
        facts: exchanges.map(([symbol, calendar]) =>
          // Bounds in summer time: they do not reveal the local start of a year.
          fact(
            symbol,
            toZonedInstant(zones[calendar] ?? '', '2015-07-01', 0),
            toZonedInstant(zones[calendar] ?? '', '2020-07-01', 0),
            {},
            calendar,
          ),
        ),
        added: years.map((year) => yearFile(year, [0], ['AAPL', 'TCS'])),
      },
    ]);
    await rm(join(table, yearFile(2017, [0], ['AAPL', 'TCS']).path));
    const coverage = await read();
    expect(coverage.damage).toEqual([
      { dataset: 'equity_bars', path: yearFile(2017, [0], ['AAPL', 'TCS']).path, problem: 'missing' },
    ]);
    for (const [symbol, calendar] of exchanges) {
      const missing = of(coverage, symbol).filter(({ state }) => state === 'missing');
      expect(missing).toEqual([
        {
          start: start(calendar, 2017),
          end: start(calendar, 2018),
          state: 'missing',
          lastRequestedAt: 1,
          reason: coverage.damage[0]?.path,
        },
      ]);
      expect(of(coverage, symbol).map(({ state }) => state)).toEqual(['data', 'missing', 'data']);
    }
  });

  test('treats a file of another size as missing', async () => {
    await writeLog(table, [
      { facts: [fact('A', start('XNYS', 2017), start('XNYS', 2017) + 1000)], added: [yearFile(2017, [0], ['A', 'A'])] },
    ]);
    await truncate(join(table, yearFile(2017, [0], ['A', 'A']).path), 3);
    const coverage = await read();
    expect(coverage.damage.map(({ problem }) => problem)).toEqual(['size-mismatch']);
    expect(of(coverage, 'A').map(({ state }) => state)).toEqual(['missing']);
  });

  test('does not mark replaced windows, other symbols and results without rows as missing', async () => {
    const from = start('XNYS', 2017);
    await writeLog(table, [
      {
        facts: [
          fact('AAPL', from, from + 100),
          fact('MSFT', from, from + 100),
          fact('ZION', from, from + 100),
          fact('AMZN', from, from + 100, { state: 'empty', rows: 0 }),
        ],
        added: [yearFile(2017, [0], ['AAPL', 'MSFT']), yearFile(2017, [0], ['ZION', 'ZION'])],
      },
      { facts: [fact('AAPL', from, from + 40)], added: [yearFile(2017, [1], ['AAPL', 'AAPL'])] },
    ]);
    await rm(join(table, yearFile(2017, [0], ['AAPL', 'MSFT']).path));
    const coverage = await read();
    expect(of(coverage, 'AAPL').map(({ end, state }) => [end - from, state])).toEqual([
      [40, 'data'],
      [100, 'missing'],
    ]);
    expect(of(coverage, 'MSFT').map(({ state }) => state)).toEqual(['missing']);
    expect(of(coverage, 'ZION').map(({ state }) => state)).toEqual(['data']);
    expect(of(coverage, 'AMZN').map(({ state }) => state)).toEqual(['empty']);
  });

  test('has the windows of every commit merged into a missing file as missing', async () => {
    const from = start('XNYS', 2017);
    const single = [yearFile(2017, [0], ['A', 'A']), yearFile(2017, [1], ['A', 'A'])];
    const merged = yearFile(2017, [0, 1], ['A', 'A']);
    await writeLog(table, [
      { facts: [fact('A', from, from + 10)], added: single.slice(0, 1) },
      { facts: [fact('A', from + 10, from + 20)], added: single.slice(1) },
      { removed: single, added: [merged] },
      { facts: [fact('A', from + 20, from + 30)], added: [yearFile(2017, [3], ['A', 'A'])] },
    ]);
    await rm(join(table, merged.path));
    expect(of(await read(), 'A').map(({ end, state }) => [end - from, state])).toEqual([
      [20, 'missing'],
      [30, 'data'],
    ]);
  });

  test('has the windows of missing files as missing after a repair removed the files from the log', async () => {
    const from = start('XNYS', 2017);
    const file = yearFile(2017, [0], ['A', 'B']);
    await writeLog(table, [{ facts: [fact('A', from, from + 10), fact('B', from, from + 10)], added: [file] }]);
    await writeCoverageCheckpoint(table, await read());
    await rm(join(table, file.path));
    const damaged = await read();
    await writeLog(table, [{ facts: damaged.buildCorrections('repair/0'), removed: [file] }], 1);
    const repaired = await read();
    expect(repaired.damage).toEqual([]);
    expect(listCoverage(repaired)).toEqual(listCoverage(damaged));
    expect(of(repaired, 'B')).toEqual([
      { start: from, end: from + 10, state: 'missing', lastRequestedAt: 1, reason: file.path },
    ]);
  });

  test('has every day of the period anywhere on earth as missing if the time zone is unknown', async () => {
    const from = Date.UTC(2016, 0, 1);
    await writeLog(table, [
      { facts: [fact('A', from, Date.UTC(2019, 0, 1), {}, 'XXXX')], added: [yearFile(2017, [0], ['A', 'A'])] },
    ]);
    await rm(join(table, yearFile(2017, [0], ['A', 'A']).path));
    const [, missing] = of(await read(), 'A');
    expect(missing).toMatchObject({
      start: Date.UTC(2016, 11, 31, 10),
      end: Date.UTC(2018, 0, 1, 12),
      state: 'missing',
    });
  });
});
