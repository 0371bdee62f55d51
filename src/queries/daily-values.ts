import type { Instant, LocalDate } from '../core/time/time.js';
import type { QueryableLake } from './queryable-lake.js';
import { sqlInstant, sqlString, sqlList, readNumber, readText } from './sql.js';
import type { Row } from './sql.js';

/** The value of one session. */
export interface DailyValue {
  readonly session: LocalDate;
  readonly value: number;
}

export interface DailyQuery {
  readonly provider: string;
  readonly symbols: readonly string[];
  readonly from: LocalDate;
  /** Ignores later rows. */
  readonly at?: Instant;
}

/** Queries the at-the-money volatility in the last overview of each session; by symbol, oldest first. */
export function queryDailyVolatilities(
  lake: QueryableLake,
  query: DailyQuery,
): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  return queryDailyValues(
    lake,
    `SELECT symbol, session, max_by(atm_iv, ts) AS value FROM overviews
     WHERE ${buildDailyCondition(query)} AND atm_iv IS NOT NULL GROUP BY symbol, session ORDER BY symbol, session`,
  );
}

/** Queries the closes of daily bars of any hours, preferring trades to other price types; by symbol, oldest first. */
export function queryDailyCloses(
  lake: QueryableLake,
  query: DailyQuery,
): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  return queryDailyValues(
    lake,
    `SELECT symbol, session, max_by("close", (what = 'TRADES', ts)) AS value FROM equity_bars
     WHERE ${buildDailyCondition(query)} AND bar_size = '1 day' AND "close" IS NOT NULL
     GROUP BY symbol, session ORDER BY symbol, session`,
  );
}

function buildDailyCondition({ provider, symbols, from, at }: DailyQuery): string {
  const conditions = [
    `provider = ${sqlString(provider)}`,
    `symbol IN ${sqlList(symbols)}`,
    `session >= DATE ${sqlString(from)}`,
    ...(at === undefined ? [] : [`ts <= ${sqlInstant(at)}`]),
  ];
  return conditions.join(' AND ');
}

async function queryDailyValues(lake: QueryableLake, sql: string): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  const { rows } = await lake.query(sql);
  const bySymbol = new Map<string, DailyValue[]>();
  for (const row of rows) {
    const symbol = readText(row, 'symbol');
    const value = toDailyValue(row);
    if (symbol === null || value === null) continue;
    const values = bySymbol.get(symbol);
    if (values === undefined) bySymbol.set(symbol, [value]);
    else values.push(value);
  }
  return bySymbol;
}

function toDailyValue(row: Row): DailyValue | null {
  const session = readText(row, 'session');
  const value = readNumber(row, 'value');
  return session === null || value === null ? null : { session, value };
}
