import { appendFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import { datasets } from '../../../src/core/tables/tables.js';
import type { LakeReader, VerifiedFile } from '../../../src/lake/api.js';
import { commitPath } from '../../../src/lake/delta/paths.js';
import { tableFolder } from '../../../src/lake/delta/table-log.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { quarantine } from '../../../src/lake/verify/quarantine.js';
import { verifyTable } from '../../../src/lake/verify/verify-table.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, bars, chain, contract, equity, openLakeFixture, temporaryFolder } from '../lake-fixture.js';
import { stripSeal } from '../delta/older-lake.js';

const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };

async function store(folder: string, results: readonly FetchResult[]): Promise<void> {
  const writer = await openLakeWriter({
    folder,
    author,
    clock,
    emit: () => undefined,
    getTimeZone: () => 'America/New_York',
  });
  for (const result of results) await writer.receive(result);
  await writer.flush();
  await writer.close();
}

/** A lake with four files in three tables. */
async function createLake(): Promise<string> {
  const folder = await temporaryFolder();
  const at = Date.UTC(2026, 0, 31, 12);
  await store(folder, [
    contract('A/B', at, 1),
    chain('A/B', at, ['2026-03-20'], 3),
    bars(equity('A/B'), '2025-12-20', '2026-01-10'),
    bars(equity('MSFT'), '2025-12-20', '2026-01-10'),
  ]);
  return folder;
}

async function openReader(folder: string): Promise<LakeReader> {
  const reader = await openLakeReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

async function verify(reader: LakeReader): Promise<readonly VerifiedFile[]> {
  const files: VerifiedFile[] = [];
  for await (const file of reader.verify(datasets)) files.push(file);
  return files;
}

const diskPath = (folder: string, { dataset, path }: VerifiedFile): string => join(folder, dataset, path);

async function findDamage(folder: string): Promise<readonly (readonly [string, string | undefined])[]> {
  const files = await verify(await openReader(folder));
  return files.flatMap(({ dataset, damage }) => (damage === null ? [] : [[dataset, damage.problem] as const]));
}

async function firstFile(folder: string, dataset: string): Promise<VerifiedFile> {
  const found = (await verify(await openReader(folder))).find((file) => file.dataset === dataset);
  if (found === undefined) throw new Error(`no file in ${dataset}`);
  return found;
}

test('reads every file of an intact lake and reports no damage', async () => {
  const folder = await createLake();
  const files = await verify(await openReader(folder));
  expect(files.map(({ dataset }) => dataset)).toEqual(['contracts', 'chains', 'equity_bars', 'equity_bars']);
  expect(files.every(({ damage }) => damage === null)).toBe(true);
  for (const file of files) expect((await readFile(diskPath(folder, file))).length).toBe(file.bytes);
});

test('reports a checksum mismatch for any flipped bit in a file', async () => {
  const folder = await createLake();
  const fixture = await openLakeFixture(folder);
  const snapshot = await fixture.log('equity_bars').refresh();
  const paths = [...snapshot.files.keys()];
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.nat({ max: 7 }), async (which, where, bit) => {
      const path = paths[which % paths.length] ?? '';
      const target = join(folder, 'equity_bars', path);
      const written = await readFile(target);
      const flipped = Buffer.from(written);
      const offset = where % written.length;
      flipped.writeUInt8(flipped.readUInt8(offset) ^ (1 << bit), offset);
      await writeFile(target, flipped);
      const found: VerifiedFile[] = [];
      for await (const file of verifyTable({
        folder,
        dataset: 'equity_bars',
        snapshot,
        engine: fixture.context.engine,
      }))
        found.push(file);
      await writeFile(target, written);
      expect(found.filter(({ damage }) => damage !== null)).toMatchObject([
        { path, damage: { problem: 'checksum-mismatch' } },
      ]);
      expect(found).toHaveLength(paths.length);
    }),
    { numRuns: 60 },
  );
});

test('reports a missing file as missing, and shorter and longer files as size mismatches', async () => {
  const folder = await createLake();
  await rm(diskPath(folder, await firstFile(folder, 'contracts')));
  await truncate(diskPath(folder, await firstFile(folder, 'chains')), 100);
  await appendFile(diskPath(folder, await firstFile(folder, 'equity_bars')), 'x');
  expect(await findDamage(folder)).toEqual([
    ['contracts', 'missing'],
    ['chains', 'size-mismatch'],
    ['equity_bars', 'size-mismatch'],
  ]);
});

/** Changes the first commit of a table, as another program might. */
async function rewriteLog(
  folder: string,
  dataset: 'chains' | 'contracts',
  change: (text: string) => string,
): Promise<void> {
  const path = commitPath(tableFolder(folder, dataset), 0);
  const before = stripSeal(await readFile(path, 'utf8'));
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
}

test('reports a row count mismatch if the statistics differ from the footer', async () => {
  const folder = await createLake();
  await rewriteLog(folder, 'chains', (text) => text.replace('\\"numRecords\\":6', '\\"numRecords\\":7'));
  const found = (await verify(await openReader(folder))).filter(({ damage }) => damage !== null);
  expect(found).toMatchObject([
    { dataset: 'chains', damage: { problem: 'row-count-mismatch', detail: '6 rows instead of 7' } },
  ]);
});

test('reports a file without a checksum as unreadable if it has no footer', async () => {
  const folder = await createLake();
  await rewriteLog(folder, 'chains', (text) => text.replace('pipe.crc32', 'other.crc32'));
  expect(await findDamage(folder)).toEqual([]);
  const file = await firstFile(folder, 'chains');
  await writeFile(diskPath(folder, file), Buffer.alloc(file.bytes, 7));
  expect(await findDamage(folder)).toEqual([['chains', 'unreadable']]);
});

test('skips a missing file that another process removed from the table meanwhile', async () => {
  const folder = await createLake();
  const fixture = await openLakeFixture(folder);
  const before = await fixture.log('equity_bars').refresh();
  // Fetching the windows again replaces the file of 2026.
  await store(
    folder,
    ['A/B', 'MSFT'].map((symbol) => bars(equity(symbol), '2026-01-01', '2026-01-10', { price: 7 })),
  );
  const after = await fixture.log('equity_bars').refresh();
  const gone = [...before.files.keys()].filter((path) => !after.files.has(path));
  expect(gone).toHaveLength(1);
  for (const path of gone) await rm(join(folder, 'equity_bars', path));
  const found: VerifiedFile[] = [];
  for await (const file of verifyTable({
    folder,
    dataset: 'equity_bars',
    snapshot: before,
    engine: fixture.context.engine,
  }))
    found.push(file);
  expect(found.map(({ damage }) => damage)).toEqual([null]);
});

test('pins the reader and excludes damaged files from its queries', async () => {
  const folder = await createLake();
  const damaged = await firstFile(folder, 'equity_bars');
  const content = await readFile(diskPath(folder, damaged));
  // A damaged footer would otherwise stop every query.
  content.writeUInt8(content.readUInt8(content.length - 7) ^ 255, content.length - 7);
  await writeFile(diskPath(folder, damaged), content);
  const reader = await openReader(folder);
  await verify(reader);
  const count = async (): Promise<unknown> =>
    (await reader.query('SELECT count(*) AS n, min(session) AS first FROM equity_bars')).rows;
  expect(await count()).toEqual([{ n: 18, first: '2026-01-01' }]);
  await store(folder, [bars(equity('LATER'), '2026-01-01', '2026-01-10')]);
  expect(await count()).toEqual([{ n: 18, first: '2026-01-01' }]);
  expect((await reader.query("SELECT count(*) AS n FROM facts WHERE symbol = 'LATER'")).rows).toEqual([{ n: 0 }]);
});

test('quarantine renames damaged files, which then count as missing, and skips missing files', async () => {
  const folder = await createLake();
  const [missing, damaged] = (await verify(await openReader(folder))).filter(
    ({ dataset }) => dataset === 'equity_bars',
  );
  if (missing === undefined || damaged === undefined) throw new Error('two files were written');
  await rm(diskPath(folder, missing));
  expect(await quarantine(folder, [missing, damaged])).toEqual([damaged]);
  expect((await readFile(`${diskPath(folder, damaged)}.damaged`)).length).toBe(damaged.bytes);
  const { damage } = await (await openReader(folder)).readState();
  expect(damage.map(({ problem }) => problem)).toEqual(['missing', 'missing']);
  await rename(`${diskPath(folder, damaged)}.damaged`, diskPath(folder, damaged));
  expect(await findDamage(folder)).toEqual([['equity_bars', 'missing']]);
});

test('returns facts to SQL queries', async () => {
  const reader = await openReader(await createLake());
  const { rows } = await reader.query(
    'SELECT symbol, series, start, state, "rows", replaced FROM Facts WHERE dataset = \'equity_bars\' ORDER BY symbol',
  );
  expect(rows).toEqual([
    {
      symbol: 'A/B',
      series: 'equity_bars/A%2FB/1 day/TRADES/rth',
      start: '2025-12-20T00:00:00Z',
      state: 'data',
      rows: 21,
      replaced: false,
    },
    {
      symbol: 'MSFT',
      series: 'equity_bars/MSFT/1 day/TRADES/rth',
      start: '2025-12-20T00:00:00Z',
      state: 'data',
      rows: 21,
      replaced: false,
    },
  ]);
});
