import type { BarSize, TradingHours, PriceType } from '../core/tables/bars.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import { omitUndefined } from '../platform/omit-undefined.js';
import type { ConstantColumns, SymbolRows } from '../core/symbol-rows.js';
import type { QueryableLake } from './queryable-lake.js';
import { findLatestProvider } from './latest-provider.js';
import { readInstant, sqlString, readNumber, readText } from './sql.js';

/** One bar of a symbol; null for values that the provider did not give. */
export interface Bar {
  /** Start of the bar. */
  readonly ts: Instant;
  readonly session: LocalDate;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly volume: number | null;
  readonly wap: number | null;
  readonly barCount: number | null;
  readonly openInterest: number | null;
}

/** Selects bars. Defaults: daily bars of trades in regular hours, from the provider with the latest bar. */
export interface BarQuery {
  readonly symbol: string;
  readonly barSize?: BarSize;
  /** First session, inclusive. */
  readonly from?: LocalDate;
  /** Last session, exclusive. */
  readonly to?: LocalDate;
  readonly priceType?: PriceType;
  readonly hours?: TradingHours;
  readonly provider?: string;
  /** The latest bars, so many at most. */
  readonly limit?: number;
}

/** Queries the bars of a symbol, oldest first. */
export async function queryBars(lake: QueryableLake, query: BarQuery): Promise<readonly Bar[]> {
  const provider = await findProvider(lake, query);
  if (provider === null) return [];
  const latest = query.limit === undefined ? '' : ` ORDER BY ts DESC LIMIT ${String(query.limit)}`;
  const { rows } = await lake.querySymbol(
    selectRows(query),
    (source, constants) =>
      `SELECT * FROM (SELECT ts, session, open, high, low, "close", volume, wap, bar_count, open_interest
       FROM ${source} WHERE ${buildBarCondition(query, provider, constants)}${latest}) ORDER BY ts`,
  );
  return rows.map((row) => ({
    ts: readInstant(row, 'ts'),
    session: readText(row, 'session') ?? '',
    open: readNumber(row, 'open'),
    high: readNumber(row, 'high'),
    low: readNumber(row, 'low'),
    close: readNumber(row, 'close'),
    volume: readNumber(row, 'volume'),
    wap: readNumber(row, 'wap'),
    barCount: readNumber(row, 'bar_count'),
    openInterest: readNumber(row, 'open_interest'),
  }));
}

/** Queries the sessions that have bars, in order. */
export async function queryBarDates(lake: QueryableLake, query: BarQuery): Promise<readonly LocalDate[]> {
  const provider = await findProvider(lake, query);
  if (provider === null) return [];
  const { rows } = await lake.querySymbol(
    selectRows(query),
    (source, constants) =>
      `SELECT DISTINCT session FROM ${source} WHERE ${buildBarCondition(query, provider, constants)} ORDER BY session`,
  );
  return rows.flatMap((row) => readText(row, 'session') ?? []);
}

function selectRows({ symbol, barSize = '1 day', from, to }: BarQuery): SymbolRows {
  return { dataset: 'equity_bars', symbol, barSize, ...omitUndefined({ from, to }) };
}

async function findProvider(lake: QueryableLake, { symbol, provider }: BarQuery): Promise<string | null> {
  return (
    provider ??
    (await lake.findConstants({ dataset: 'equity_bars', symbol })).provider ??
    (await findLatestProvider(lake, 'equity_bars', symbol))
  );
}

/** Omits what statistics say of every row: comparing text reads its column. */
function buildBarCondition(query: BarQuery, provider: string, constants: ConstantColumns): string {
  const { symbol, barSize = '1 day', from, to, priceType = 'TRADES', hours = 'rth' } = query;
  return [
    `symbol = ${sqlString(symbol)}`,
    ...(constants.provider === provider ? [] : [`provider = ${sqlString(provider)}`]),
    `bar_size = ${sqlString(barSize)}`,
    ...(constants.what === priceType ? [] : [`what = ${sqlString(priceType)}`]),
    `use_rth = ${String(hours === 'rth')}`,
    ...(from === undefined ? [] : [`session >= DATE ${sqlString(from)}`]),
    ...(to === undefined ? [] : [`session < DATE ${sqlString(to)}`]),
  ].join(' AND ');
}
