import { barSizes, isIntraday } from '../../../core/tables/bars.js';
import type { BarSize, TradingHours } from '../../../core/tables/bars.js';
import type { Calendar, TradingSession } from '../../../core/time/calendar.js';
import type { InstrumentKind } from '../../../core/series.js';
import { createHoursFilter, toOutsideBars } from '../../../core/tables/trading-hours.js';
import type { OutsideBars } from '../../../core/tables/trading-hours.js';
import type { AnswerColumns } from '../../../core/tables/rows.js';
import { addDays, day, toDayNumber, toUtcDate } from '../../../core/time/time.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import { normalize } from '../../../core/time/window.js';
import type { Window, Windows } from '../../../core/time/window.js';
import { isValidBar } from '../../is-valid-bar.js';
import type { PriceFloor } from '../../is-valid-bar.js';
import { isUnset, toCount } from '../../missing-values.js';
import { parseGatewayDate, parseGatewayTime } from './gateway-time.js';
import type { WireBar } from '../gateway/wire-bar.js';

export interface BarSelection {
  readonly barSize: BarSize;
  readonly hours: TradingHours;
  readonly window: Window;
  readonly calendar: Calendar;
  readonly kind: InstrumentKind;
  readonly isOption: boolean;
  readonly priceFloor: PriceFloor;
  readonly now: Instant;
}

export interface ParsedBars {
  readonly length: number;
  readonly columns: AnswerColumns<'equity_bars'>;
  /** Beginnings and ends of the bars and of the refused ones: the response reaches from the first to the last. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** The time of bars with impossible prices; the whole day for daily bars. */
  readonly refused: Windows;
  /** The beginning of the first bar that has not ended; null if all have. */
  readonly unfinished: Instant | null;
  /** Bars at times without trading, which count for nothing; undefined for none. */
  readonly outside: OutsideBars | undefined;
  /** The number of bars without a valid time. */
  readonly unparsed: number;
}

export interface TimedBar {
  readonly ts: Instant;
  readonly end: Instant;
  readonly date: LocalDate;
  readonly bar: WireBar;
}

/**
 * Parses bars into columns: the bars of the window that have ended, in order and without duplicates; of two with the same time
 * the later counts. The timestamp of a daily bar is the open of its session, that of a shorter one its own beginning.
 */
export function parseBars(bars: readonly WireBar[], selection: BarSelection): ParsedBars {
  const { window, now, barSize, priceFloor, calendar } = selection;
  const placeBar = createBarPlacer(selection);
  const isInside = createHoursFilter(selection, calendar);
  const outside: Instant[] = [];
  const byTime = new Map<Instant, TimedBar>();
  const refused: Window[] = [];
  let unparsed = 0;
  let unfinished: Instant | null = null;
  for (const bar of bars) {
    const timedBar = placeBar(bar);
    if (timedBar === null) unparsed++;
    else if (timedBar.ts < window.start || timedBar.ts >= window.end) continue;
    else if (!isInside(timedBar.ts, timedBar.date)) outside.push(timedBar.ts);
    else if (timedBar.end > now) unfinished = Math.min(unfinished ?? Infinity, timedBar.ts);
    else byTime.set(timedBar.ts, timedBar);
  }
  const placed = [...byTime.values()].sort((a, b) => a.ts - b.ts);
  const rows = placed.filter(({ bar, ts, end, date }) => {
    if (isValidBar(bar, priceFloor)) return true;
    refused.push(
      isIntraday(barSize)
        ? { start: ts, end }
        : { start: calendar.startOf(date), end: calendar.startOf(addDays(date, 1)) },
    );
    return false;
  });
  return {
    length: rows.length,
    columns: toBarColumns(rows),
    starts: Float64Array.from(placed, ({ ts }) => ts),
    ends: Float64Array.from(placed, ({ end }) => end),
    refused: normalize(refused),
    unfinished,
    outside: toOutsideBars(outside),
    unparsed,
  };
}

export function toBarColumns(rows: readonly TimedBar[]): AnswerColumns<'equity_bars'> {
  const column = (getValue: (row: TimedBar) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row) => getValue(row) ?? NaN);
  return {
    ts: column(({ ts }) => ts),
    session: column(({ date }) => toDayNumber(date)),
    open: column(({ bar }) => bar.open),
    high: column(({ bar }) => bar.high),
    low: column(({ bar }) => bar.low),
    close: column(({ bar }) => bar.close),
    volume: column(({ bar }) => toCount(bar.volume)),
    wap: column(({ bar }) => validWap(bar)),
    bar_count: column(({ bar }) => toCount(bar.count)),
    open_interest: column(() => NaN),
  };
}

/** Without trades there is no average; the gateway sends −1, or 0 next to a price. */
function validWap({ wap, low, volume }: WireBar): number | undefined {
  const hasNoTrades = toCount(volume) === undefined || (wap === 0 && low > 0);
  return hasNoTrades || wap === undefined || isUnset(wap) ? undefined : wap;
}

function createBarPlacer({ barSize, hours, calendar }: BarSelection): (bar: WireBar) => TimedBar | null {
  const size = barSizes[barSize];
  let latestDay: { date: LocalDate; from: Instant; to: Instant; session: TradingSession | undefined } | null = null;
  const findDay = (date: LocalDate): NonNullable<typeof latestDay> => {
    if (latestDay?.date === date) return latestDay;
    const [session] = calendar.sessions(date, addDays(date, 1));
    const from = calendar.startOf(date);
    latestDay = { date, from, to: calendar.startOf(addDays(date, 1)), session };
    return latestDay;
  };
  /** Returns the instant at which the bars of a day are final. */
  const getFinalTime = ({ session, to }: NonNullable<typeof latestDay>): Instant =>
    hours === 'rth' ? (session?.close ?? to) : to;

  if (!isIntraday(barSize)) {
    return (bar) => {
      const date = parseBarDate(bar.time, calendar);
      if (date === null) return null;
      const tradingDay = findDay(date);
      return { ts: tradingDay.session?.open ?? tradingDay.from, end: getFinalTime(tradingDay), date, bar };
    };
  }
  return (bar) => {
    const ts = parseGatewayTime(bar.time, calendar.timeZone);
    if (ts === null) return null;
    const tradingDay =
      latestDay !== null && ts >= latestDay.from && ts < latestDay.to ? latestDay : findDay(calendar.dateAt(ts));
    const limit = getFinalTime(tradingDay);
    return { ts, end: ts < limit ? Math.min(ts + size, limit) : ts + size, date: tradingDay.date, bar };
  };
}

/** The gateway stamps daily bars with a date, or with an instant of that day. */
function parseBarDate(text: string, calendar: Calendar): LocalDate | null {
  const date = parseGatewayDate(text);
  if (date !== null) return date;
  const instant = parseGatewayTime(text, calendar.timeZone);
  if (instant === null) return null;
  return instant % day === 0 ? toUtcDate(instant) : calendar.dateAt(instant);
}
