import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { tables } from '../../core/tables/tables.js';
import type { LakeFeed } from '../../lake/feed/feed.js';
import { compareRelations } from '../compare-relations.js';
import type { RefusedRows } from '../refused-rows.js';
import { symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import type { Comparison } from '../sink.js';
import { quoteName, quoteText } from '../sql.js';
import type { HttpClient } from './http-client.js';
import { jsonTypes, rowKeySql, textSql, typeOf } from './json-lines.js';

/** Compares the rows that the receiver returns with those of the lake, month by month. */
export async function compare(
  client: HttpClient,
  feed: LakeFeed,
  selection: TableSelection,
  scratch: string,
  refusedRows: RefusedRows,
): Promise<Comparison> {
  const { dataset, columns } = selection;
  const path = join(scratch, `${dataset}.copy.ndjson`);
  try {
    await client.readToFile(dataset, path);
    const refused = await refusedRows.list(dataset);
    await feed.define(
      'refused_keys',
      { row_key: 'VARCHAR' },
      refused.map(({ key }) => [key]),
    );
    const month = (time: string): string => `symbol || ' ' || ${time}[1:7]`;
    const { time } = tables[dataset];
    const cells = columns.map((column) => `${textSql(dataset, column)} AS ${quoteName(column)}`);
    const lake =
      `SELECT *, ${month(quoteName(time))} AS "window" FROM (SELECT ${cells.join(', ')} FROM all_rows AS r ` +
      `WHERE ${symbolCondition(selection, 'r.symbol')} AND ${rowKeySql(dataset, 'r')} NOT IN (SELECT row_key FROM refused_keys))`;
    const { size } = await stat(path);
    const types = columns.map((column) => `${quoteText(column)}: ${quoteText(jsonTypes[typeOf(dataset, column)])}`);
    const source =
      size === 0
        ? `(SELECT ${columns.map((column) => `NULL::${jsonTypes[typeOf(dataset, column)]} AS ${quoteName(column)}`).join(', ')} WHERE false)`
        : `read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${types.join(', ')}})`;
    const found = columns.map((column) => `CAST(${quoteName(column)} AS VARCHAR) AS ${quoteName(column)}`);
    const copy = `SELECT *, ${month(quoteName(time))} AS "window" FROM (SELECT ${found.join(', ')} FROM ${source})`;
    return await compareRelations(feed, { lake, copy, columns, refused: refused.length });
  } finally {
    await rm(path, { force: true });
  }
}
