import { rowKeyColumns } from '../../core/tables/row-key.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { FeedChanges, LakeFeed } from '../../lake/feed/feed.js';
import { symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import { quoteName, quoteText } from '../sql.js';
import { cellSql } from './csv-cells.js';
import { csvLayouts, pathSql } from './layout.js';

/** A file to write, or to remove if it has no rows. */
export interface CsvFile {
  /** Relative to the base directory, without extension. */
  readonly path: string;
  readonly rows: number;
  readonly query: string;
}

export interface StagedFiles {
  readonly changedRows: number;
  /** Files to write together; `prepare` stages their rows. */
  readonly batches: readonly { readonly prepare: () => Promise<void>; readonly files: readonly CsvFile[] }[];
}

/** Files with more rows on average are read from the lake one by one, which saves a copy of their rows in memory. */
const minDirectRows = 20_000;

/** The number of rows that are staged at once. */
const maxStagedRows = 1_000_000;

/** The files with changed rows. `stored` are files that may hold rows that the lake no longer has. */
export async function stageFiles(
  feed: LakeFeed,
  changes: FeedChanges,
  selection: TableSelection,
  stored: readonly string[],
): Promise<StagedFiles> {
  const { dataset, scope } = changes;
  const layout = csvLayouts[dataset];
  const { time } = tables[dataset];
  const condition = symbolCondition(selection);
  const path = pathSql(layout, layout.date);
  await feed.define(
    'stored_paths',
    { path: 'VARCHAR' },
    stored.map((one) => [one]),
  );
  const fromWindows = scope === 'table' ? 'SELECT path FROM stored_paths' : windowPathsSql(dataset, condition);
  await feed.query(
    `CREATE OR REPLACE TABLE dirty_paths AS
     SELECT DISTINCT path FROM (SELECT ${path} AS path FROM changed_rows WHERE ${condition} UNION ALL ${fromWindows})`,
  );
  await feed.query(
    `CREATE OR REPLACE TABLE dirty_files AS
     SELECT d.path, any_value(r.symbol) AS symbol, count(r.symbol)::INTEGER AS row_count,
       epoch_ms(min(r.at))::DOUBLE AS first_ms, epoch_ms(max(r.at))::DOUBLE AS last_ms
     FROM dirty_paths AS d LEFT JOIN (
       SELECT ${path} AS path, symbol, ${time} AS at FROM all_rows
       WHERE symbol IN (SELECT symbol FROM changed_windows) AND ${condition}
     ) AS r USING (path) GROUP BY d.path`,
  );
  const [counted] = await feed.query(`SELECT count(*)::DOUBLE AS n FROM changed_rows WHERE ${condition}`);
  const listed = (await feed.query('SELECT * FROM dirty_files ORDER BY path')).map((row) => ({
    path: String(row['path']),
    symbol: String(row['symbol']),
    rows: Number(row['row_count']),
    first: Number(row['first_ms']),
    last: Number(row['last_ms']),
  }));
  const cells = selection.columns.map((column) => `${cellSql(dataset, column)} AS ${quoteName(column)}`).join(', ');
  const total = listed.reduce((sum, { rows }) => sum + rows, 0);
  const changedRows = Number(counted?.['n'] ?? 0);
  if (total / Math.max(1, listed.length) >= minDirectRows) {
    const files = listed.map(({ symbol, first, last, ...file }) => ({
      ...file,
      query:
        `SELECT ${cells} FROM all_rows WHERE symbol = ${quoteText(symbol)} AND ${path} = ${quoteText(file.path)} ` +
        `AND ${time} >= make_timestamptz(${String(first * 1000)}::BIGINT) AND ${time} <= make_timestamptz(${String(last * 1000)}::BIGINT) ` +
        `ORDER BY ${orderSql(dataset)}`,
    }));
    return { changedRows, batches: [{ prepare: () => Promise.resolve(), files }] };
  }
  return { changedRows, batches: listBatches(listed).map((files) => createBatch(feed, dataset, files, path, cells)) };
}

/** The paths of the units of time that changed windows touch, with a day on each side: a session may be of another date. */
function windowPathsSql(dataset: Dataset, condition: string): string {
  const { unit, folder, date } = csvLayouts[dataset];
  const path = pathSql({ unit, folder, date, pattern: /^/ }, 'unit_date');
  return (
    `SELECT ${path} AS path FROM (SELECT *, unnest(generate_series(` +
    `date_trunc('${unit}', make_timestamp(epoch_us(window_start)) - INTERVAL 1 DAY), ` +
    `make_timestamp(epoch_us(window_end)) + INTERVAL 1 DAY, INTERVAL 1 ${unit})) AS unit_date ` +
    `FROM changed_windows WHERE ${condition})`
  );
}

/** The order of rows in a file. */
export function orderSql(dataset: Dataset, prefix = ''): string {
  const { time } = tables[dataset];
  const others = rowKeyColumns(dataset).filter((name) => name !== time && name !== 'symbol');
  const isSnapshot = tables[dataset].kind === 'point';
  const order = isSnapshot ? [time, ...others] : [...others, time];
  return order.map((name) => `${prefix}${quoteName(name)} NULLS FIRST`).join(', ');
}

interface ListedFile {
  readonly path: string;
  readonly rows: number;
}

function listBatches(files: readonly ListedFile[]): readonly (readonly ListedFile[])[] {
  const batches: ListedFile[][] = [];
  let rows = Infinity;
  for (const file of files) {
    if (rows + file.rows > maxStagedRows) {
      batches.push([]);
      rows = 0;
    }
    rows += file.rows;
    batches.at(-1)?.push(file);
  }
  return batches;
}

function createBatch(
  feed: LakeFeed,
  dataset: Dataset,
  files: readonly ListedFile[],
  path: string,
  cells: string,
): StagedFiles['batches'][number] {
  let begin = 0;
  const planned = files.map(({ path: name, rows }): CsvFile => {
    const first = begin;
    begin += rows;
    const range = `rowid >= ${String(first)} AND rowid < ${String(begin)}`;
    return { path: name, rows, query: `SELECT * EXCLUDE (file_path) FROM staged_rows WHERE ${range} ORDER BY rowid` };
  });
  return {
    files: planned,
    async prepare() {
      await feed.define(
        'batch_paths',
        { path: 'VARCHAR' },
        files.map(({ path: name }) => [name]),
      );
      await feed.query(
        `CREATE OR REPLACE TABLE staged_rows AS
         SELECT ${path} AS file_path, ${cells} FROM all_rows
         WHERE symbol IN (SELECT symbol FROM dirty_files WHERE path IN (SELECT path FROM batch_paths))
           AND ${path} IN (SELECT path FROM batch_paths)
         ORDER BY file_path, ${orderSql(dataset)}`,
      );
    },
  };
}
