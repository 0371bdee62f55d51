import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { CoverageState, SeriesCoverage } from '../../../src/core/coverage.js';
import { tables } from '../../../src/core/tables/tables.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import { hour } from '../../../src/core/time/time.js';
import { readTableCoverage, writeCoverageCheckpoint } from '../../../src/lake/coverage/table-coverage.js';
import { toAddAction, toRemoveAction } from '../../../src/lake/delta/actions.js';
import type { LiveFile } from '../../../src/lake/delta/actions.js';
import { commitPath, nextVersion } from '../../../src/lake/delta/paths.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { buildTableSource } from '../../../src/lake/parquet/table-source.js';
import { storedColumns } from '../../../src/lake/delta/schema.js';
import { quoteIdentifier } from '../../../src/lake/parquet/sql.js';
import { keepForeignDeletes } from '../../../src/plan/kept-deletions.js';
import { store } from '../../checks/checking.js';
import { bars, chain, equity, openLakeFixture } from '../lake-fixture.js';
import type { LakeFixture } from '../lake-fixture.js';

let fixture: LakeFixture;
beforeEach(async () => {
  fixture = await openLakeFixture();
  await store(fixture.folder, [
    [bars(equity('AAPL'), '2025-03-03', '2025-03-08'), bars(equity('MSFT'), '2025-03-03', '2025-03-08')],
    [bars(equity('TSLA'), '2024-03-04', '2024-03-09')],
  ]);
});

/** Deletes the rows of a table as delta-rs and Spark do: files with other rows are replaced by new ones. */
async function deleteRows(dataset: Dataset, where: string, isUpdate = false): Promise<number> {
  const log = fixture.log(dataset);
  const { files, version } = await log.refresh();
  const lines: object[] = [{ commitInfo: { operation: isUpdate ? 'UPDATE' : 'DELETE', engineInfo: 'delta-rs:1.0.0' } }];
  const columns = Object.keys(storedColumns(dataset)).map(quoteIdentifier).join(', ');
  for (const file of files.values()) {
    const source = buildTableSource(dataset, log.folder, [file]);
    const count = async (condition: string): Promise<number> => {
      const [row] = await fixture.engine.queryRows(
        `SELECT count(*)::INTEGER AS n FROM ${source} WHERE ${condition}`,
        source,
      );
      return Number(row?.['n']);
    };
    if ((await count(where)) === 0) continue;
    lines.push(toRemoveAction(file, 1, true));
    const kept = isUpdate ? 'true' : `NOT (${where})`;
    if ((await count(kept)) === 0) continue;
    const path = join(dirname(file.path), `part-${String(lines.length)}.parquet`);
    const target = join(log.folder, path);
    await fixture.engine.run(
      `COPY (SELECT ${columns} FROM ${source} WHERE ${kept}) TO '${target}' (FORMAT parquet)`,
      target,
    );
    const { size } = await stat(target);
    const { partitionValues } = file;
    const added: LiveFile = { path, partitionValues, size, modificationTime: 1, stats: null, tags: {} };
    const { add } = toAddAction(added, true) as { readonly add: object };
    lines.push({ add: { ...add, tags: undefined } });
  }
  const next = nextVersion(version);
  await writeFile(commitPath(log.folder, next), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return next;
}

/** Without the hours by which the UTC days of the fixture differ from the days of the exchange. */
async function readCoverage(name: string): Promise<SeriesCoverage> {
  const reader = await openLakeReader(fixture.folder);
  onTestFinished(() => reader.close());
  const coverage = (await reader.readState()).coverage('mock', name);
  return name.startsWith('chains/') ? coverage : coverage.filter(({ start, end }) => end - start > 6 * hour);
}

const bar = (symbol: string): string => `equity_bars/${symbol}/1 day/TRADES/rth`;

async function readStates(symbol: string): Promise<readonly CoverageState[]> {
  return (await readCoverage(bar(symbol))).map(({ state }) => state);
}

test('rows that another engine deleted are missing, before and after the next run records it', async () => {
  const version = await deleteRows('equity_bars', "symbol = 'AAPL'");
  for (const isRecorded of [false, true]) {
    if (isRecorded) await store(fixture.folder, []);
    const coverage = await readCoverage(bar('AAPL'));
    expect(coverage).toMatchObject([
      { state: 'missing', reason: `deleted by another engine in version ${String(version)}` },
    ]);
    expect(await readStates('MSFT')).toEqual(['data']);
    expect(await readStates('TSLA')).toEqual(['data']);
  }
  const { fold } = await readTableCoverage(join(fixture.folder, 'equity_bars'), 'equity_bars');
  expect(fold.foreignChanges).toEqual([]);
});

test('deleting whole files loses their windows, and deleting one day loses that day', async () => {
  await deleteRows('equity_bars', "session < DATE '2025-01-01' OR (symbol = 'MSFT' AND session = DATE '2025-03-05')");
  expect(await readStates('TSLA')).toEqual(['missing']);
  expect(await readStates('AAPL')).toEqual(['data']);
  const coverage = await readCoverage(bar('MSFT'));
  expect(coverage.map(({ state }) => state)).toEqual(['data', 'missing', 'data']);
  expect(coverage[1]).toMatchObject({
    start: Date.parse('2025-03-05T05:00:00Z'),
    end: Date.parse('2025-03-06T05:00:00Z'),
  });
});

test('an UPDATE loses nothing', async () => {
  await deleteRows('equity_bars', "symbol = 'AAPL'", true);
  expect(await readStates('AAPL')).toEqual(['data']);
});

test('a refetched window is no longer missing, and a checkpoint remembers a deletion that is not recorded yet', async () => {
  await deleteRows('equity_bars', "symbol = 'AAPL'");
  const table = join(fixture.folder, 'equity_bars');
  await writeCoverageCheckpoint(table, await readTableCoverage(table, 'equity_bars'));
  expect(await readStates('AAPL')).toEqual(['missing']);
  await store(fixture.folder, [[bars(equity('AAPL'), '2025-03-03', '2025-03-08')]]);
  expect(await readStates('AAPL')).toEqual(['data']);
});

test('all rows of removed files count as lost when the files are no longer on disk', async () => {
  const before = await fixture.log('equity_bars').refresh();
  await deleteRows('equity_bars', "symbol = 'AAPL'");
  for (const path of before.files.keys()) {
    const { files } = await fixture.log('equity_bars').refresh();
    if (!files.has(path)) await rm(join(fixture.folder, 'equity_bars', path));
  }
  expect(await readStates('AAPL')).toEqual(['missing']);
  expect(await readStates('MSFT')).toEqual(['missing']);
  expect(await readStates('TSLA')).toEqual(['data']);
});

test('a chain with deleted contracts is missing, and the one before it is the latest', async () => {
  const [first, second] = [Date.UTC(2026, 0, 31, 12), Date.UTC(2026, 1, 2, 12)];
  await store(fixture.folder, [[chain('AAPL', first, ['2026-03-20'], 3)], [chain('AAPL', second, ['2026-03-20'], 3)]]);
  expect(tables.chains.kind).toBe('point');
  await deleteRows('chains', "as_of = TIMESTAMPTZ '2026-02-02 12:00:00+00' AND strike = 50");
  expect(await readCoverage('chains/AAPL')).toMatchObject([
    { start: first, state: 'data' },
    { start: second, state: 'missing' },
  ]);
});

test('the coverage of a pipeline that keeps deletions does not request them', async () => {
  await deleteRows('equity_bars', "symbol = 'AAPL'");
  const coverage = await readCoverage(bar('AAPL'));
  const kept = keepForeignDeletes(() => coverage);
  expect(kept('mock', 'one').map(({ state }) => state)).toEqual(['unavailable']);
  expect(kept('mock', 'other')).toBe(kept('mock', 'one'));
});
