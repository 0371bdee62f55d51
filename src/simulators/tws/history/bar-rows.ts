import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { BarSize, PriceType } from '../../../core/tables/bars.js';
import type { TradingSession } from '../../../core/time/calendar.js';
import { addDays, fromDayNumber, minute } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import type { Bars } from '../../../market/bars/bar-collector.js';
import type { AnsweredBars, LookupResult, Market } from '../../../market/market.js';
import type { Contract } from '../contracts/contract-catalog.js';

/** A bar as computed by the market, before encoding. */
export interface BarRow {
  readonly start: Instant;
  /** Day number of the session. */
  readonly session: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** −1, as are `average` and `count`, for price types without trades. */
  readonly volume: number;
  readonly average: number;
  readonly count: number;
}

export interface BarQuery {
  readonly contract: Contract;
  readonly barSize: BarSize;
  readonly priceType: PriceType;
  readonly window: Window;
  readonly now: Instant;
}

/** Returns the completed bars that begin in a window. */
export function getCompletedBars(market: Market, query: BarQuery): readonly BarRow[] {
  const found = queryMarket(market, query);
  return found.found ? toBarRows(found.value) : [];
}

/** Returns the bar in progress at `now`; null if there is none or nothing has traded in it. */
export function getPartialBar(market: Market, query: BarQuery): BarRow | null {
  const { contract, barSize, now } = query;
  const calendar = contract.kind === 'spot' ? contract.calendar : contract.underlying.calendar;
  const today = calendar.dateAt(now);
  const session = calendar.sessions(today, addDays(today, 1)).find(({ open, close }) => open < now && now < close);
  if (session === undefined) return null;
  const start = getBarStart(session, barSize, now);
  if (start >= now) return null;
  const completedUntil = session.open + Math.floor((now - session.open) / minute) * minute;
  const parts = [
    ...getCompletedBars(market, {
      ...query,
      barSize: '1 min',
      window: { start, end: Math.max(start, completedUntil) },
    }),
    ...getCompletedBars(market, {
      ...query,
      barSize: '1 secs',
      window: { start: Math.max(start, completedUntil), end: now },
    }),
  ];
  return mergeBars(parts, start, query.priceType);
}

/** Merges consecutive bars to one; null if there are none. */
export function mergeBars(parts: readonly BarRow[], start: Instant, priceType: PriceType): BarRow | null {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return null;
  const volume = sum(parts, ({ volume: shares }) => Math.max(shares, 0));
  const turnover = sum(parts, ({ volume: shares, average }) => Math.max(shares, 0) * average);
  // BID_ASK bars hold the average bid as open and the average ask as close.
  const isAveraged = priceType === 'BID_ASK';
  return {
    start,
    session: last.session,
    open: isAveraged ? roundPrice(sum(parts, ({ open }) => open) / parts.length) : first.open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: isAveraged ? roundPrice(sum(parts, ({ close }) => close) / parts.length) : last.close,
    volume: first.volume < 0 ? -1 : volume,
    average: first.volume < 0 ? -1 : volume === 0 ? 0 : Math.round((turnover / volume) * 10_000) / 10_000,
    count: first.count < 0 ? -1 : sum(parts, ({ count }) => count),
  };
}

/** Groups daily bars by week or month, each dated with its last session. */
export function groupByPeriod(
  days: readonly BarRow[],
  period: 'week' | 'month',
  priceType: PriceType,
): readonly BarRow[] {
  const groups = new Map<string, BarRow[]>();
  for (const row of days) {
    const name =
      period === 'month' ? fromDayNumber(row.session).slice(0, 7) : String(Math.floor((row.session + 3) / 7));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((rows) => mergeBars(rows, rows[0]?.start ?? 0, priceType) ?? []);
}

function getBarStart(session: TradingSession, barSize: BarSize, now: Instant): Instant {
  if (!isIntraday(barSize)) return session.open;
  return now - ((now - session.open) % barSizes[barSize]);
}

function queryMarket(
  market: Market,
  { contract, barSize, priceType, window, now }: BarQuery,
): LookupResult<AnsweredBars> {
  if (contract.kind === 'spot')
    return market.bars({ instrument: contract.instrument, barSize, priceType, window, now });
  const { instrument } = contract.underlying;
  return market.optionBars({ instrument, contract: contract.listed, barSize, priceType, window, now });
}

function toBarRows({ length, columns }: Bars): readonly BarRow[] {
  const rows: BarRow[] = [];
  for (let index = 0; index < length; index++) {
    rows.push({
      start: columns.ts[index] ?? 0,
      session: columns.session[index] ?? 0,
      open: columns.open[index] ?? 0,
      high: columns.high[index] ?? 0,
      low: columns.low[index] ?? 0,
      close: columns.close[index] ?? 0,
      volume: valueOr(columns.volume[index], -1),
      average: valueOr(columns.wap[index], valueOr(columns.volume[index], -1) === 0 ? 0 : -1),
      count: valueOr(columns.bar_count[index], -1),
    });
  }
  return rows;
}

function valueOr(value: number | undefined, fallback: number): number {
  return value === undefined || Number.isNaN(value) ? fallback : value;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}

function roundPrice(price: number): number {
  return Math.round(price * 10_000) / 10_000;
}
