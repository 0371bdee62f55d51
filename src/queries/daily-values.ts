import type { RequestId } from '../core/request.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import { closeKinds } from '../core/tables/close-kind.js';
import type { CloseKind } from '../core/tables/close-kind.js';
import type { QueryableLake } from './queryable-lake.js';
import { sqlInstant, sqlString, sqlList, readNumber, readText } from './sql.js';
import type { Row } from './sql.js';

/** The value of one session. */
export interface DailyValue {
  readonly session: LocalDate;
  readonly value: number;
  /** The request whose answer has the value, or that computed it. */
  readonly requestId: RequestId;
}

/** The daily closes of one symbol: all of one kind, because closes of different kinds do not compare. */
export interface DailyCloses {
  readonly kind: CloseKind;
  /** Oldest first. */
  readonly values: readonly DailyValue[];
}

export interface DailyQuery {
  readonly provider: string;
  readonly symbols: readonly string[];
  readonly from: LocalDate;
  /** Ignores later rows. */
  readonly at?: Instant;
}

/**
 * Queries the at-the-money volatility in the last overview of each session; by symbol, oldest first. Only overviews for
 * a term of `termDays` count. Null is the unknown term of overviews from before the term was stored.
 */
export async function queryDailyVolatilities(
  lake: QueryableLake,
  query: DailyQuery & { readonly termDays: number | null },
): Promise<ReadonlyMap<string, readonly DailyValue[]>> {
  const { rows } = await lake.query(
    `SELECT symbol, session, max_by(atm_iv, ts) AS value, max_by(request_id, ts) AS request_id FROM overviews
     WHERE ${buildDailyCondition(query)} AND atm_iv IS NOT NULL
       AND atm_iv_days IS NOT DISTINCT FROM ${query.termDays === null ? 'NULL' : String(query.termDays)}
     GROUP BY symbol, session ORDER BY symbol, session`,
  );
  return groupValues(rows);
}

/**
 * Queries the closes of daily bars, by symbol. A symbol has closes of one kind, the first of `closeKinds` that it has
 * bars of.
 */
export async function queryDailyCloses(
  lake: QueryableLake,
  query: DailyQuery,
): Promise<ReadonlyMap<string, DailyCloses>> {
  const kinds = closeKinds.map(
    ({ priceType, hours }, index) =>
      `WHEN what = ${sqlString(priceType)} AND use_rth = ${String(hours === 'rth')} THEN ${index}`,
  );
  const { rows } = await lake.query(
    `WITH bars AS (
       SELECT symbol, session, ts, "close" AS value, request_id, CASE ${kinds.join(' ')} END AS kind FROM equity_bars
       WHERE ${buildDailyCondition(query)} AND bar_size = '1 day' AND "close" IS NOT NULL
     ),
     chosen AS (SELECT symbol, min(kind) AS kind FROM bars GROUP BY symbol)
     SELECT symbol, kind, session, max_by(value, ts) AS value, max_by(request_id, ts) AS request_id
     FROM bars JOIN chosen USING (symbol, kind)
     GROUP BY symbol, kind, session ORDER BY symbol, session`,
  );
  const kindBySymbol = new Map(rows.map((row) => [readText(row, 'symbol'), closeKinds[readNumber(row, 'kind') ?? -1]]));
  const closes = new Map<string, DailyCloses>();
  for (const [symbol, values] of groupValues(rows)) {
    const kind = kindBySymbol.get(symbol);
    if (kind !== undefined) closes.set(symbol, { kind, values });
  }
  return closes;
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

function groupValues(rows: readonly Row[]): ReadonlyMap<string, readonly DailyValue[]> {
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
  return session === null || value === null ? null : { session, value, requestId: readText(row, 'request_id') ?? '' };
}
