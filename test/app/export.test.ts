import { expect, it } from 'vitest';
import { join } from 'node:path';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { exportTable } from '../../src/app/export/export-table.js';
import { bars, commit, contract, equity, openLakeFixture, temporaryFolder } from '../lake/lake-fixture.js';

it('writes a table to one file, sorted and without formulas, and replaces an older one', async () => {
  const lake = await openLakeFixture();
  const out = await temporaryFolder();
  await commit(lake, 'equity_bars', [bars(equity('MSFT'), '2026-11-16', '2026-11-18')]);
  await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-18')]);
  await commit(lake, 'contracts', [contract('=cmd', lake.now(), 1)]);
  const ctx = { dataFolder: lake.folder, lineageFolder: join(lake.folder, '../lineage') };
  await writeFile(join(out, 'bars.csv'), 'older');
  const to = join(out, 'bars.csv');
  expect(await exportTable({ table: 'equity_bars', to, symbols: null }, ctx)).toEqual({ path: to, rows: 4 });
  const lines = (await readFile(to, 'utf8')).trim().split('\n');
  expect(lines.map((line) => line.split(',').slice(0, 7).join(' '))).toEqual([
    'symbol provider bar_size what use_rth ts session',
    'AAPL mock 1 day TRADES true 2026-11-16 15:00:00+00 2026-11-16',
    'AAPL mock 1 day TRADES true 2026-11-17 15:00:00+00 2026-11-17',
    'MSFT mock 1 day TRADES true 2026-11-16 15:00:00+00 2026-11-16',
    'MSFT mock 1 day TRADES true 2026-11-17 15:00:00+00 2026-11-17',
  ]);
  await exportTable({ table: 'contracts', to: join(out, 'contracts.csv'), symbols: null }, ctx);
  expect(await readFile(join(out, 'contracts.csv'), 'utf8')).toContain("\n'=cmd,");
  const parquet = { table: 'equity_bars', to: join(out, 'b.parquet'), symbols: ['AAPL'] };
  expect(await exportTable(parquet, ctx)).toMatchObject({ rows: 2 });
  expect((await readdir(out)).toSorted()).toEqual(['b.parquet', 'bars.csv', 'contracts.csv']);
});

it('rejects an unknown table, an unknown ending and a table that is not there yet', async () => {
  const lake = await openLakeFixture();
  const ctx = { dataFolder: lake.folder, lineageFolder: join(lake.folder, '../lineage') };
  const attempt = (table: string, to: string): Promise<unknown> => exportTable({ table, to, symbols: null }, ctx);
  await expect(attempt('equity_bar', 'x.csv')).rejects.toMatchObject({ code: 2, hint: 'did you mean equity_bars?' });
  await expect(attempt('equity_bars', 'x.xls')).rejects.toMatchObject({ code: 2 });
  await expect(attempt('equity_bars', join(lake.folder, 'x.csv'))).rejects.toMatchObject({ code: 2 });
});

it('rejects a symbol without rows, and keeps the file of an earlier export', async () => {
  const lake = await openLakeFixture();
  const to = join(await temporaryFolder(), 'bars.csv');
  await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-18')]);
  await writeFile(to, 'earlier');
  const attempt = (symbols: readonly string[]): Promise<unknown> =>
    exportTable(
      { table: 'equity_bars', to, symbols },
      { dataFolder: lake.folder, lineageFolder: `${lake.folder}-runs` },
    );
  await expect(attempt(['AAPL', 'ZZZZ'])).rejects.toMatchObject({
    code: 2,
    message: 'no data for ZZZZ in table equity_bars',
    hint: 'known symbols: AAPL',
  });
  await expect(attempt([])).rejects.toMatchObject({ code: 2, message: '--symbols is empty' });
  expect(await readFile(to, 'utf8')).toBe('earlier');
});

it('writes no file of the lake or the run records, and creates no folder', async () => {
  const lake = await openLakeFixture();
  const lineageFolder = await temporaryFolder();
  const out = await temporaryFolder();
  await commit(lake, 'equity_bars', [bars(equity('AAPL'), '2026-11-16', '2026-11-18')]);
  await symlink(lake.folder, join(out, 'link'));
  const ctx = { dataFolder: lake.folder, lineageFolder };
  const attempt = (to: string): Promise<unknown> => exportTable({ table: 'equity_bars', to, symbols: null }, ctx);
  const places = [
    join(lake.folder, 'equity_bars/new/x.parquet'),
    join(out, 'link/x.csv'),
    join(lineageFolder, 'x.csv'),
  ];
  for (const place of places)
    await expect(attempt(place)).rejects.toMatchObject({
      code: 2,
      hint: 'name a file outside of the lake and its records',
    });
  await expect(attempt(join(out, 'absent/x.csv'))).rejects.toMatchObject({ code: 2 });
  expect(await readdir(out)).toEqual(['link']);
});
