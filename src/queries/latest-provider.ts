import type { QueryableLake } from './queryable-lake.js';
import { sqlString, readText } from './sql.js';

/** Finds the provider with the latest row of a symbol; null when there is none. */
export async function findLatestProvider(
  lake: QueryableLake,
  table: 'equity_bars' | 'option_snapshots' | 'overviews',
  symbol: string,
): Promise<string | null> {
  const { rows } = await lake.querySymbol(
    { dataset: table, symbol },
    (source) =>
      `SELECT provider FROM ${source} WHERE symbol = ${sqlString(symbol)} GROUP BY provider ORDER BY max(ts) DESC, provider LIMIT 1`,
  );
  const [row] = rows;
  return row === undefined ? null : readText(row, 'provider');
}
