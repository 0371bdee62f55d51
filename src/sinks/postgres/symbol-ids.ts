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
 * The ids of symbols, which are added to the table if it lacks them. A symbol that the table has at several exchanges is the one of
 * the pipeline's exchange, else the oldest.
 */
export async function findSymbolIds(
  session: PostgresSession,
  symbols: readonly string[],
  known: ReadonlyMap<string, KnownSymbol>,
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  const matching = new Set<string>();
  const rows = await session.query(
    'SELECT id, symbol, exchange FROM symbols WHERE symbol = ANY($1::text[]) ORDER BY id',
    [symbols],
  );
  for (const row of rows) {
    const symbol = String(row['symbol']);
    const matches = row['exchange'] === known.get(symbol)?.exchange;
    if (ids.has(symbol) && (!matches || matching.has(symbol))) continue;
    ids.set(symbol, Number(row['id']));
    if (matches) matching.add(symbol);
  }
  for (const symbol of symbols) {
    if (ids.has(symbol)) continue;
    const { exchange = unknownExchange, priority = 5 } = known.get(symbol) ?? {};
    const [added] = await session.query(
      'INSERT INTO symbols (symbol, exchange, active, priority) VALUES ($1, $2, true, $3) RETURNING id',
      [symbol, exchange, priority],
    );
    ids.set(symbol, Number(added?.['id']));
  }
  return ids;
}

/** Defines the relation `ids` of symbols and their ids. */
export async function defineSymbolIds(
  session: PostgresSession,
  feed: LakeFeed,
  symbols: readonly string[],
  known: ReadonlyMap<string, KnownSymbol>,
): Promise<void> {
  const ids = await findSymbolIds(session, symbols, known);
  await feed.define('ids', { symbol: 'VARCHAR', symbol_id: 'INTEGER' }, ids);
}
