import { expect, it } from 'vitest';
import { join } from 'node:path';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { exportRows } from '../../src/app/export/export-rows.js';
import type { ExportRequest, ExportResult } from '../../src/app/export/export-rows.js';
import { findDataset } from '../../src/app/export/export-source.js';
import type { Folders } from '../../src/app/context.js';
import { openEngine } from '../../src/lake/parquet/engine.js';
import { bars, commit, contract, equity, openLakeFixture, temporaryFolder } from '../lake/lake-fixture.js';

interface Exported extends Partial<Omit<ExportRequest, 'sources' | 'to'>> {
  readonly table: string;
  readonly to: string;
  readonly symbols: readonly string[] | null;
  readonly from?: string;
  readonly until?: string;
}

const plain = { partitions: null, isForExcel: false, separator: null } as const;

async function exportTable(
  { table, to, symbols, from = '', until = '', ...options }: Exported,
  folders: Folders,
): Promise<ExportResult> {
  const sources = table.split(',').map((name) => ({
    name,
    source: {
      kind: 'table',
      dataset: findDataset(name),
      symbols,
      from: from === '' ? null : from,
      until: until === '' ? null : until,
    } as const,
  }));
  return exportRows({ ...plain, sources, to, ...options }, folders);
}

async function query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const engine = await openEngine({ memoryLimit: '200MB', spillFolder: '/tmp', preserveOrder: true });
  try {
    return await engine.queryRows(sql, 'test');
  } finally {
    engine.close();
  }
}

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

async function openExport(): Promise<{ readonly ctx: Folders; readonly out: string }> {
  const lake = await openLakeFixture();
  await commit(lake, 'equity_bars', [
    bars(equity('AAPL'), '2026-10-30', '2026-11-03'),
    bars(equity('B/C'), '2026-11-01', '2026-11-02'),
  ]);
  await commit(lake, 'contracts', [contract('AAPL', lake.now(), 1)]);
  return { ctx: { dataFolder: lake.folder, lineageFolder: `${lake.folder}-runs` }, out: await temporaryFolder() };
}

it('writes the sessions between two dates', async () => {
  const { ctx, out } = await openExport();
  const to = join(out, 'b.parquet');
  const part = { table: 'equity_bars', to, symbols: ['AAPL'], from: '2026-10-31', until: '2026-11-01' };
  expect(await exportTable(part, ctx)).toMatchObject({ rows: 2 });
  expect(await query(`SELECT session::VARCHAR AS s FROM '${to}' ORDER BY s`)).toEqual([
    { s: '2026-10-31' },
    { s: '2026-11-01' },
  ]);
});

it('writes a folder partitioned by symbol and month, and replaces it but no other folder', async () => {
  const { ctx, out } = await openExport();
  const to = join(out, 'bars');
  const request = { table: 'equity_bars', to, symbols: null, partitions: ['symbol', 'month'] } as const;
  expect(await exportTable({ ...request, symbols: ['AAPL'] }, ctx)).toMatchObject({ rows: 4 });
  expect(await exportTable(request, ctx)).toMatchObject({ rows: 5 });
  expect(
    await query(
      `SELECT symbol, month, count(*)::INTEGER AS n FROM read_parquet('${to}/**/*.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY ALL`,
    ),
  ).toEqual([
    { symbol: 'AAPL', month: '2026-10', n: 2 },
    { symbol: 'AAPL', month: '2026-11', n: 2 },
    { symbol: 'B/C', month: '2026-11', n: 1 },
  ]);
  expect(await readdir(out)).toEqual(['bars']);
  await expect(exportTable({ ...request, partitions: ['mnth'] }, ctx)).rejects.toMatchObject({
    code: 2,
    hint: 'did you mean month?',
  });
  await expect(exportTable({ ...request, to: join(out, 'b.csv') }, ctx)).rejects.toMatchObject({ code: 2 });
  await writeFile(join(out, 'mine.txt'), 'mine');
  await expect(exportTable({ ...request, to: out }, ctx)).rejects.toMatchObject({
    message: expect.stringContaining('is a folder with other files') as string,
  });
  expect((await readdir(out)).toSorted()).toEqual(['bars', 'mine.txt']);
});

it('writes tables into a database of their own', async () => {
  const { ctx, out } = await openExport();
  const to = join(out, 'market.duckdb');
  expect(await exportTable({ table: 'equity_bars,contracts', to, symbols: null }, ctx)).toMatchObject({ rows: 6 });
  expect(await exportTable({ table: 'equity_bars,contracts', to, symbols: ['AAPL'] }, ctx)).toMatchObject({ rows: 5 });
  const found = await query(
    `ATTACH '${to}' AS market (READ_ONLY); SELECT (SELECT count(*) FROM market.equity_bars)::INTEGER AS bars, (SELECT typeof(ts) FROM market.equity_bars LIMIT 1) AS type, (SELECT count(*) FROM market.contracts)::INTEGER AS contracts`,
  );
  expect(found).toEqual([{ bars: 4, type: 'TIMESTAMP WITH TIME ZONE', contracts: 1 }]);
  expect(await readdir(out)).toEqual(['market.duckdb']);
  const two = { table: 'equity_bars,contracts', to: join(out, 'x.csv'), symbols: null };
  await expect(exportTable(two, ctx)).rejects.toMatchObject({ code: 2 });
});

it('writes the result of a statement, and rejects what is none', async () => {
  const { ctx, out } = await openExport();
  const to = join(out, 'result.csv');
  const run = (sql: string): Promise<ExportResult> =>
    exportRows({ ...plain, sources: [{ name: 'result', source: { kind: 'query', sql } }], to }, ctx);
  expect(await run("SELECT '=1+1' AS f, count(*) AS n, 1 AS n FROM equity_bars; -- all of them")).toMatchObject({
    rows: 1,
  });
  expect(await readFile(to, 'utf8')).toMatch(/^f,n,n\S*\n'=1\+1,5,1\n$/);
  await expect(run('DELETE FROM equity_bars')).rejects.toThrow('DELETE is not allowed');
  await expect(run("SELECT 1) TO '/tmp/x' (FORMAT csv); COPY (SELECT 2")).rejects.toThrow();
  await expect(run('SELECT * FROM equity_bar')).rejects.toThrow('equity_bar');
  await expect(run('SELECT CAST(symbol AS INTEGER) AS i FROM equity_bars')).rejects.toMatchObject({ code: 2 });
  expect(await readFile(to, 'utf8')).toContain("'=1+1");
});

it('writes CSV for Excel', async () => {
  const { ctx, out } = await openExport();
  const to = join(out, 'x.csv');
  await exportTable({ table: 'equity_bars', to, symbols: ['B/C'], isForExcel: true, separator: ';' }, ctx);
  const [head, row] = (await readFile(to, 'utf8')).split('\n');
  expect(head).toMatch(/^\uFEFFsymbol;provider;/);
  expect(row).toContain(';2026-11-01 15:00:00;2026-11-01;');
  const bad = { table: 'equity_bars', to, symbols: null };
  await expect(exportTable({ ...bad, separator: 'x' }, ctx)).rejects.toMatchObject({ code: 2 });
  await expect(exportTable({ ...bad, to: join(out, 'x.parquet'), isForExcel: true }, ctx)).rejects.toMatchObject({
    code: 2,
  });
});

it('removes what a killed export left behind, and returns the folder that it was replacing', async () => {
  const { ctx, out } = await openExport();
  const dead = '2147483646';
  await writeFile(join(out, `.b.csv.${dead}.tmp`), 'half');
  await mkdir(join(out, `.bars.${dead}.old`));
  await writeFile(join(out, `.bars.${dead}.old`, '_pipe_export.json'), '{}');
  await exportTable({ table: 'equity_bars', to: join(out, 'b.csv'), symbols: null }, ctx);
  expect((await readdir(out)).toSorted()).toEqual([`.bars.${dead}.old`, 'b.csv']);
  const request = { table: 'equity_bars', to: join(out, 'bars'), symbols: null, partitions: ['moon'] } as const;
  await expect(exportTable(request, ctx)).rejects.toMatchObject({ code: 2 });
  expect((await readdir(out)).toSorted()).toEqual(['b.csv', 'bars']);
});
