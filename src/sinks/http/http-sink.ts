import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { FeedChanges, FeedPosition, LakeFeed } from '../../lake/feed/feed.js';
import { isRecord } from '../../platform/json.js';
import { openPositionFile } from '../position-file.js';
import { openRefusedRows } from '../refused-rows.js';
import type { RefusedRow, RefusedRows } from '../refused-rows.js';
import { formatSelectionKey, symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import { SinkError } from '../sink.js';
import type { Delivery, Sink } from '../sink.js';
import { quoteName, quoteText } from '../sql.js';
import { compare } from './compare-copy.js';
import { createHttpClient } from './http-client.js';
import type { HttpAddress, HttpClient } from './http-client.js';
import { cellSql, instantSql, rowKeySql } from './json-lines.js';

export interface HttpSinkOptions extends HttpAddress {
  readonly name: string;
  readonly selections: readonly TableSelection[];
  /** A folder of the feed for files in transit. */
  readonly scratch: string;
  /** The folder of the positions and the refused rows. */
  readonly folder: string;
}

/** The rows of one request. */
const rowsPerRequest = 2_000;

/** A receiver that refuses more rows of a commit refuses all of them. */
const maxRefused = 100;

/**
 * Posts commits as lines of JSON: first the windows that the commit replaced, then the rows that they have now. Every commit is
 * delivered by itself and its position stored after it, so that an interrupted delivery continues with the commit that was
 * interrupted, under the same keys.
 */
export function createHttpSink(options: HttpSinkOptions): Sink {
  const { name, selections, scratch, folder, url, readUrl } = options;
  const client = createHttpClient(options);
  const positions = openPositionFile(join(folder, `${name}.positions.json`));
  const refusedRows = openRefusedRows(join(folder, `${name}.refused.ndjson`));
  const find = (dataset: Dataset): TableSelection => {
    const selection = selections.find((one) => one.dataset === dataset);
    if (selection === undefined) throw new Error(`the sink ${name} has no table ${dataset}`);
    return selection;
  };
  const { origin, pathname } = new URL(url);
  const address = createHash('sha256').update(`${origin}${pathname}`).digest('hex').slice(0, 16);
  /** A copy at another place starts from nothing. */
  const selectionKey = (dataset: Dataset): string => `${formatSelectionKey(find(dataset))}-${address}`;

  async function deliver(feed: LakeFeed, { dataset, since, position }: FeedChanges): Promise<Delivery> {
    const key = selectionKey(dataset);
    const delivered = await positions.read(dataset, key);
    // A receiver ignores keys that it knows: commits that are delivered again have others.
    const isRepeated = delivered !== null && delivered.version !== since?.version;
    const repeat = isRepeated ? `-again-${String(Math.floor(options.now() / 1000))}` : '';
    let rows = 0;
    let refused = 0;
    let done = since;
    while (done === null || done.version < position.version) {
      const until = done === null ? position.version : done.version + 1;
      const changes: FeedChanges | null = await feed.stage(dataset, done, until);
      if (changes === null) break;
      if (changes.windows > 0) {
        const sent = await deliverCommit({
          client,
          feed,
          changes,
          selection: find(dataset),
          repeat,
          scratch,
          refusedRows,
        });
        rows += sent.rows;
        refused += sent.refused;
      }
      done = changes.position;
      // Commits that are delivered again do not move the position back.
      if (!isRepeated || done.version === position.version) await positions.write(dataset, key, done);
    }
    return { rows, refused };
  }

  return {
    name,
    tables: selections.map(({ dataset }) => dataset),
    async setup() {
      const line = `${JSON.stringify({ type: 'hello' })}\n`;
      const outcome = await client.post('setup', line);
      if (outcome.ok) return ['the receiver takes signed requests'];
      throw new SinkError(
        'rejected',
        `the receiver refuses a request: ${outcome.reason}`,
        'accept lines of type hello',
      );
    },
    position: async (dataset): Promise<FeedPosition | null> => positions.read(dataset, selectionKey(dataset)),
    deliver,
    async compare(feed, { dataset }) {
      return readUrl === null ? null : compare(client, feed, find(dataset), scratch, refusedRows);
    },
    close: () => Promise.resolve(),
  };
}

interface CommitDelivery {
  readonly client: HttpClient;
  readonly feed: LakeFeed;
  readonly changes: FeedChanges;
  readonly selection: TableSelection;
  readonly repeat: string;
  readonly scratch: string;
  readonly refusedRows: RefusedRows;
}

async function deliverCommit(delivery: CommitDelivery): Promise<Delivery> {
  const { client, feed, changes, selection, repeat, scratch } = delivery;
  const { dataset, position, since } = changes;
  const condition = symbolCondition(selection, 'r.symbol');
  const path = join(scratch, `${dataset}.ndjson`);
  try {
    const fields = selection.columns.map((column) => `${quoteName(column)}: ${cellSql(dataset, column)}`);
    const order = rowKeyColumns(dataset).map((column) => `r.${quoteName(column)} NULLS FIRST`);
    const rows = await feed.copyTo(
      `SELECT 'row' AS type, ${quoteText(dataset)} AS "table", ${rowKeySql(dataset, 'r')} AS "key", {${fields.join(', ')}} AS "row"
       FROM changed_rows AS r WHERE ${condition} ORDER BY ${order.join(', ')}`,
      path,
      'FORMAT json',
    );
    const windows = await listWindows(feed, changes, selection);
    if (windows.length === 0 && rows === 0) return { rows: 0, refused: 0 };
    const head = {
      type: 'commit',
      table: dataset,
      version: position.version,
      since: since?.version ?? null,
      rows,
      windows,
    };
    const headLine = `${JSON.stringify(head)}\n`;
    // The parts of a commit belong together: if its rows are others at a further attempt, so are all keys.
    const digest = (await hashFile(path, headLine)).slice(0, 16);
    const key = `${position.tableId}-${dataset}-${String(position.version)}-${digest}${repeat}`;
    const refused: RefusedRow[] = [];
    let part = 0;
    let lines: string[] = [];
    const flush = async (): Promise<void> => {
      const sent = lines;
      lines = [];
      await sendPart(client, `${key}-${String(part)}`, part === 0 ? headLine : '', sent, (line, reason) => {
        refused.push({ dataset, key: findRowKey(line), line: line.trimEnd(), reason });
        if (refused.length > maxRefused)
          throw new SinkError(
            'rejected',
            `the receiver refuses more than ${String(maxRefused)} rows of a commit: ${reason}`,
            'look at the log of the receiver',
          );
      });
      part++;
    };
    for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
      lines.push(`${line}\n`);
      if (lines.length >= rowsPerRequest) await flush();
    }
    if (lines.length > 0 || part === 0) await flush();
    await keepRefused(delivery, refused);
    return { rows: rows - refused.length, refused: refused.length };
  } finally {
    await rm(path, { force: true });
  }
}

/** Sends some rows; those that the receiver refuses are found by halving. */
async function sendPart(
  client: HttpClient,
  key: string,
  head: string,
  lines: readonly string[],
  onRefused: (line: string, reason: string) => void,
): Promise<void> {
  const outcome = await client.post(key, head + lines.join(''));
  if (outcome.ok) return;
  if (head !== '') {
    if (lines.length === 0)
      throw new SinkError('rejected', `the receiver refuses a commit: ${outcome.reason}`, 'look at its log');
    await sendPart(client, `${key}-head`, head, [], onRefused);
  } else if (lines.length === 1) {
    onRefused(lines[0] ?? '', outcome.reason);
    return;
  }
  const middle = Math.ceil(lines.length / 2);
  await sendPart(client, `${key}-a`, '', lines.slice(0, middle), onRefused);
  if (middle < lines.length) await sendPart(client, `${key}-b`, '', lines.slice(middle), onRefused);
}

async function keepRefused(
  { feed, selection, refusedRows }: CommitDelivery,
  refused: readonly RefusedRow[],
): Promise<void> {
  const { dataset } = selection;
  const before = await refusedRows.list(dataset);
  if (before.length === 0 && refused.length === 0) return;
  await feed.define(
    'refused_keys',
    { row_key: 'VARCHAR' },
    before.map(({ key }) => [key]),
  );
  const again = await feed.query(
    `SELECT row_key FROM refused_keys WHERE row_key IN (SELECT ${rowKeySql(dataset, 'r')} FROM changed_rows AS r)`,
  );
  const delivered = new Set(again.map((row) => String(row['row_key'])));
  await refusedRows.write(dataset, [...before.filter(({ key }) => !delivered.has(key)), ...refused]);
}

async function listWindows(
  feed: LakeFeed,
  { windowColumns }: FeedChanges,
  selection: TableSelection,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const instant = (column: string): string => `CASE WHEN NOT isinf(w.${column}) THEN ${instantSql(`w.${column}`)} END`;
  const names = windowColumns.map((column) => `w.${quoteName(column)}`);
  return feed.query(
    `SELECT ${names.join(', ')}, ${instant('window_start')} AS start, ${instant('window_end')} AS "end"
     FROM changed_windows AS w WHERE ${symbolCondition(selection, 'w.symbol')} ORDER BY ALL NULLS FIRST`,
  );
}

function findRowKey(line: string): string {
  const row: unknown = JSON.parse(line);
  return isRecord(row) ? String(row['key']) : '';
}

async function hashFile(path: string, head: string): Promise<string> {
  const hash = createHash('sha256').update(head);
  for await (const chunk of createReadStream(path)) if (chunk instanceof Uint8Array) hash.update(chunk);
  return hash.digest('hex');
}
