import type { LakeFeed } from '../../lake/feed/feed.js';
import type { PostgresSession } from './connection.js';

/** A symbol of a pipeline as the table `symbols` has it. */
export interface KnownSymbol {
  readonly symbol: string;
  readonly exchange: string;
  readonly currency: string;
  readonly kind: string;
  /** From 1 (first) to 9. */
  readonly priority: number;
}

/** The exchange of a symbol that the pipeline no longer has. */
const unknownExchange = 'SMART';

/**
 * Defines the relation `ids` of symbols and their ids, and adds symbols to the table that it lacks. A symbol that the table has at
 * several exchanges is the one of the pipeline's exchange, else the oldest.
 */
export async function defineSymbolIds(
  session: PostgresSession,
  feed: LakeFeed,
  symbols: readonly string[],
  known: ReadonlyMap<string, KnownSymbol>,
): Promise<void> {
  const ids = new Map<string, { readonly id: number; readonly matches: boolean }>();
  const rows = await session.query(
    'SELECT id, symbol, exchange FROM symbols WHERE symbol = ANY($1::text[]) ORDER BY id',
    [symbols],
  );
  for (const row of rows) {
    const symbol = String(row['symbol']);
    const matches = row['exchange'] === known.get(symbol)?.exchange;
    const found = ids.get(symbol);
    if (found === undefined || (matches && !found.matches)) ids.set(symbol, { id: Number(row['id']), matches });
  }
  for (const symbol of symbols) {
    if (ids.has(symbol)) continue;
    const { exchange = unknownExchange, priority = 5 } = known.get(symbol) ?? {};
    const [added] = await session.query(
      'INSERT INTO symbols (symbol, exchange, active, priority) VALUES ($1, $2, true, $3) RETURNING id',
      [symbol, exchange, priority],
    );
    ids.set(symbol, { id: Number(added?.['id']), matches: true });
  }
  await feed.define(
    'ids',
    { symbol: 'VARCHAR', symbol_id: 'INTEGER' },
    Array.from(ids, ([symbol, { id }]) => [symbol, id]),
  );
}
