import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { FeedChanges, FeedPosition, LakeFeed } from '../../lake/feed/feed.js';
import { compareRelations } from '../compare-relations.js';
import { formatSelectionKey, symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import type { Comparison, Delivery, Sink } from '../sink.js';
import { quoteName, quoteText } from '../sql.js';
import { deliverCollectionLogs, toCollectionLogs } from './collection-logs.js';
import type { RequestTimes } from './collection-logs.js';
import { connectPostgres } from './connection.js';
import type { PostgresAddress, PostgresSession } from './connection.js';
import { deliverRows, rowKeySql } from './deliver-rows.js';
import { positionsTable, readColumns, refusedTable, setUpTables } from './setup.js';
import { defineSymbolIds } from './symbol-ids.js';
import type { KnownSymbol } from './symbol-ids.js';
import { createTarget } from './targets.js';
import type { Target, TargetColumn } from './targets.js';

export interface PostgresSinkOptions extends PostgresAddress {
  readonly name: string;
  readonly selections: readonly TableSelection[];
  readonly symbols: ReadonlyMap<string, KnownSymbol>;
  readonly times: RequestTimes;
  /** A folder of the feed for files in transit. */
  readonly scratch: string;
}

/** Copies tables into PostgreSQL: the rows of a delivery, the logs of its requests and its position are one transaction. */
export function createPostgresSink(options: PostgresSinkOptions): Sink {
  const { name, selections, scratch } = options;
  const targets = new Map<Dataset, { readonly selection: TableSelection; readonly target: Target }>(
    selections.map((selection) => [selection.dataset, { selection, target: createTarget(selection) }]),
  );
  const find = (dataset: Dataset): { readonly selection: TableSelection; readonly target: Target } => {
    const found = targets.get(dataset);
    if (found === undefined) throw new Error(`the sink ${name} has no table ${dataset}`);
    return found;
  };
  let session: PostgresSession | null = null;
  const connect = async (): Promise<PostgresSession> => (session ??= await connectPostgres(options));
  /** A broken connection is of no further use. */
  const guard = async <T>(work: (opened: PostgresSession) => Promise<T>): Promise<T> => {
    try {
      return await work(await connect());
    } catch (error) {
      const failed = session;
      session = null;
      await failed?.close();
      throw error;
    }
  };

  return {
    name,
    tables: selections.map(({ dataset }) => dataset),
    setup: () =>
      guard((opened) =>
        setUpTables(
          opened,
          Array.from(targets.values(), ({ target }) => target),
        ),
      ),
    position: (dataset) => guard((opened) => readPosition(opened, find(dataset).selection)),
    deliver: (feed, changes) =>
      guard((opened) => deliver(opened, feed, changes, { ...find(changes.dataset), options })),
    compare: (feed, changes) => guard((opened) => compare(opened, feed, changes, find(changes.dataset), scratch)),
    async close() {
      await session?.close();
      session = null;
    },
  };
}

async function readPosition(session: PostgresSession, selection: TableSelection): Promise<FeedPosition | null> {
  const [row] = await session.query(
    `SELECT table_id, version FROM ${positionsTable} WHERE dataset = $1 AND selection = $2 ORDER BY delivered_at DESC LIMIT 1`,
    [selection.dataset, formatSelectionKey(selection)],
  );
  return row === undefined ? null : { tableId: String(row['table_id']), version: Number(row['version']) };
}

interface DeliveryDeps {
  readonly selection: TableSelection;
  readonly target: Target;
  readonly options: PostgresSinkOptions;
}

async function deliver(
  session: PostgresSession,
  feed: LakeFeed,
  changes: FeedChanges,
  { selection, target, options }: DeliveryDeps,
): Promise<Delivery> {
  const { dataset, since, position } = changes;
  const { scratch, symbols, times } = options;
  await session.query('BEGIN');
  // Deliveries of one table from several machines follow each other.
  await session.query(`SELECT pg_advisory_xact_lock(hashtext($1))`, [`pipe ${target.table}`]);
  const logs = (await toCollectionLogs(feed.readFacts(dataset, since, position), times)).filter(
    ({ symbol }) => selection.symbols?.includes(symbol) ?? true,
  );
  const changed = await feed.query(`SELECT DISTINCT symbol FROM changed_windows WHERE ${symbolCondition(selection)}`);
  const named = new Set([...changed.map((row) => String(row['symbol'])), ...logs.map(({ symbol }) => symbol)]);
  await defineSymbolIds(session, feed, [...named].toSorted(), symbols);
  const delivery = await deliverRows({ session, feed, changes, selection, target, scratch });
  await deliverCollectionLogs(session, feed, logs, scratch);
  await session.query(
    `INSERT INTO ${positionsTable} (dataset, selection, table_id, version) VALUES ($1, $2, $3, $4)
     ON CONFLICT (dataset, selection, table_id) DO UPDATE SET version = excluded.version, delivered_at = now()`,
    [dataset, formatSelectionKey(selection), position.tableId, position.version],
  );
  await session.query('COMMIT');
  return delivery;
}

/**
 * Reads the copy and compares it month by month: all rows, also of symbols that the lake does not have, unless other lakes deliver to
 * the same table.
 */
async function compare(
  session: PostgresSession,
  feed: LakeFeed,
  { dataset, position }: FeedChanges,
  { selection, target }: Pick<DeliveryDeps, 'selection' | 'target'>,
  scratch: string,
): Promise<Comparison> {
  const [other] = await session.query(`SELECT 1 FROM ${positionsTable} WHERE dataset = $1 AND table_id <> $2 LIMIT 1`, [
    dataset,
    position.tableId,
  ]);
  const covered = await feed.query(`SELECT DISTINCT symbol FROM changed_windows WHERE ${symbolCondition(selection)}`);
  const compared = other === undefined ? selection : { symbols: covered.map((row) => String(row['symbol'])) };
  const scales = new Map((await readColumns(session, target.table)).map(({ name, scale }) => [name, scale]));
  const columns = target.columns.filter(({ name }) => name !== 'symbol_id' && name !== 'symbol');
  const names = columns.map(({ name }) => quoteName(name));
  const table = quoteName(target.table);
  const symbol = target.usesSymbolIds ? 's.symbol' : 't.symbol';
  const condition = symbolCondition(compared, symbol);
  const from = target.usesSymbolIds
    ? `${table} t JOIN symbols s ON s.id = t.symbol_id WHERE t.provider IS NOT NULL AND ${condition}`
    : `${table} t WHERE ${condition}`;
  const path = join(scratch, 'copy.csv');
  try {
    await session.copyOut(
      `COPY (SELECT ${symbol}, ${names.map((name) => `t.${name}`).join(', ')} FROM ${from}) TO STDOUT (FORMAT csv)`,
      path,
    );
    const refused = await session.query(`SELECT row_key FROM ${refusedTable} WHERE dataset = $1`, [dataset]);
    await feed.define(
      'refused_keys',
      { row_key: 'VARCHAR' },
      refused.map((row) => [String(row['row_key'])]),
    );
    const month = (value: string): string => `strftime(${value}, '%Y-%m')`;
    const time = tables[dataset].time;
    const lake =
      `SELECT r.symbol || ' ' || ${month(`make_timestamp(epoch_us(r.${time}))`)} AS "window", ` +
      `${columns.map((column) => `${expectedSql(column, scales.get(column.name) ?? null)} AS ${quoteName(column.name)}`).join(', ')} ` +
      `FROM all_rows AS r WHERE ${symbolCondition(selection, 'r.symbol')} ` +
      `AND replace(${rowKeySql(selection, 'r')}, chr(0), '') NOT IN (SELECT row_key FROM refused_keys)`;
    const types = ['symbol', ...columns.map(({ name }) => name)].map((name) => `${quoteText(name)}: 'VARCHAR'`);
    const readCopy = `read_csv(${quoteText(path)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${types.join(', ')}})`;
    const copy =
      `SELECT symbol || ' ' || ${month(`CAST(replace(${quoteName(target.time.column)}, '+00', '') AS TIMESTAMP)`)} AS "window", ` +
      `${columns.map(({ name, comparedAs }) => `CAST(nullif(${quoteName(name)}, '') AS ${comparedAs}) AS ${quoteName(name)}`).join(', ')} FROM ${readCopy}`;
    return await compareRelations(feed, {
      lake,
      copy,
      columns: columns.map(({ name }) => name),
      refused: refused.length,
    });
  } finally {
    await rm(path, { force: true });
  }
}

/** The value that a column has to hold; a `numeric` with a limit rounds it. */
function expectedSql({ sql, comparedAs }: TargetColumn, scale: number | null): string {
  const value = `CAST(${sql} AS ${comparedAs})`;
  if (comparedAs === 'VARCHAR') return `nullif(${value}, '')`;
  return scale === null || comparedAs !== 'DOUBLE'
    ? value
    : `CAST(CAST(CAST(${sql} AS VARCHAR) AS DECIMAL(38, ${String(scale)})) AS DOUBLE)`;
}
