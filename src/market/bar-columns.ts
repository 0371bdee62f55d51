import { isIntraday, barSizes } from '../core/bars.js';
import type { BarSize, What } from '../core/bars.js';
import type { Session } from '../core/calendar.js';
import type { AnswerColumns } from '../core/rows.js';
import { minute, second } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { Bar, BarSheet } from './bar.js';
import type { SessionBars } from './session-bars.js';

/** Bars as a source gives them. */
export interface Bars {
  readonly length: number;
  readonly columns: AnswerColumns<'equity_bars'>;
}

/** How the levels of bars become the prices that are asked for. */
export interface Rendering {
  readonly what: What;
  /** Each keeps the order of levels, so that the extremes of bars stay extremes. */
  readonly trade: (level: number) => number;
  readonly bid: (level: number) => number;
  readonly ask: (level: number) => number;
  /** Parts of a price to which averages are rounded; a multiple of the price steps in a unit. */
  readonly averageSteps: number;
  /** Whether trades have sizes; an index has none. */
  readonly traded: boolean;
}

/** Collects bars of one size into columns. */
export interface BarCollector {
  /** `openInterest` is what is held in open contracts at the session's end; NaN for what is no contract. */
  add(session: Session, day: number, bars: SessionBars, openInterest: number): void;
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

/** A collector for the bars of a size that begin within a window. */
export function barCollector(barSize: BarSize, window: Window, rendering: Rendering, capacity: number): BarCollector {
  const size = barSizes[barSize];
  let columns = newColumns(Math.max(capacity, 1));
  let length = 0;
  let held = NaN;

  function push(start: Instant, day: number, bar: Bar): void {
    if (start < window.start || start >= window.end) return;
    if (length === columns.ts.length) columns = resized(columns, 2 * length);
    const index = length++;
    columns.ts[index] = start;
    columns.session[index] = day;
    render(rendering, bar, columns, index);
    columns.open_interest[index] = rendering.what === 'TRADES' ? held : NaN;
  }

  /** Adds up the bars of a sheet, `per` slots to a bar; `origin` is where its first slot begins. */
  function pushGroups(sheet: BarSheet, origin: Instant, slot: Duration, per: number, day: number): void {
    let index = 0;
    while (index < sheet.length) {
      const group = Math.floor((sheet.slot[index] ?? 0) / per);
      const open = sheet.open[index] ?? 0;
      let high = -Infinity;
      let low = Infinity;
      let close = open;
      let volume = 0;
      let money = 0;
      let count = 0;
      const end = (group + 1) * per;
      for (; index < sheet.length && (sheet.slot[index] ?? 0) < end; index++) {
        high = Math.max(high, sheet.high[index] ?? 0);
        low = Math.min(low, sheet.low[index] ?? 0);
        close = sheet.close[index] ?? 0;
        volume += sheet.volume[index] ?? 0;
        money += sheet.money[index] ?? 0;
        count += sheet.count[index] ?? 0;
      }
      push(origin + group * per * slot, day, { open, high, low, close, volume, money, count });
    }
  }

  return {
    add(session, day, bars, openInterest) {
      held = openInterest;
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
    finish: () => ({ length, columns: length === columns.ts.length ? columns : resized(columns, length) }),
  };
}

function render(rendering: Rendering, bar: Bar, columns: AnswerColumns<'equity_bars'>, index: number): void {
  const { what, trade, bid, ask } = rendering;
  const level = bar.money / bar.volume;
  if (what === 'BID_ASK') {
    // As the trade defines it: average bid, highest ask, lowest bid, average ask.
    columns.open[index] = bid(level);
    columns.high[index] = ask(bar.high);
    columns.low[index] = bid(bar.low);
    columns.close[index] = ask(level);
  } else {
    const price = what === 'TRADES' ? trade : what === 'BID' ? bid : what === 'ASK' ? ask : middle;
    columns.open[index] = price(bar.open);
    columns.high[index] = price(bar.high);
    columns.low[index] = price(bar.low);
    columns.close[index] = price(bar.close);
  }
  const sized = what === 'TRADES' && rendering.traded;
  columns.wap[index] = sized ? Math.round(trade(level) * rendering.averageSteps) / rendering.averageSteps : NaN;
  columns.volume[index] = sized ? bar.volume : what === 'TRADES' ? 0 : NaN;
  columns.bar_count[index] = sized ? bar.count : what === 'TRADES' ? 0 : NaN;

  function middle(at: number): number {
    return (bid(at) + ask(at)) / 2;
  }
}

function newColumns(capacity: number): AnswerColumns<'equity_bars'> {
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

function resized(columns: AnswerColumns<'equity_bars'>, length: number): AnswerColumns<'equity_bars'> {
  const result = newColumns(length);
  for (const name of columnNames) result[name].set(columns[name].subarray(0, length));
  return result;
}
