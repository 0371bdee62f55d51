import { isRecord } from '../../platform/json.js';
import { connectPostgres } from './connection.js';
import type { PostgresAddress } from './connection.js';

/** Reads the rows of the table `symbols` that meet a condition, an expression of SQL, in alphabetical order. */
export async function readSymbolRows(
  address: PostgresAddress,
  condition: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const session = await connectPostgres(address);
  try {
    await session.query('BEGIN READ ONLY');
    // The server takes one statement only if it has parameters: a condition cannot end the transaction.
    const sql = `SELECT to_jsonb(s) AS row FROM symbols AS s WHERE (${condition}) AND $1::boolean ORDER BY s.symbol`;
    const rows = await session.query(sql, [true]);
    return rows.map(({ row }) => row).filter(isRecord);
  } finally {
    await session.close();
  }
}
