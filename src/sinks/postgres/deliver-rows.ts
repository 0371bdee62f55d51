import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import type { FeedChanges, LakeFeed } from '../../lake/feed/feed.js';
import { symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import { quoteName, quoteText } from '../sql.js';
import type { Delivery } from '../sink.js';
import { DataError } from './connection.js';
import type { PostgresSession } from './connection.js';
import { refusedTable } from './setup.js';
import type { Target } from './targets.js';
import { writeParts } from './write-parts.js';

export interface RowDelivery {
  readonly session: PostgresSession;
  readonly feed: LakeFeed;
  readonly changes: FeedChanges;
  readonly selection: TableSelection;
  readonly target: Target;
  /** A folder of the feed for files in transit. */
  readonly scratch: string;
}

const csvOptions = 'FORMAT csv, HEADER false';

/**
 * Replaces the rows of the changed windows, within the transaction of the caller. Rows that the server refuses are tried one by
 * one, and the refused ones set apart.
 */
export async function deliverRows(delivery: RowDelivery): Promise<Delivery> {
  const { session, feed, selection, target, scratch } = delivery;
  await stageWindows(delivery);
  const parts = await writeParts({
    feed,
    select: (condition) => `${selectRows(delivery)} AND ${condition('r.symbol')}`,
    counts: `SELECT r.symbol, count(*)::DOUBLE AS n FROM changed_rows AS r WHERE ${symbolCondition(selection, 'r.symbol')} GROUP BY r.symbol ORDER BY r.symbol`,
    folder: scratch,
  });
  const { rows } = parts;
  try {
    await session.query('SAVEPOINT before_rows');
    try {
      await ((await hasRowsInWindows(delivery))
        ? mergeRows(delivery, parts.files)
        : copyRows(session, target, target.table, parts.files));
      await clearRefused(delivery);
      return { rows, refused: 0 };
    } catch (error) {
      // Not the connection: the lake cannot be read.
      const failure = parts.failure();
      if (failure !== null) throw failure;
      if (!(error instanceof DataError)) throw error;
      await session.query('ROLLBACK TO SAVEPOINT before_rows');
      await clearRefused(delivery);
      const refused = await insertOneByOne(delivery);
      return { rows: rows - refused, refused };
    }
  } finally {
    await parts.close();
  }
}

/** The changed rows with the values of the target's columns. */
function selectRows({ selection, target }: RowDelivery, extra = ''): string {
  const values = target.columns.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`);
  const withIds = target.usesSymbolIds ? ' JOIN ids ON ids.symbol = r.symbol' : '';
  return `SELECT ${values.join(', ')}${extra} FROM changed_rows AS r${withIds} WHERE ${symbolCondition(selection, 'r.symbol')}`;
}

async function stageWindows({ session, feed, changes, selection, target, scratch }: RowDelivery): Promise<void> {
  const columns = listWindowColumns(changes, target);
  const definitions = columns.map(({ column, type }) => `${quoteName(column)} ${type}`);
  const { type } = target.time;
  await session.query('DROP TABLE IF EXISTS pg_temp.pipe_windows');
  await session.query(
    `CREATE TEMP TABLE pipe_windows (${definitions.join(', ')}, window_start ${type}, window_end ${type}) ON COMMIT DROP`,
  );
  const toTime = (name: string): string =>
    type === 'timestamptz'
      ? `w.${name}`
      : `CASE WHEN isinf(w.${name}) THEN CAST(CAST(w.${name} AS VARCHAR) AS TIMESTAMP) ELSE make_timestamp(epoch_us(w.${name})) END`;
  const withIds = target.usesSymbolIds ? ' JOIN ids ON ids.symbol = w.symbol' : '';
  const path = join(scratch, 'windows.csv');
  await feed.copyTo(
    `SELECT ${columns.map(({ sql }) => sql).join(', ')}, ${toTime('window_start')}, ${toTime('window_end')} ` +
      `FROM changed_windows AS w${withIds} WHERE ${symbolCondition(selection, 'w.symbol')}`,
    path,
    csvOptions,
  );
  await session.copyIn(`COPY pipe_windows FROM STDIN (FORMAT csv)`, [path]);
  await rm(path, { force: true });
  await session.query('ANALYZE pipe_windows');
}

function listWindowColumns({ windowColumns }: FeedChanges, target: Target): readonly Target['windowColumns'][string][] {
  return windowColumns.flatMap((name) => target.windowColumns[name] ?? []);
}

function windowCondition({ changes, target }: RowDelivery): string {
  const columns = listWindowColumns(changes, target).map(({ column }) =>
    column === 'trading_class'
      ? `coalesce(t.${quoteName(column)}, '') = coalesce(w.${quoteName(column)}, '')`
      : `t.${quoteName(column)} = w.${quoteName(column)}`,
  );
  const time = `t.${quoteName(target.time.column)}`;
  return [...columns, `${time} >= w.window_start`, `${time} < w.window_end`].join(' AND ');
}

async function hasRowsInWindows(delivery: RowDelivery): Promise<boolean> {
  const { session, target } = delivery;
  const [any] = await session.query(`SELECT EXISTS (SELECT 1 FROM ${quoteName(target.table)}) AS found`);
  if (any?.['found'] !== true) return false;
  const [row] = await session.query(
    `SELECT EXISTS (SELECT 1 FROM pipe_windows w JOIN ${quoteName(target.table)} t ON ${windowCondition(delivery)}) AS found`,
  );
  return row?.['found'] === true;
}

async function copyRows(
  session: PostgresSession,
  target: Target,
  table: string,
  files: AsyncIterable<string>,
): Promise<void> {
  const columns = target.columns.map(({ name }) => quoteName(name)).join(', ');
  await session.copyIn(`COPY ${quoteName(table)} (${columns}) FROM STDIN (FORMAT csv)`, files);
}

/** Deletes rows that the lake no longer has in the windows, and inserts or updates the others where they differ. */
async function mergeRows(delivery: RowDelivery, files: AsyncIterable<string>): Promise<void> {
  const { session, target } = delivery;
  const table = quoteName(target.table);
  const columns = target.columns.map(({ name }) => quoteName(name)).join(', ');
  await session.query('DROP TABLE IF EXISTS pg_temp.pipe_rows');
  // Checks of the target apply to the copy too, so that rows are refused here and not row by row below.
  await session.query(`CREATE TEMP TABLE pipe_rows (LIKE ${table} INCLUDING CONSTRAINTS) ON COMMIT DROP`);
  const own = new Set(target.columns.map(({ name }) => name));
  const required = await session.query(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass('pg_temp.pipe_rows') AND attnum > 0 AND attnotnull`,
  );
  for (const { name } of required)
    if (!own.has(String(name)))
      await session.query(`ALTER TABLE pipe_rows ALTER COLUMN ${quoteName(String(name))} DROP NOT NULL`);
  await copyRows(session, target, 'pipe_rows', files);
  await session.query('ANALYZE pipe_rows');
  await session.query(
    `DELETE FROM ${table} t USING pipe_windows w WHERE ${windowCondition(delivery)}
     AND NOT EXISTS (SELECT 1 FROM pipe_rows s WHERE ${keyCondition(target)})`,
  );
  await session.query(`INSERT INTO ${table} AS t (${columns}) SELECT ${columns} FROM pipe_rows ${upsertSql(target)}`);
}

function keyCondition({ key }: Target): string {
  return key.map((part) => `${qualify(part, 's')} = ${qualify(part, 't')}`).join(' AND ');
}

/** The expression of a key for one of two tables. */
function qualify(part: string, alias: string): string {
  return part.startsWith('coalesce(') ? part.replace('coalesce(', `coalesce(${alias}.`) : `${alias}.${part}`;
}

function upsertSql({ key, columns }: Target): string {
  const names = columns.map(({ name }) => quoteName(name));
  const changes = names.map((name) => `${name} = excluded.${name}`);
  const before = names.map((name) => `t.${name}`);
  const after = names.map((name) => `excluded.${name}`);
  return (
    `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${changes.join(', ')} ` +
    `WHERE (${before.join(', ')}) IS DISTINCT FROM (${after.join(', ')})`
  );
}

/** The key of a row as text, as SQL of DuckDB. */
export function rowKeySql({ dataset }: TableSelection, alias: string): string {
  const parts = rowKeyColumns(dataset).map((name) => `coalesce(CAST(${alias}.${quoteName(name)} AS VARCHAR), '')`);
  return `concat_ws('|', ${parts.join(', ')})`;
}

async function clearRefused({ session, feed, changes, selection }: RowDelivery): Promise<void> {
  const refused = await session.query(`SELECT row_key FROM ${refusedTable} WHERE dataset = $1`, [changes.dataset]);
  if (refused.length === 0) return;
  await feed.define(
    'refused_keys',
    { row_key: 'VARCHAR' },
    refused.map((row) => [String(row['row_key'])]),
  );
  const now = await feed.query(
    `SELECT row_key FROM refused_keys SEMI JOIN (SELECT ${rowKeySql(selection, 'r')} AS row_key FROM changed_rows AS r) USING (row_key)`,
  );
  await session.query(`DELETE FROM ${refusedTable} WHERE dataset = $1 AND row_key = ANY($2::text[])`, [
    changes.dataset,
    now.map((row) => row['row_key']),
  ]);
}

/**
 * Inserts every row by itself: a row that the server refuses is kept as JSON with the reason. Failures of the server, such as a
 * full disk, end the delivery.
 */
async function insertOneByOne(delivery: RowDelivery): Promise<number> {
  const { session, feed, changes, selection, target, scratch } = delivery;
  const path = join(scratch, `${changes.dataset}.csv`);
  const { dataset } = changes;
  const names = target.columns.map(({ name }) => quoteName(name));
  const key = rowKeySql(selection, 'r');
  // A server takes no NUL in a text at all.
  const texts = target.columns.map(({ sql }) => `CAST(${sql} AS VARCHAR)`);
  const hasNul = `list_contains(list_transform([${texts.join(', ')}], x -> contains(coalesce(x, ''), chr(0))), true)`;
  const values = texts.map((text, index) => `replace(${text}, chr(0), '') AS ${names[index] ?? ''}`);
  const withIds = target.usesSymbolIds ? ' JOIN ids ON ids.symbol = r.symbol' : '';
  await feed.copyTo(
    `SELECT ${values.join(', ')}, replace(${key}, chr(0), '') AS row_key, ${hasNul} AS has_nul ` +
      `FROM changed_rows AS r${withIds} WHERE ${symbolCondition(selection, 'r.symbol')}`,
    path,
    csvOptions,
  );
  await session.query('DROP TABLE IF EXISTS pg_temp.pipe_texts');
  await session.query(
    `CREATE TEMP TABLE pipe_texts (${names.map((name) => `${name} text`).join(', ')}, row_key text, has_nul boolean) ON COMMIT DROP`,
  );
  await session.copyIn('COPY pipe_texts FROM STDIN (FORMAT csv)', [path]);
  await rm(path, { force: true });
  await session.query(
    `DELETE FROM ${quoteName(target.table)} t USING pipe_windows w WHERE ${windowCondition(delivery)}`,
  );
  const casts = target.columns.map(({ name, type }) => `r.${quoteName(name)}::${baseType(type)}`);
  const refuse = (reason: string): string =>
    `INSERT INTO ${refusedTable} (dataset, row_key, reason, row_values)
     VALUES (${quoteText(dataset)}, r.row_key, ${reason}, to_jsonb(r) - 'row_key' - 'has_nul')
     ON CONFLICT (dataset, row_key) DO UPDATE SET reason = excluded.reason, row_values = excluded.row_values, refused_at = now();
     refused := refused + 1;`;
  await session.query('CREATE TEMP TABLE IF NOT EXISTS pipe_count (refused bigint) ON COMMIT DROP');
  await session.query(
    `DO $pipe$ DECLARE r record; refused bigint := 0; BEGIN
       FOR r IN SELECT * FROM pipe_texts LOOP
         IF r.has_nul THEN ${refuse("'a text contains the character NUL'")} CONTINUE; END IF;
         BEGIN
           INSERT INTO ${quoteName(target.table)} AS t (${names.join(', ')}) VALUES (${casts.join(', ')}) ${upsertSql(target)};
         EXCEPTION WHEN OTHERS THEN
           IF SQLSTATE !~ '^(22|23|P0)' THEN RAISE; END IF;
           ${refuse('SQLERRM')}
         END;
       END LOOP;
       INSERT INTO pipe_count VALUES (refused);
     END $pipe$`,
  );
  const [count] = await session.query('SELECT refused FROM pipe_count');
  await session.query('DROP TABLE pipe_count');
  return Number(count?.['refused'] ?? 0);
}

function baseType(type: string): string {
  return type.replace(/ (NOT NULL|DEFAULT).*/, '');
}
