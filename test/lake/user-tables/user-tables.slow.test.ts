import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../src/core/time/clock.js';
import type { Result } from '../../../src/core/result.js';
import type { LakeWriter, UserTableCommit, StatementProblem } from '../../../src/lake/api.js';
import { readUserTablesState } from '../../../src/lake/user-tables/user-tables-state.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { author, bars, equity, temporaryFolder } from '../lake-fixture.js';

let time = Date.UTC(2026, 10, 20, 22);
const clock: Clock = { now: () => (time += 10), sleepUntil: () => Promise.resolve() };
const stepRef = { step: 'returns', definition: 'abc' };
const { signal } = new AbortController();

async function createLakeWithBars(): Promise<{ folder: string; writer: LakeWriter }> {
  const lake = await openLakeWithBars(await temporaryFolder());
  onTestFinished(() => lake.writer.close());
  return lake;
}

async function openLakeWithBars(folder: string): Promise<{ folder: string; writer: LakeWriter }> {
  const writer = await openLakeWriter({ folder, author, clock, emit: () => undefined });
  for (const symbol of ['AAPL', 'MSFT']) await writer.receive(bars(equity(symbol), '2026-02-01', '2026-02-05'));
  await writer.flush();
  return { folder, writer };
}

async function replaceByQuery(
  writer: LakeWriter,
  sql: string,
  dataset = 'returns',
): Promise<Result<UserTableCommit, StatementProblem>> {
  const snapshot = await writer.userTables.openSnapshot();
  try {
    return await snapshot.replaceByQuery(stepRef, dataset, sql, signal);
  } finally {
    await snapshot.close();
  }
}

async function rows(folder: string, sql: string): Promise<readonly unknown[]> {
  const reader = await openLakeReader(folder);
  try {
    return (await reader.query(sql)).rows;
  } finally {
    await reader.close();
  }
}

test('finds the tables that a statement reads before it runs, and none for an invalid one', async () => {
  const { writer } = await createLakeWithBars();
  const snapshot = await writer.userTables.openSnapshot();
  const sql = 'WITH b AS (FROM equity_bars) SELECT * FROM b JOIN contracts USING (symbol)';
  expect(await snapshot.findInputs(sql, signal)).toEqual({ equity_bars: 0, contracts: null });
  expect(await snapshot.findInputs('SELECT FROM', signal)).toEqual({});
  await snapshot.close();
});

test('stores a query result with Delta Lake types and replaces the whole table on the next run', async () => {
  const { folder, writer } = await createLakeWithBars();
  const first = await replaceByQuery(
    writer,
    `SELECT symbol, session, close, sum(bar_count) OVER () AS total, ts::TIMESTAMP AS naive, [close] AS list,
            {'a': close} AS pair, 1.5::DECIMAL(10, 2) AS price, INTERVAL 1 DAY AS span, 7::UTINYINT AS small
     FROM equity_bars ORDER BY symbol, session; -- all of them`,
  );
  expect(first).toMatchObject({ ok: true, value: { version: 0, rows: 8, files: 1, inputs: { equity_bars: 0 } } });
  expect(first.ok && first.value.columns.map(({ name, type }) => [name, type])).toEqual([
    ['symbol', 'string'],
    ['session', 'date'],
    ['close', 'double'],
    ['total', 'long'],
    ['naive', 'timestamp'],
    ['list', '{"type":"array","elementType":"double","containsNull":true}'],
    ['pair', '{"type":"struct","fields":[{"name":"a","type":"double","nullable":true,"metadata":{}}]}'],
    ['price', 'decimal(10,2)'],
    ['span', 'string'],
    ['small', 'short'],
  ]);
  const second = await replaceByQuery(
    writer,
    'SELECT symbol, count(*) AS bars FROM equity_bars GROUP BY ALL ORDER BY ALL',
  );
  expect(second).toMatchObject({ ok: true, value: { version: 1, rows: 2 } });
  await writer.finish();
  expect(await rows(folder, 'FROM returns')).toEqual([
    { symbol: 'AAPL', bars: 4 },
    { symbol: 'MSFT', bars: 4 },
  ]);
  const log = await readFile(join(folder, 'returns/_delta_log/00000000000000000001.json'), 'utf8');
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([
    {
      commitInfo: {
        operation: 'WRITE',
        pipe: { run: author.runId, pipeline: author.pipeline, ...stepRef, inputs: { equity_bars: 0 } },
      },
    },
    { metaData: { partitionColumns: [] } },
    { remove: { dataChange: true } },
    { add: { dataChange: true } },
  ]);
  // The replaced file stays for readers that still use it.
  expect((await readdir(join(folder, 'returns'))).filter((name) => name.endsWith('.parquet'))).toHaveLength(2);
});

test('stores a result without rows as an empty table that queries can read', async () => {
  const { folder, writer } = await createLakeWithBars();
  const result = await replaceByQuery(writer, 'SELECT symbol, close FROM equity_bars WHERE false');
  expect(result).toMatchObject({ ok: true, value: { rows: 0, files: 0 } });
  await writer.finish();
  expect(await rows(folder, 'SELECT count(*) AS n, typeof(max(close)) AS t FROM returns')).toEqual([
    { n: 0, t: 'DOUBLE' },
  ]);
});

describe('a user table with one row', () => {
  let lake: { readonly folder: string; readonly writer: LakeWriter };

  beforeAll(async () => {
    lake = await openLakeWithBars(await mkdtemp(join(tmpdir(), 'pipe-lake-')));
    await replaceByQuery(lake.writer, 'SELECT 1 AS one');
  });

  afterAll(async () => {
    await lake.writer.close();
    await rm(lake.folder, { recursive: true, force: true });
  });

  test.each([
    ['SELECT nothing FROM equity_bars', 7, 'Binder Error: Referenced column "nothing" not found'],
    ["SELECT 'ä', FROM FROM", 17, 'Parser Error: syntax error at or near "FROM"'],
    ["SELECT 'ä', nothing FROM equity_bars", 12, 'Binder Error'],
    ['SELECT symbol::INT AS n FROM equity_bars', 13, "Conversion Error: Could not convert string 'AAPL' to INT32"],
    ['SELECT * FROM facts', 14, 'Catalog Error: Table with name facts does not exist'],
    ['DROP VIEW equity_bars', 0, 'expected a statement that returns rows'],
    ["COPY equity_bars TO 'x.csv'", null, 'custom steps can read only the lake'],
    ["SELECT 1) TO 'x' (FORMAT csv", 8, 'Parser Error: syntax error at or near ")"'],
    ['SELECT 1; SELECT 2', null, 'expected one statement, found several'],
    ["SELECT * FROM read_csv('/etc/passwd')", 14, 'custom steps can read only the lake'],
    ['SELECT count(*) FROM equity_bars', null, 'the column "count_star()" needs a name'],
  ])('rejects %s with its position and keeps the table unchanged', async (sql, offset, message) => {
    const rejected = await replaceByQuery(lake.writer, sql);
    expect(rejected).toMatchObject({ ok: false, error: { offset } });
    expect(rejected.ok ? '' : rejected.error.message).toContain(message);
    expect(await rows(lake.folder, 'FROM returns')).toEqual([{ one: 1 }]);
  });
});

test('reports the origin, the input versions and missing files of user tables', async () => {
  const { folder, writer } = await createLakeWithBars();
  expect(await readUserTablesState(folder)).toMatchObject({
    tables: [],
    stepsDone: [],
    versions: { equity_bars: 0, chains: null },
  });
  await replaceByQuery(writer, 'SELECT symbol FROM equity_bars');
  await replaceByQuery(writer, 'SELECT symbol FROM returns', 'symbols');
  const snapshot = await writer.userTables.openSnapshot();
  await snapshot.recordStepDone(
    { step: 'notify', definition: 'd' },
    await snapshot.readVersions(['returns', 'equity_bars']),
  );
  await snapshot.close();
  const state = await readUserTablesState(folder);
  expect(state).toMatchObject({
    tables: [
      { dataset: 'returns', rows: 8, isIntact: true, origin: { step: 'returns', inputs: { equity_bars: 0 } } },
      { dataset: 'symbols', rows: 8, isIntact: true, origin: { inputs: { returns: 0 } } },
    ],
    stepsDone: [{ pipeline: author.pipeline.name, step: 'notify', inputs: { returns: 0, equity_bars: 0 } }],
    versions: { equity_bars: 0, returns: 0, symbols: 0 },
  });
  // New rows change the version; a failed request would not.
  await writer.receive(bars(equity('AAPL'), '2026-02-05', '2026-02-06'));
  await writer.flush();
  expect((await readUserTablesState(folder)).versions).toMatchObject({ equity_bars: 1 });
  for (const name of await readdir(join(folder, 'symbols')))
    if (name.endsWith('.parquet')) await rm(join(folder, 'symbols', name));
  expect((await readUserTablesState(folder)).tables[1]).toMatchObject({ dataset: 'symbols', isIntact: false });
});

test('holds the last result after eleven replacements and a checkpoint', async () => {
  const { folder, writer } = await createLakeWithBars();
  for (let number = 0; number <= 10; number++) await replaceByQuery(writer, `SELECT ${String(number)} AS n`);
  await writer.finish();
  expect(await readdir(join(folder, 'returns/_delta_log'))).toContain('00000000000000000010.checkpoint.parquet');
  expect(await rows(folder, 'FROM returns')).toEqual([{ n: 10 }]);
  expect((await readUserTablesState(folder)).tables).toMatchObject([{ version: 10, files: 1 }]);
});

test.each(['csv', 'json', 'parquet'] as const)(
  'exports a table as %s and replaces a table from such a file',
  async (format) => {
    const { folder, writer } = await createLakeWithBars();
    const snapshot = await writer.userTables.openSnapshot();
    const inside = await snapshot.createFolder();
    const path = join(inside, `table.${format}`);
    expect(await snapshot.exportTable('equity_bars', format, path, signal)).toMatchObject({ ok: true });
    const inputs = await snapshot.readVersions(['equity_bars']);
    expect(await snapshot.replaceByFile(stepRef, 'copied', { format, path }, inputs, signal)).toMatchObject({
      ok: true,
      value: { rows: 8, inputs: { equity_bars: 0 } },
    });
    const missing = await snapshot.replaceByFile(
      stepRef,
      'copied',
      { format, path: join(inside, 'no') },
      inputs,
      signal,
    );
    expect(missing).toMatchObject({ ok: false, error: { message: 'the file does not exist' } });
    await snapshot.close();
    expect(await rows(folder, 'SELECT sum(close) AS sum, count(DISTINCT symbol) AS n FROM copied')).toEqual(
      await rows(folder, 'SELECT sum(close) AS sum, count(DISTINCT symbol) AS n FROM equity_bars'),
    );
    await expect(readdir(inside)).rejects.toThrow('ENOENT');
  },
);

test('interrupts a running statement when the signal aborts', async () => {
  const { writer } = await createLakeWithBars();
  const snapshot = await writer.userTables.openSnapshot();
  const stop = new AbortController();
  const working = snapshot.replaceByQuery(
    stepRef,
    'returns',
    'SELECT sum(a.i * b.i) AS s FROM range(1000000) a(i), range(1000000) b(i)',
    stop.signal,
  );
  setTimeout(() => {
    stop.abort();
  }, 50);
  expect(await working).toMatchObject({ ok: false });
  await snapshot.close();
});
