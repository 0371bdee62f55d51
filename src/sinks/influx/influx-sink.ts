import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Dataset } from '../../core/tables/tables.js';
import type { FeedChanges, FeedPosition, LakeFeed } from '../../lake/feed/feed.js';
import { isRecord } from '../../platform/json.js';
import { compareRelations } from '../compare-relations.js';
import { openPositionFile } from '../position-file.js';
import { formatSelectionKey, symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import type { Comparison, Delivery, Sink } from '../sink.js';
import { quoteName, quoteText } from '../sql.js';
import { createInfluxClient, quoteInflux, quoteInfluxText } from './client.js';
import type { DeletedWindow, InfluxAddress, InfluxClient } from './client.js';
import {
  comparedType,
  emptyPointField,
  fieldColumns,
  fieldValueSql,
  lineSql,
  tagColumns,
  tagValueSql,
  timeSql,
} from './line-protocol.js';
import { openRefusedRows } from '../refused-rows.js';
import type { RefusedRow } from '../refused-rows.js';

export interface InfluxSinkOptions extends InfluxAddress {
  readonly name: string;
  readonly selections: readonly TableSelection[];
  /** A folder of the feed for files in transit. */
  readonly scratch: string;
  /** The folder of the positions and the refused rows: not every server with this protocol can be read. */
  readonly folder: string;
}

const linesPerBatch = 5_000;

/**
 * Copies tables into InfluxDB, or another server that takes its line protocol. A point with fewer fields does not remove the fields
 * of the one before it, so that a delivery deletes its windows, writes their points, and then stores its position. A delivery that
 * was interrupted is repeated.
 */
export function createInfluxSink(options: InfluxSinkOptions): Sink {
  const { name, selections, scratch, folder, precision, url, target } = options;
  const client = createInfluxClient(options);
  const positions = openPositionFile(join(folder, `${name}.positions.json`));
  const refusedRows = openRefusedRows(join(folder, `${name}.refused.ndjson`));
  const find = (dataset: Dataset): TableSelection => {
    const selection = selections.find((one) => one.dataset === dataset);
    if (selection === undefined) throw new Error(`the sink ${name} has no table ${dataset}`);
    return selection;
  };
  const place = target.kind === 'database' ? target.database : [target.bucket, target.org];
  const address = createHash('sha256')
    .update(JSON.stringify([new URL(url).host, place]))
    .digest('hex');
  /** A copy at another place starts from nothing. */
  const selectionKey = (dataset: Dataset): string =>
    `${formatSelectionKey(find(dataset))}-${precision}-${address.slice(0, 16)}`;

  async function deliver(feed: LakeFeed, changes: FeedChanges): Promise<Delivery> {
    const { dataset, position } = changes;
    const selection = find(dataset);
    const line = lineSql(selection, precision, 'r');
    if (await client.isInfluxDb()) await client.remove(await listWindows(feed, changes, selection));
    const path = join(scratch, `${dataset}.lines.json`);
    try {
      const from = `changed_rows AS r WHERE ${symbolCondition(selection, 'r.symbol')}`;
      const rows = await feed.copyTo(
        `SELECT ${line.series} AS s, ${line.fields} AS f, ${line.time} AS t FROM ${from}`,
        path,
        'FORMAT json',
      );
      const refused = await writePoints(client, dataset, path);
      await keepRefused(feed, changes, selection, refused);
      await positions.write(dataset, selectionKey(dataset), position);
      return { rows: rows - refused.length, refused: refused.length };
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Keeps those of other windows, which were not delivered again. */
  async function keepRefused(
    feed: LakeFeed,
    { dataset }: FeedChanges,
    selection: TableSelection,
    refused: readonly RefusedRow[],
  ): Promise<void> {
    const before = await refusedRows.list(dataset);
    if (before.length === 0) return refusedRows.write(dataset, refused);
    await defineRefused(feed, before);
    const line = lineSql(selection, precision, 'r');
    const delivered = await feed.query(
      `SELECT row_key FROM refused_keys WHERE row_key IN
       (SELECT ${line.series} || ' ' || ${line.time} FROM changed_rows AS r)`,
    );
    const keys = new Set(delivered.map((row) => String(row['row_key'])));
    await refusedRows.write(dataset, [...before.filter(({ key }) => !keys.has(key)), ...refused]);
  }

  async function compare(feed: LakeFeed, { dataset }: FeedChanges): Promise<Comparison | null> {
    if (!(await client.isInfluxDb())) return null;
    const selection = find(dataset);
    const tags = tagColumns(dataset);
    const fields = fieldColumns(selection);
    const covered = await feed.query(
      `SELECT DISTINCT ${tagValueSql(dataset, 'symbol', 'w')} AS symbol FROM changed_windows AS w WHERE ${symbolCondition(selection, 'w.symbol')}`,
    );
    const selected = [
      ...[...fields, emptyPointField].map((column) => `${quoteInflux(column)}::field`),
      ...tags.map((column) => `${quoteInflux(column)}::tag`),
    ].join(', ');
    const paths: string[] = [];
    try {
      for (const { symbol } of covered) {
        const path = join(scratch, `copy-${String(paths.length)}.csv`);
        await client.queryToFile(
          `SELECT ${selected} FROM ${quoteInflux(dataset)} WHERE "symbol" = ${quoteInfluxText(String(symbol))}`,
          path,
        );
        paths.push(path);
      }
      const line = lineSql(selection, precision, 'r');
      const refused = await refusedRows.list(dataset);
      await defineRefused(feed, refused);
      const key = `${line.series} || ' ' || ${line.time}`;
      const lakeColumns = [
        ...tags.map((column) => `${tagValueSql(dataset, column, 'r')} AS ${quoteName(column)}`),
        ...fields.map(
          (column) =>
            `CAST(${fieldValueSql(dataset, column, 'r')} AS ${comparedType(dataset, column)}) AS ${quoteName(column)}`,
        ),
        `CAST(${timeSql(dataset, 'ms', 'r')} AS BIGINT) AS "time"`,
      ];
      const month = (milliseconds: string): string => `strftime(make_timestamp(${milliseconds} * 1000), '%Y-%m')`;
      const lake =
        `SELECT *, symbol || ' ' || ${month('"time"')} AS "window" FROM (SELECT ${lakeColumns.join(', ')} FROM all_rows AS r ` +
        `WHERE ${symbolCondition(selection, 'r.symbol')} AND ${key} NOT IN (SELECT row_key FROM refused_keys))`;
      const copyColumns = [
        ...tags.map((column) => `nullif(${quoteName(column)}, '') AS ${quoteName(column)}`),
        ...fields.map(
          (column) =>
            `CAST(nullif(${quoteName(column)}, '') AS ${comparedType(dataset, column)}) AS ${quoteName(column)}`,
        ),
        'CAST("time" AS BIGINT) AS "time"',
      ];
      const stored = await nonEmptyFiles(paths);
      const types = ['measurement', 'all_tags', 'time', ...fields, emptyPointField, ...tags];
      const copyRows =
        stored.length === 0
          ? `(SELECT ${types.map((column) => `NULL::VARCHAR AS ${quoteName(column)}`).join(', ')} WHERE false)`
          : `read_csv([${stored.map(quoteText).join(', ')}], auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', ` +
            `columns = {${types.map((column) => `${quoteText(column)}: 'VARCHAR'`).join(', ')}})`;
      const copy = `SELECT *, symbol || ' ' || ${month('"time"')} AS "window" FROM (SELECT ${copyColumns.join(', ')} FROM ${copyRows})`;
      const [excluded] = await feed.query(
        `SELECT count(*)::INTEGER AS n FROM all_rows AS r WHERE ${symbolCondition(selection, 'r.symbol')} AND ${key} IN (SELECT row_key FROM refused_keys)`,
      );
      return await compareRelations(feed, {
        lake,
        copy,
        columns: [...tags, ...fields, 'time'],
        refused: Number(excluded?.['n'] ?? 0),
      });
    } finally {
      for (const path of paths) await rm(path, { force: true });
    }
  }

  return {
    name,
    tables: selections.map(({ dataset }) => dataset),
    async setup() {
      if (await client.isInfluxDb()) return [await client.setup()];
      return ['no InfluxDB, but a server with its protocol: rows that the lake replaces or no longer has stay there'];
    },
    position: async (dataset): Promise<FeedPosition | null> => positions.read(dataset, selectionKey(dataset)),
    deliver,
    compare,
    close: () => Promise.resolve(),
  };
}

async function listWindows(
  feed: LakeFeed,
  { dataset, windowColumns }: FeedChanges,
  selection: TableSelection,
): Promise<readonly DeletedWindow[]> {
  const tags = windowColumns.map((name) => `${tagValueSql(dataset, name, 'w')} AS ${quoteName(name)}`);
  const bound = (name: string): string =>
    `CASE WHEN NOT isinf(w.${name}) THEN epoch_ms(w.${name})::DOUBLE END AS ${name}`;
  const rows = await feed.query(
    `SELECT ${[...tags, bound('window_start'), bound('window_end')].join(', ')} FROM changed_windows AS w ` +
      `WHERE ${symbolCondition(selection, 'w.symbol')}`,
  );
  const toInstant = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return rows.map((row) => ({
    measurement: dataset,
    tags: windowColumns.map((name) => [name, String(row[name])] as const),
    start: toInstant(row['window_start']),
    end: toInstant(row['window_end']),
  }));
}

interface Point {
  readonly key: string;
  readonly line: string;
}

/** Writes the points of a file in batches, and returns those that the server refuses. */
async function writePoints(client: InfluxClient, dataset: Dataset, path: string): Promise<readonly RefusedRow[]> {
  const refused: RefusedRow[] = [];
  async function write(points: readonly Point[]): Promise<void> {
    if (points.length === 0) return;
    const outcome = await client.write(points.map(({ line }) => line));
    if (outcome.ok) return;
    const { reason } = outcome;
    const isWhole = reason.endsWith(` dropped=${String(points.length)}`);
    if (points.length === 1 || isWhole) {
      refused.push(...points.map((point) => ({ dataset, ...point, reason })));
      return;
    }
    // Writing a point twice changes nothing.
    const middle = Math.ceil(points.length / 2);
    await write(points.slice(0, middle));
    await write(points.slice(middle));
  }
  let batch: Point[] = [];
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    const row: unknown = JSON.parse(text);
    if (!isRecord(row)) continue;
    const series = String(row['s']);
    const time = String(row['t']);
    batch.push({ key: `${series} ${time}`, line: `${series} ${String(row['f'])} ${time}` });
    if (batch.length < linesPerBatch) continue;
    await write(batch);
    batch = [];
  }
  await write(batch);
  return refused;
}

async function defineRefused(feed: LakeFeed, refused: readonly RefusedRow[]): Promise<void> {
  await feed.define(
    'refused_keys',
    { row_key: 'VARCHAR' },
    refused.map(({ key }) => [key]),
  );
}

/** A server answers a query without rows with an empty body. */
async function nonEmptyFiles(paths: readonly string[]): Promise<readonly string[]> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return paths.filter((_, index) => (sizes[index] ?? 0) > 0);
}
