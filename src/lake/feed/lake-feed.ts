import { resolve } from 'node:path';
import { err, ok } from '../../core/result.js';
import { parseSeriesName } from '../../core/series.js';
import type { ProviderName } from '../../core/series.js';
import { getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { trimEndOf } from '../../platform/text/trim-end.js';
import { readFacts } from '../coverage/read-facts.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { readTableCoverage } from '../coverage/table-coverage.js';
import type { LiveFile } from '../delta/actions.js';
import { readCommit } from '../delta/commit-file.js';
import { allColumns, timeColumn } from '../delta/schema.js';
import type { Snapshot } from '../delta/snapshot.js';
import { tableFolder } from '../delta/table-log.js';
import { toEngineError } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { getCommits } from '../parquet/parquet-files.js';
import { duckdbTypes, formatInstantLiteral, quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { buildTableSource } from '../parquet/table-source.js';
import { streamQuery, expectReadOnly, QueryError, runOwnQuery, toQueryError } from '../reader/run-query.js';
import { openLakeDatabase } from '../reader/lake-database.js';
import type { LakeDatabase } from '../reader/lake-database.js';
import { readChangedSeries, toWindowValues, windowColumns } from './changed-windows.js';
import type { ChangedSeries } from './changed-windows.js';
import type { FeedChanges, FeedPosition, FeedRow, LakeFeed } from './feed.js';
import { fillRelation } from './fill-relation.js';
import { waitForCommit } from './wait-for-commit.js';

const feedSettings = `SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = true; SET enable_progress_bar_print = false;`;

/** Opens the feed of a lake; copies may be written to and read from the given folders. */
export function openLakeFeed(lakeFolder: string, folders: readonly string[]): LakeFeed {
  const folder = resolve(lakeFolder);
  const open = (): LakeDatabase => openLakeDatabase(folder, { settings: feedSettings, folders });
  let database = open();

  async function head(dataset: Dataset): Promise<FeedPosition | null> {
    return toPosition(await database.snapshot(dataset));
  }

  async function stage(dataset: Dataset, since: FeedPosition | null, until?: number): Promise<FeedChanges | null> {
    const snapshot = await database.snapshot(dataset);
    const current = toPosition(snapshot);
    if (current === null) return null;
    const position = until === undefined ? current : { ...current, version: Math.min(until, current.version) };
    const usable = since?.tableId === position.tableId && since.version <= position.version ? since : null;
    if (usable?.version === position.version) return null;
    const table = tableFolder(folder, dataset);
    const changed = usable === null ? null : await readChangedSeries(table, usable.version, position.version);
    const engine = await database.engine();
    await defineRows(engine, 'all_rows', dataset, table, [...snapshot.files.values()]);
    if (changed === null) {
      const windows = await stageWholeTable(engine, dataset, table, database.engine);
      return { dataset, since: usable, position, scope: 'table', windowColumns: ['symbol', 'provider'], windows };
    }
    const after = usable?.version ?? -1;
    const files = [...snapshot.files.values()].filter((file) => mayHoldCommitsAfter(file, after));
    const windows = await stageWindows(engine, dataset, changed);
    await defineChangedRows(engine, dataset, table, windows === 0 ? [] : files);
    return { dataset, since: usable, position, scope: 'windows', windowColumns: windowColumns(dataset), windows };
  }

  async function copy(engine: Engine, sql: string, path: string, options: string): Promise<number> {
    const [copied] = await engine.queryRows(`COPY (${sql}) TO ${quoteLiteral(path)} (${options})`, path);
    return Number(copied?.['Count'] ?? 0);
  }

  return {
    folder,
    head,
    stage,
    async positionBefore(dataset, instant) {
      const current = await head(dataset);
      if (current === null) return null;
      const table = tableFolder(folder, dataset);
      for (let version = current.version; version >= 0; version--) {
        const content = await readCommit(table, version);
        if (content !== null && parseCommit(content, table, version, 'skip').committedAt < instant)
          return { ...current, version };
      }
      return null;
    },
    async waitForCommit(dataset, after, signal) {
      const isSame = await waitForCommit(tableFolder(folder, dataset), after?.version ?? null, signal);
      if (isSame) return;
      // What is known of the table is of one that was removed.
      await database.close();
      database = open();
    },
    async stageRows(dataset) {
      const snapshot = await database.snapshot(dataset);
      const position = toPosition(snapshot);
      if (position === null) return null;
      const table = tableFolder(folder, dataset);
      await defineRows(await database.engine(), 'all_rows', dataset, table, [...snapshot.files.values()]);
      return position;
    },
    async defineByQuery(relation, sql) {
      try {
        const engine = await database.engineWithViews(sql);
        await expectReadOnly(engine, sql);
        const text = trimEndOf(sql, ' \t\r\n\f\v;');
        await engine.connection.run(`CREATE OR REPLACE TABLE ${relation} AS SELECT * FROM (${text}\n)`);
        const described = await engine.queryRows(`DESCRIBE ${relation}`, folder);
        const columns = described.map((column) => String(column['column_name']));
        return ok({ columns });
      } catch (error) {
        const converted = toQueryError(error);
        if (converted instanceof QueryError) return err(converted.message);
        throw converted;
      }
    },
    async summarize(relation, limit) {
      const engine = await database.engine();
      const [counted] = await engine.queryRows(`SELECT count(*)::DOUBLE AS n FROM ${relation}`, folder);
      const rows = Number(counted?.['n'] ?? 0);
      if (rows === 0) return { rows, first: [] };
      const { rows: first } = await runOwnQuery(
        engine,
        `SELECT * FROM ${relation} ORDER BY ALL LIMIT ${String(limit)}`,
      );
      return { rows, first };
    },
    async *readFacts(dataset, since, until) {
      const table = tableFolder(folder, dataset);
      const first = since === null ? 0 : since.version + 1;
      yield* readFacts(table, dataset, { versions: { first, last: until.version } });
    },
    async define(relation, columns, rows) {
      await fillRelation(await database.engine(), relation, columns, rows);
    },
    async query(sql) {
      return (await database.engine()).queryRows(sql, folder);
    },
    async stream(sql) {
      const { columns, rows } = await streamQuery(await database.engine(), sql);
      return { columns, rows };
    },
    async defineViews(sql) {
      await expectReadOnly(await database.engineWithViews(sql), sql);
      database.expectReadable(sql);
    },
    async progress() {
      const { percentage } = (await database.engine()).connection.progress;
      return percentage < 0 ? null : percentage;
    },
    async copyTo(sql, path, options) {
      return copy(await database.engine(), sql, path, options);
    },
    async copyConcurrently(sql, path, options) {
      const engine = await database.engine();
      const connection = await engine.connect();
      try {
        const reader = await connection.runAndReadAll(`COPY (${sql}) TO ${quoteLiteral(path)} (${options})`);
        return Number(reader.getRowObjectsJson()[0]?.['Count'] ?? 0);
      } catch (error) {
        throw toEngineError(error, path);
      } finally {
        connection.closeSync();
      }
    },
    close: () => database.close(),
  };
}

function toPosition({ version, metadata }: Snapshot): FeedPosition | null {
  return version === null || metadata === null ? null : { tableId: metadata.id, version };
}

/** Files of other programs do not name the commits whose rows they hold. */
function mayHoldCommitsAfter(file: LiveFile, version: number): boolean {
  if (file.tags['pipe.commits'] === undefined) return true;
  for (const commit of getCommits(file)) if (commit > version) return true;
  return false;
}

/** Defines the rows of some files as a view; without files an empty one. */
async function defineRows(
  engine: Engine,
  relation: string,
  dataset: Dataset,
  table: string,
  files: readonly LiveFile[],
): Promise<void> {
  const source = files.length === 0 ? `(${buildEmptySource(dataset)})` : buildTableSource(dataset, table, files);
  await engine.run(`CREATE OR REPLACE VIEW ${relation} AS SELECT * FROM ${source}`, table);
}

function buildEmptySource(dataset: Dataset): string {
  const nulls = Object.entries(allColumns(dataset)).map(
    ([name, type]) => `CAST(NULL AS ${duckdbTypes[type]}) AS ${quoteIdentifier(name)}`,
  );
  return `SELECT ${nulls.join(', ')} WHERE false`;
}

/** One window without bounds for every symbol that the table has rows of, or had. */
async function stageWholeTable(
  engine: Engine,
  dataset: Dataset,
  table: string,
  openEngine: () => Promise<Engine>,
): Promise<number> {
  const coverage = await readTableCoverage(table, dataset, { engine: openEngine });
  const pairs = new Map<string, readonly [string, ProviderName]>();
  for (const { provider, series } of coverage.series()) {
    const { symbol } = parseSeriesName(series);
    pairs.set(`${provider}/${symbol}`, [symbol, provider]);
  }
  await fillRelation(engine, 'covered_symbols', { symbol: 'VARCHAR', provider: 'VARCHAR' }, pairs.values());
  await engine.run(
    `CREATE OR REPLACE TABLE changed_windows AS
     SELECT symbol, provider, '-infinity'::TIMESTAMPTZ AS window_start, 'infinity'::TIMESTAMPTZ AS window_end
     FROM (SELECT symbol, provider FROM covered_symbols UNION SELECT symbol, provider FROM all_rows);
     CREATE OR REPLACE VIEW changed_rows AS SELECT * FROM all_rows`,
    table,
  );
  const [counted] = await engine.queryRows('SELECT count(*)::INTEGER AS n FROM changed_windows', table);
  return Number(counted?.['n'] ?? 0);
}

async function stageWindows(engine: Engine, dataset: Dataset, changed: readonly ChangedSeries[]): Promise<number> {
  const columns = getColumns(dataset);
  const types = Object.fromEntries(
    windowColumns(dataset).map((name) => [name, duckdbTypes[columns[name]?.type ?? 'text']]),
  );
  let windows = 0;
  function* listRows(): Generator<FeedRow> {
    for (const { provider, series, windows: changedWindows } of changed) {
      const values = toWindowValues(dataset, provider, series);
      if (values === null) continue;
      for (const { start, end } of changedWindows) {
        windows++;
        yield [...values, start, end];
      }
    }
  }
  await fillRelation(
    engine,
    'changed_windows',
    { ...types, window_start: duckdbTypes.timestamp, window_end: duckdbTypes.timestamp },
    listRows(),
  );
  return windows;
}

async function defineChangedRows(
  engine: Engine,
  dataset: Dataset,
  table: string,
  files: readonly LiveFile[],
): Promise<void> {
  await defineRows(engine, 'candidate_rows', dataset, table, files);
  const time = `held.${timeColumn(dataset)}`;
  const [bounds] = await engine.queryRows(
    `SELECT epoch_ms(min(window_start))::DOUBLE AS first_ms, epoch_ms(max(window_end))::DOUBLE AS last_ms FROM changed_windows`,
    table,
  );
  const within =
    typeof bounds?.['first_ms'] === 'number' && typeof bounds['last_ms'] === 'number'
      ? `${time} >= ${formatInstantLiteral(bounds['first_ms'])} AND ${time} < ${formatInstantLiteral(bounds['last_ms'])}`
      : 'false';
  const keys = windowColumns(dataset).map(
    // Only the trading class may be null.
    (name) =>
      `held.${quoteIdentifier(name)} ${name === 'trading_class' ? 'IS NOT DISTINCT FROM' : '='} w.${quoteIdentifier(name)}`,
  );
  await engine.run(
    `CREATE OR REPLACE VIEW changed_rows AS SELECT held.* FROM candidate_rows AS held SEMI JOIN changed_windows AS w ON
     (${[...keys, `${time} >= w.window_start`, `${time} < w.window_end`].join(' AND ')}) WHERE ${within}`,
    table,
  );
}
