import type { Instant, LocalDate } from '../core/time.js';
import type { ReadableLake } from './lake.js';
import { instantLiteral, literal, literals, numberIn, textIn } from './sql.js';
import type { Row } from './sql.js';

/** One value a session. */
export interface DailyValue {
  readonly session: LocalDate;
  readonly value: number;
}

/** Of which symbols, of which source, and from which session on. */
export interface DailyQuery {
  readonly provider: string;
  readonly symbols: readonly string[];
  readonly from: LocalDate;
  /** Nothing that was learned later. */
  readonly at?: Instant;
}

/** The volatility at the money of each session, as its last overview has it; by symbol, the oldest first. */
export function dailyVolatilities(
  lake: ReadableLake,
  query: DailyQuery,
): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  return daily(
    lake,
    `SELECT symbol, session, max_by(atm_iv, ts) AS value FROM overviews
     WHERE ${wanted(query)} AND atm_iv IS NOT NULL GROUP BY symbol, session ORDER BY symbol, session`,
  );
}

/** The daily closes in regular hours; by symbol, the oldest first. */
export function dailyCloses(
  lake: ReadableLake,
  query: DailyQuery,
): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  return daily(
    lake,
    `SELECT symbol, session, max_by("close", (what = 'TRADES', ts)) AS value FROM equity_bars
     WHERE ${wanted(query)} AND bar_size = '1 day' AND "close" IS NOT NULL
     GROUP BY symbol, session ORDER BY symbol, session`,
  );
}

function wanted({ provider, symbols, from, at }: DailyQuery): string {
  const parts = [
    `provider = ${literal(provider)}`,
    `symbol IN ${literals(symbols)}`,
    `session >= DATE ${literal(from)}`,
    ...(at === undefined ? [] : [`ts <= ${instantLiteral(at)}`]),
  ];
  return parts.join(' AND ');
}

async function daily(lake: ReadableLake, sql: string): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  const { rows } = await lake.query(sql);
  const bySymbol = new Map<string, DailyValue[]>();
  for (const row of rows) {
    const symbol = textIn(row, 'symbol');
    const value = valueOf(row);
    if (symbol === null || value === null) continue;
    const values = bySymbol.get(symbol);
    if (values === undefined) bySymbol.set(symbol, [value]);
    else values.push(value);
  }
  return bySymbol;
}

function valueOf(row: Row): DailyValue | null {
  const session = textIn(row, 'session');
  const value = numberIn(row, 'value');
  return session === null || value === null ? null : { session, value };
}
