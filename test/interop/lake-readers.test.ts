import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { FetchResult } from '../../src/core/fetch-result.js';
import { getColumns, datasets } from '../../src/core/tables/tables.js';
import type { Column, Dataset } from '../../src/core/tables/tables.js';
import type { Series } from '../../src/core/series.js';
import { rowsToColumns } from '../../src/providers/synthetic/rows-to-columns.js';
import type { Instant } from '../../src/core/time/time.js';
import { findRequirement, titled } from '../requirements.js';
import { buildBatch } from '../../src/lake/commit/batch.js';
import { readTableCoverage } from '../../src/lake/coverage/table-coverage.js';
import { commitBatch } from '../../src/lake/commit/commit-batch.js';
import { writeCheckpoint } from '../../src/lake/delta/checkpoint.js';
import { allColumns } from '../../src/lake/delta/schema.js';
import { compact } from '../../src/lake/maintenance/compact.js';
import { vacuumSuperseded } from '../../src/lake/maintenance/vacuum.js';
import { quoteIdentifier } from '../../src/lake/parquet/sql.js';
import { defineView } from '../../src/lake/reader/views.js';
import {
  author,
  bars,
  chain,
  contract,
  equity,
  instrument,
  oddSymbols,
  openLakeFixture,
  option,
} from '../lake/lake-fixture.js';
import type { LakeFixture } from '../lake/lake-fixture.js';
import { removeColumns } from '../lake/delta/older-lake.js';

/** A Python with `deltalake`, `polars` and `pyarrow`. */
const python = findRequirement('python');

interface Summary {
  readonly rows: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly nulls: Readonly<Record<string, number>>;
  readonly symbols: Readonly<Record<string, number>>;
}

interface ReaderResult {
  readonly version: number;
  readonly delta: Summary;
  readonly polars: Summary;
  readonly statistics: number;
  readonly filtered: number;
}

async function readWithPython(folders: readonly string[]): Promise<Readonly<Record<string, ReaderResult>>> {
  const script = join(import.meta.dirname, 'read_lake.py');
  const { stdout } = await promisify(execFile)(python.path, [script, ...folders], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Record<string, ReaderResult>;
}

/** The same summary by DuckDB, through the views of the lake. */
async function readWithDuckDB(rig: LakeFixture, dataset: Dataset): Promise<Summary> {
  await defineView(rig.engine, rig.folder, dataset, await rig.log(dataset).refresh());
  const columns = Object.entries(allColumns(dataset));
  const sumExpression = (name: string, type: string): string => {
    const column = quoteIdentifier(name);
    switch (type) {
      case 'text':
        return `sum(octet_length(encode(${column})))`;
      case 'boolean':
        return `count_if(${column})`;
      case 'date':
        return `sum(${column} - DATE '1970-01-01')`;
      case 'timestamp':
        return `sum(epoch_ms(${column}))`;
      default:
        return `sum(${column})`;
    }
  };
  const queryNumbers = async (expressions: readonly string[]): Promise<readonly number[]> => {
    const list = expressions.map((text, index) => `coalesce((${text})::DOUBLE, 0) AS c${String(index)}`).join(', ');
    const [row] = await rig.engine.queryRows(`SELECT ${list} FROM ${dataset}`, dataset);
    return Object.values(row ?? {}).map(Number);
  };
  const sums = await queryNumbers(columns.map(([name, type]) => sumExpression(name, type)));
  const nulls = await queryNumbers(columns.map(([name]) => `count(*) - count(${quoteIdentifier(name)})`));
  const symbols = await rig.engine.queryRows(
    `SELECT symbol, count(*)::DOUBLE AS n FROM ${dataset} GROUP BY symbol ORDER BY symbol`,
    dataset,
  );
  const [rows = 0] = await queryNumbers(['count(*)']);
  return {
    rows,
    sums: Object.fromEntries(columns.map(([name], index) => [name, sums[index] ?? NaN])),
    nulls: Object.fromEntries(columns.map(([name], index) => [name, nulls[index] ?? NaN])),
    symbols: Object.fromEntries(symbols.map(({ symbol, n }) => [String(symbol), Number(n)])),
  };
}

async function expectAgreement(rig: LakeFixture, wanted: readonly Dataset[] = datasets): Promise<void> {
  const folders = Object.fromEntries(wanted.map((dataset) => [dataset, rig.log(dataset).folder]));
  const found = await readWithPython(Object.values(folders));
  for (const dataset of wanted) {
    const here = await readWithDuckDB(rig, dataset);
    const there = found[folders[dataset] ?? ''];
    expect(here.rows, dataset).toBeGreaterThan(0);
    for (const reader of [there?.delta, there?.polars]) {
      expect(reader?.rows, dataset).toBe(here.rows);
      expect(reader?.symbols, dataset).toEqual(here.symbols);
      expect(reader?.nulls, dataset).toEqual(here.nulls);
      for (const [name, sum] of Object.entries(here.sums))
        expect(reader?.sums[name], `${dataset}.${name}`).toBeCloseTo(sum, 6);
    }
    expect(there?.statistics).toBe(here.rows);
    expect(there?.filtered).toBe(Object.values(here.symbols)[0]);
    expect(there?.version).toBe((await rig.log(dataset).refresh()).version);
  }
}

/** A result of two rows for a table of points: one with every column set, one with null values. */
function createDelivery(series: Series, at: Instant): FetchResult {
  const { dataset } = series;
  const createCell = (index: number, { type }: Column): string | number =>
    type === 'text' ? `é${String(index)}` : type === 'boolean' ? index % 2 : type === 'timestamp' ? at - index : index;
  const createRow = (row: number): ReadonlyMap<string, string | number> =>
    new Map(
      Object.entries<Column>(getColumns(dataset)).flatMap(([name, column], index) =>
        (index + row) % 3 === 0 ? [] : [[name, createCell(index, column)] as const],
      ),
    );
  return {
    requestId: `${author.runId}/${dataset}-${String(at)}`,
    series,
    step: 'points',
    requestedAt: at - 1_000,
    answeredAt: at,
    upstream: [],
    closedWindows: [{ window: { start: at, end: at + 1 }, state: 'data', rows: 2 }],
    rows: rowsToColumns(dataset, [createRow(0), createRow(1)]),
  };
}

/** The tables of points for which the rig has no result. */
function createPointSeries(symbol: string): readonly Series[] {
  const common = { provider: 'mock', instrument: instrument(symbol) } as const;
  return [
    { dataset: 'history_starts', ...common, priceType: 'TRADES', hours: 'rth' },
    { dataset: 'quotes', ...common },
    { dataset: 'option_snapshots', ...common, expiry: '2026-03-20', part: 1, contracts: [] },
    { dataset: 'overviews', ...common, expected: [] },
    { dataset: 'corporate_actions', ...common, barSize: '1 day', priceType: 'TRADES', hours: 'rth' },
  ];
}

async function commitTo(rig: LakeFixture, dataset: Dataset, deliveries: readonly FetchResult[]): Promise<void> {
  const log = rig.log(dataset);
  await commitBatch(rig.context, log, author, buildBatch(dataset, deliveries), () =>
    readTableCoverage(log.folder, dataset),
  );
}

test.skipIf(python.missing)(titled('delta-rs and Polars read the same rows as DuckDB', python), async () => {
  const rig = await openLakeFixture();
  const commit = (dataset: Dataset, deliveries: readonly FetchResult[]): Promise<void> =>
    commitTo(rig, dataset, deliveries);
  const at = Date.UTC(2026, 1, 3, 12, 30, 15, 250);
  const listed = { expiry: '2026-03-20', strike: 97.5, right: 'C' as const, conId: 77 };
  for (let round = 0; round < 9; round++) {
    const day = `2026-01-${String(10 + round)}`;
    const next = `2026-01-${String(11 + round)}`;
    const price = 10 * (round + 1);
    await commit(
      'equity_bars',
      oddSymbols.flatMap((symbol) => [
        bars(equity(symbol), day, next, { price }),
        bars(equity(symbol, '1 hour'), day, next, { price, perDay: 7 }),
      ]),
    );
    await commit(
      'option_bars',
      oddSymbols.slice(0, 4).map((symbol) => bars(option(symbol, listed), day, next, { price, perDay: 7 })),
    );
    await commit(
      'chains',
      oddSymbols.map((symbol) => chain(symbol, at + round, ['2026-03-20', '2026-04-17'], 4)),
    );
    await commit(
      'contracts',
      oddSymbols.map((symbol, index) => contract(symbol, at + round, 100 + index)),
    );
    for (const series of createPointSeries('A/B')) await commit(series.dataset, [createDelivery(series, at + round)]);
  }
  await expectAgreement(rig);

  // Replaces parts of files and whole files.
  await commit(
    'equity_bars',
    oddSymbols.slice(1, 5).map((symbol) => bars(equity(symbol), '2026-01-12', '2026-01-14', { price: 999 })),
  );
  await commit('option_bars', [bars(option('A/B', listed), '2026-01-10', '2026-01-12', { perDay: 7, price: 1 })]);
  await expectAgreement(rig);

  for (const dataset of datasets) {
    const log = rig.log(dataset);
    expect((await compact(rig.context, log, author))?.filesBefore, dataset).toBeGreaterThan(7);
    const snapshot = await log.refresh();
    await writeCheckpoint(rig.engine, log.folder, snapshot, 0, rig.context.names.staging);
    expect((await vacuumSuperseded(log.folder, snapshot, Infinity)).files).toBeGreaterThan(7);
  }
  await expectAgreement(rig);

  // Commits after the checkpoint, so that a reader needs both it and the log.
  await commit('equity_bars', [bars(equity('NEW'), '2026-01-12', '2026-01-14')]);
  await expectAgreement(rig);
});

test.skipIf(python.missing)(
  titled('delta-rs and Polars read null in columns that a table got after a file was written', python),
  async () => {
    const rig = await openLakeFixture();
    const evolvedTables = ['equity_bars', 'option_bars'] as const;
    const listed = { expiry: '2026-03-20', strike: 97.5, right: 'C' as const, conId: 77 };
    const commitDay = async (date: number): Promise<void> => {
      const days = [`2026-01-${String(date)}`, `2026-01-${String(date + 2)}`] as const;
      await commitTo(rig, 'equity_bars', [bars(equity('A/B'), ...days), bars(equity('NIFTY 50'), ...days)]);
      await commitTo(rig, 'option_bars', [bars(option('A/B', listed), ...days), bars(option('M&M', listed), ...days)]);
    };
    for (let round = 0; round < 4; round++) await commitDay(10 + 2 * round);
    for (const dataset of evolvedTables) await removeColumns(rig.engine, rig.log(dataset).folder, ['open_interest']);
    for (let round = 4; round < 8; round++) await commitDay(10 + 2 * round);
    await expectAgreement(rig, evolvedTables);

    // Replaces some days of an older file.
    await commitDay(11);
    await expectAgreement(rig, evolvedTables);
    for (const dataset of evolvedTables) {
      const log = rig.log(dataset);
      await writeCheckpoint(rig.engine, log.folder, await log.refresh(), 0, rig.context.names.staging);
    }
    await expectAgreement(rig, evolvedTables);
    for (const dataset of evolvedTables)
      expect(await compact(rig.context, rig.log(dataset), author), dataset).not.toBeNull();
    await expectAgreement(rig, evolvedTables);
  },
);
