import { barSizes, isIntraday } from '../../../core/bars.js';
import type { BarSize, What } from '../../../core/bars.js';
import type { Session } from '../../../core/calendar.js';
import { addDays, dateOfDayNumber, minute } from '../../../core/time.js';
import type { Instant } from '../../../core/time.js';
import type { Window } from '../../../core/window.js';
import type { Bars } from '../../../market/bar-columns.js';
import type { AnsweredBars, Found, Market } from '../../../market/market.js';
import type { Contract } from '../contracts/book.js';

/** One bar between the market and the wire. */
export interface BarRow {
  readonly start: Instant;
  /** The session's day number. */
  readonly session: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** −1, like the two that follow, where nothing was traded to be counted. */
  readonly volume: number;
  readonly average: number;
  readonly count: number;
}

/** Which bars of a contract are wanted. */
export interface BarsWanted {
  readonly contract: Contract;
  readonly barSize: BarSize;
  readonly what: What;
  readonly window: Window;
  readonly now: Instant;
}

/** The whole bars that begin in a window. */
export function wholeBars(market: Market, wanted: BarsWanted): readonly BarRow[] {
  const found = ask(market, wanted);
  return found.found ? rowsOf(found.value) : [];
}

/** The bar that is being made at `now`, as far as it has come; null when there is none or nothing has traded in it. */
export function unfinishedBar(market: Market, wanted: BarsWanted): BarRow | null {
  const { contract, barSize, now } = wanted;
  const calendar = contract.kind === 'spot' ? contract.calendar : contract.underlying.calendar;
  const today = calendar.dateAt(now);
  const session = calendar.sessions(today, addDays(today, 1)).find(({ open, close }) => open < now && now < close);
  if (session === undefined) return null;
  const start = startOfBar(session, barSize, now);
  if (start >= now) return null;
  const whole = session.open + Math.floor((now - session.open) / minute) * minute;
  const parts = [
    ...wholeBars(market, { ...wanted, barSize: '1 min', window: { start, end: Math.max(start, whole) } }),
    ...wholeBars(market, { ...wanted, barSize: '1 secs', window: { start: Math.max(start, whole), end: now } }),
  ];
  return merged(parts, start, wanted.what);
}

/** Several bars in a row as one; null when there are none. */
export function merged(parts: readonly BarRow[], start: Instant, what: What): BarRow | null {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return null;
  const volume = sum(parts, ({ volume: shares }) => Math.max(shares, 0));
  const money = sum(parts, ({ volume: shares, average }) => Math.max(shares, 0) * average);
  // Bars of both sides hold averages where others hold the first and last price.
  const averaged = what === 'BID_ASK';
  return {
    start,
    session: last.session,
    open: averaged ? cents(sum(parts, ({ open }) => open) / parts.length) : first.open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: averaged ? cents(sum(parts, ({ close }) => close) / parts.length) : last.close,
    volume: first.volume < 0 ? -1 : volume,
    average: first.volume < 0 ? -1 : volume === 0 ? 0 : Math.round((money / volume) * 10_000) / 10_000,
    count: first.count < 0 ? -1 : sum(parts, ({ count }) => count),
  };
}

/** Days put together to the weeks or months they lie in, each dated with its last session. */
export function grouped(days: readonly BarRow[], by: 'week' | 'month', what: What): readonly BarRow[] {
  const groups = new Map<string, BarRow[]>();
  for (const row of days) {
    const name = by === 'month' ? dateOfDayNumber(row.session).slice(0, 7) : String(Math.floor((row.session + 3) / 7));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((rows) => merged(rows, rows[0]?.start ?? 0, what) ?? []);
}

function startOfBar(session: Session, barSize: BarSize, now: Instant): Instant {
  if (!isIntraday(barSize)) return session.open;
  return now - ((now - session.open) % barSizes[barSize]);
}

function ask(market: Market, { contract, barSize, what, window, now }: BarsWanted): Found<AnsweredBars> {
  if (contract.kind === 'spot') return market.bars({ instrument: contract.instrument, barSize, what, window, now });
  const { instrument } = contract.underlying;
  return market.optionBars({ instrument, contract: contract.listed, barSize, what, window, now });
}

function rowsOf({ length, columns }: Bars): readonly BarRow[] {
  const rows: BarRow[] = [];
  for (let index = 0; index < length; index++) {
    rows.push({
      start: columns.ts[index] ?? 0,
      session: columns.session[index] ?? 0,
      open: columns.open[index] ?? 0,
      high: columns.high[index] ?? 0,
      low: columns.low[index] ?? 0,
      close: columns.close[index] ?? 0,
      volume: known(columns.volume[index], -1),
      average: known(columns.wap[index], known(columns.volume[index], -1) === 0 ? 0 : -1),
      count: known(columns.bar_count[index], -1),
    });
  }
  return rows;
}

function known(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}

function cents(price: number): number {
  return Math.round(price * 10_000) / 10_000;
}
