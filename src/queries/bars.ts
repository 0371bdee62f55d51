import type { BarSize, TradingHours, PriceType } from '../core/tables/bars.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import type { QueryableLake } from './queryable-lake.js';
import { findLatestProvider } from './latest-provider.js';
import { readInstant, sqlString, readNumber, readText } from './sql.js';

/** One bar of a symbol; null for what its source did not say. */
export interface Bar {
  /** Its first instant. */
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

/** Which bars are wanted; what is left out is daily, of trades, in regular hours, of the source that answered last. */
export interface BarQuery {
  readonly symbol: string;
  readonly barSize?: BarSize;
  /** The first session. */
  readonly from?: LocalDate;
  /** The first session that is not wanted any more. */
  readonly to?: LocalDate;
  readonly priceType?: PriceType;
  readonly hours?: TradingHours;
  readonly provider?: string;
}

/** The bars of a symbol, the oldest first. */
export async function queryBars(lake: QueryableLake, query: BarQuery): Promise<readonly Bar[]> {
  const condition = await buildBarCondition(lake, query);
  if (condition === null) return [];
  const { rows } = await lake.query(
    `SELECT ts, session, open, high, low, "close", volume, wap, bar_count, open_interest FROM equity_bars WHERE ${condition} ORDER BY ts`,
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

/** The sessions of which there are bars, in order. */
export async function queryBarDates(lake: QueryableLake, query: BarQuery): Promise<readonly LocalDate[]> {
  const condition = await buildBarCondition(lake, query);
  if (condition === null) return [];
  const { rows } = await lake.query(`SELECT DISTINCT session FROM equity_bars WHERE ${condition} ORDER BY session`);
  return rows.flatMap((row) => readText(row, 'session') ?? []);
}

async function buildBarCondition(lake: QueryableLake, query: BarQuery): Promise<string | null> {
  const { symbol, barSize = '1 day', from, to, priceType = 'TRADES', hours = 'rth' } = query;
  const provider = query.provider ?? (await findLatestProvider(lake, 'equity_bars', symbol));
  if (provider === null) return null;
  return [
    `symbol = ${sqlString(symbol)}`,
    `provider = ${sqlString(provider)}`,
    `bar_size = ${sqlString(barSize)}`,
    `what = ${sqlString(priceType)}`,
    `use_rth = ${String(hours === 'rth')}`,
    ...(from === undefined ? [] : [`session >= DATE ${sqlString(from)}`]),
    ...(to === undefined ? [] : [`session < DATE ${sqlString(to)}`]),
  ].join(' AND ');
}
