import type { LakeFeed } from '../lake/feed/feed.js';
import type { Comparison, Difference } from './sink.js';
import { quoteName } from './sql.js';

/** Two queries with the same columns: `window` and those to compare. */
export interface ComparedRelations {
  readonly lake: string;
  readonly copy: string;
  readonly columns: readonly string[];
  readonly refused: number;
}

/** More differences say no more. */
const maxDifferences = 1_000;

/** Compares the number of rows and the sum of their hashes in every window. */
export async function compareRelations(
  feed: LakeFeed,
  { lake, copy, columns, refused }: ComparedRelations,
): Promise<Comparison> {
  const hash = `sum(hash(${columns.map(quoteName).join(', ')})::HUGEINT)`;
  const summarize = (query: string): string =>
    `SELECT "window", count(*)::DOUBLE AS row_count, ${hash} AS checksum FROM (${query}) GROUP BY "window"`;
  await feed.query(
    `CREATE OR REPLACE TABLE compared AS
     SELECT coalesce(l."window", c."window") AS "window", coalesce(l.row_count, 0) AS lake_rows,
       coalesce(c.row_count, 0) AS copy_rows, l.checksum IS NOT DISTINCT FROM c.checksum AS is_equal
     FROM (${summarize(lake)}) AS l FULL JOIN (${summarize(copy)}) AS c ON l."window" = c."window"`,
  );
  const [total] = await feed.query(
    'SELECT count(*)::DOUBLE AS windows, coalesce(sum(lake_rows), 0)::DOUBLE AS row_count FROM compared',
  );
  const differing = await feed.query(
    `SELECT "window", lake_rows, copy_rows FROM compared WHERE NOT is_equal OR lake_rows <> copy_rows
     ORDER BY "window" LIMIT ${String(maxDifferences)}`,
  );
  return {
    windows: Number(total?.['windows'] ?? 0),
    rows: Number(total?.['row_count'] ?? 0),
    refused,
    differences: differing.map((row): Difference => ({
      window: String(row['window']),
      lakeRows: Number(row['lake_rows']),
      copyRows: Number(row['copy_rows']),
    })),
  };
}
