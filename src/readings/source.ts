import type { ReadableLake } from './lake.js';
import { literal, textIn } from './sql.js';

/** The source that answered last about a symbol in a table; null where none did. */
export async function latestSource(
  lake: ReadableLake,
  table: 'equity_bars' | 'option_snapshots' | 'overviews',
  symbol: string,
): Promise<string | null> {
  const { rows } = await lake.query(
    `SELECT provider FROM ${table} WHERE symbol = ${literal(symbol)} GROUP BY provider ORDER BY max(ts) DESC, provider LIMIT 1`,
  );
  const [row] = rows;
  return row === undefined ? null : textIn(row, 'provider');
}
