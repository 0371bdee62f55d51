import type { BarSize, Hours, What } from '../core/bars.js';
import type { Instant, LocalDate } from '../core/time.js';
import type { ReadableLake } from './lake.js';
import { latestSource } from './source.js';
import { instantIn, literal, numberIn, textIn } from './sql.js';

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
  readonly what?: What;
  readonly hours?: Hours;
  readonly provider?: string;
}

/** The bars of a symbol, the oldest first. */
export async function barsOf(lake: ReadableLake, query: BarQuery): Promise<readonly Bar[]> {
  const wanted = await wantedBars(lake, query);
  if (wanted === null) return [];
  const { rows } = await lake.query(
    `SELECT ts, session, open, high, low, "close", volume, wap, bar_count, open_interest FROM equity_bars WHERE ${wanted} ORDER BY ts`,
  );
  return rows.map((row) => ({
    ts: instantIn(row, 'ts'),
    session: textIn(row, 'session') ?? '',
    open: numberIn(row, 'open'),
    high: numberIn(row, 'high'),
    low: numberIn(row, 'low'),
    close: numberIn(row, 'close'),
    volume: numberIn(row, 'volume'),
    wap: numberIn(row, 'wap'),
    barCount: numberIn(row, 'bar_count'),
    openInterest: numberIn(row, 'open_interest'),
  }));
}

/** The sessions of which there are bars, in order. */
export async function presentDates(lake: ReadableLake, query: BarQuery): Promise<readonly LocalDate[]> {
  const wanted = await wantedBars(lake, query);
  if (wanted === null) return [];
  const { rows } = await lake.query(`SELECT DISTINCT session FROM equity_bars WHERE ${wanted} ORDER BY session`);
  return rows.flatMap((row) => textIn(row, 'session') ?? []);
}

async function wantedBars(lake: ReadableLake, query: BarQuery): Promise<string | null> {
  const { symbol, barSize = '1 day', from, to, what = 'TRADES', hours = 'rth' } = query;
  const provider = query.provider ?? (await latestSource(lake, 'equity_bars', symbol));
  if (provider === null) return null;
  return [
    `symbol = ${literal(symbol)}`,
    `provider = ${literal(provider)}`,
    `bar_size = ${literal(barSize)}`,
    `what = ${literal(what)}`,
    `use_rth = ${String(hours === 'rth')}`,
    ...(from === undefined ? [] : [`session >= DATE ${literal(from)}`]),
    ...(to === undefined ? [] : [`session < DATE ${literal(to)}`]),
  ].join(' AND ');
}
