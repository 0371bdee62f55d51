import { isIntraday, barSizes } from '../../core/tables/bars.js';
import type { BarSize, PriceType } from '../../core/tables/bars.js';
import type { TradingSession } from '../../core/time/calendar.js';
import type { AnswerColumns } from '../../core/tables/rows.js';
import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { Bar, BarBuffer } from './bar.js';
import type { SessionBars } from './session-bars.js';

/** Bars as a provider returns them. */
export interface Bars {
  readonly length: number;
  readonly columns: AnswerColumns<'equity_bars'>;
}

/** Converts the price levels of bars to prices. */
export interface PriceConversion {
  readonly priceType: PriceType;
  /** Both functions keep the order of levels, so that the extremes of bars stay extremes. */
  readonly trade: (level: number) => number;
  readonly bid: (level: number) => number;
  readonly ask: (level: number) => number;
  /** The fraction of a price unit to which averages are rounded; a multiple of the price steps in a unit. */
  readonly averageSteps: number;
  /** True if trades have sizes; an index has none. */
  readonly hasVolume: boolean;
}

/** Collects bars of one size into columns. */
export interface BarCollector {
  /** `openInterest` is that of the session's end; NaN for an instrument without contracts. */
  add(session: TradingSession, day: number, bars: SessionBars, openInterest: number): void;
  finish(): Bars;
}

const columnNames = [
  'ts',
  'session',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'wap',
  'bar_count',
  'open_interest',
] as const;

/** Creates a collector for the bars of a size that begin within a window. */
export function createBarCollector(
  barSize: BarSize,
  window: Window,
  conversion: PriceConversion,
  capacity: number,
): BarCollector {
  const size = barSizes[barSize];
  let columns = createColumns(Math.max(capacity, 1));
  let length = 0;
  let currentOpenInterest = NaN;

  function push(start: Instant, day: number, bar: Bar): void {
    if (start < window.start || start >= window.end) return;
    if (length === columns.ts.length) columns = resizeColumns(columns, 2 * length);
    const index = length++;
    columns.ts[index] = start;
    columns.session[index] = day;
    writePrices(conversion, bar, columns, index);
    columns.open_interest[index] = conversion.priceType === 'TRADES' ? currentOpenInterest : NaN;
  }

  /** Merges the bars of a buffer, `per` slots to a bar; `origin` is the start of the first slot. */
  function pushGroups(buffer: BarBuffer, origin: Instant, slot: Duration, per: number, day: number): void {
    let index = 0;
    while (index < buffer.length) {
      const group = Math.floor((buffer.slot[index] ?? 0) / per);
      const open = buffer.open[index] ?? 0;
      let high = -Infinity;
      let low = Infinity;
      let close = open;
      let volume = 0;
      let notional = 0;
      let count = 0;
      const end = (group + 1) * per;
      for (; index < buffer.length && (buffer.slot[index] ?? 0) < end; index++) {
        high = Math.max(high, buffer.high[index] ?? 0);
        low = Math.min(low, buffer.low[index] ?? 0);
        close = buffer.close[index] ?? 0;
        volume += buffer.volume[index] ?? 0;
        notional += buffer.notional[index] ?? 0;
        count += buffer.count[index] ?? 0;
      }
      push(origin + group * per * slot, day, { open, high, low, close, volume, notional, count });
    }
  }

  return {
    add(session, day, bars, openInterest) {
      currentOpenInterest = openInterest;
      if (!isIntraday(barSize)) {
        push(session.open, day, bars.bar);
        return;
      }
      if (session.open >= window.end || session.close <= window.start) return;
      const minutes = bars.minutes();
      if (size >= minute) {
        pushGroups(minutes, session.open, minute, size / minute, day);
        return;
      }
      for (let index = 0; index < minutes.length; index++) {
        const start = session.open + (minutes.slot[index] ?? 0) * minute;
        if (start >= window.end || start + minute <= window.start) continue;
        pushGroups(bars.seconds(index), start, second, size / second, day);
      }
    },
    finish: () => ({ length, columns: length === columns.ts.length ? columns : resizeColumns(columns, length) }),
  };
}

function writePrices(
  conversion: PriceConversion,
  bar: Bar,
  columns: AnswerColumns<'equity_bars'>,
  index: number,
): void {
  const { priceType, trade, bid, ask } = conversion;
  const level = bar.notional / bar.volume;
  if (priceType === 'BID_ASK') {
    // BID_ASK bars by IB's definition: average bid, highest ask, lowest bid, average ask.
    columns.open[index] = bid(level);
    columns.high[index] = ask(bar.high);
    columns.low[index] = bid(bar.low);
    columns.close[index] = ask(level);
  } else {
    const price = priceType === 'TRADES' ? trade : priceType === 'BID' ? bid : priceType === 'ASK' ? ask : midPrice;
    columns.open[index] = price(bar.open);
    columns.high[index] = price(bar.high);
    columns.low[index] = price(bar.low);
    columns.close[index] = price(bar.close);
  }
  const hasSizes = priceType === 'TRADES' && conversion.hasVolume;
  columns.wap[index] = hasSizes ? Math.round(trade(level) * conversion.averageSteps) / conversion.averageSteps : NaN;
  columns.volume[index] = hasSizes ? bar.volume : priceType === 'TRADES' ? 0 : NaN;
  columns.bar_count[index] = hasSizes ? bar.count : priceType === 'TRADES' ? 0 : NaN;

  function midPrice(at: number): number {
    // The sum of two prices has binary noise: half of 123.41 + 123.42 is 123.41499999999999.
    return Math.round(((bid(at) + ask(at)) / 2) * conversion.averageSteps) / conversion.averageSteps;
  }
}

function createColumns(capacity: number): AnswerColumns<'equity_bars'> {
  const column = (): Float64Array => new Float64Array(capacity);
  return {
    ts: column(),
    session: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    wap: column(),
    bar_count: column(),
    open_interest: column(),
  };
}

function resizeColumns(columns: AnswerColumns<'equity_bars'>, length: number): AnswerColumns<'equity_bars'> {
  const result = createColumns(length);
  for (const name of columnNames) result[name].set(columns[name].subarray(0, length));
  return result;
}
