import { calendarOf } from '../../src/calendar/calendars.js';
import type { Calendar, Session } from '../../src/core/calendar.js';
import type { Delivery, SettledWindow } from '../../src/core/delivery.js';
import type { RequestId } from '../../src/core/request.js';
import type { RowsOf } from '../../src/core/rows.js';
import type { Instrument } from '../../src/core/series.js';
import { addDays, dayNumber } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';

/** The exchange that everything is traded on. */
export const calendar = expectCalendar('XNYS');

const nights = 250;
const lastNight = '2026-11-19';
const sessions = calendar.sessions(addDays(lastNight, -3_660), addDays(lastNight, 1));

/** What the cold start brings. */
export const coldSessions = sessions.slice(0, -nights);

/** What the nights after it bring, one each. */
export const nightSessions = sessions.slice(-nights);

export function symbolName(index: number): string {
  return `S${String(index).padStart(6, '0')}`;
}

/** Whether the source gives a symbol no answer in a night; never in two nights in a row. */
export function failsOn(night: number, index: number): boolean {
  return (index * 7 + night * 31) % 1000 === 0;
}

/** The answer about what a symbol is. */
export function contractOf(index: number, requestId: RequestId, at: Instant): Delivery {
  const symbol = symbolName(index);
  return {
    requestId,
    series: { dataset: 'contracts', provider: 'mock', instrument: instrumentOf(index) },
    step: 'contracts',
    requestedAt: at,
    answeredAt: at,
    upstream: [],
    settled: [{ window: { start: at, end: at + 1 }, state: 'data', rows: 1 }],
    rows: {
      dataset: 'contracts',
      length: 1,
      columns: {
        con_id: Float64Array.of(index),
        sec_type: ['STK'],
        exchange: ['SMART'],
        primary_exchange: ['NYSE'],
        currency: ['USD'],
        local_symbol: [symbol],
        trading_class: [symbol],
        multiplier: Float64Array.of(NaN),
        long_name: [`${symbol} Incorporated`],
        industry: ['Technology'],
        category: ['Software'],
        min_tick: Float64Array.of(0.01),
        time_zone: [calendar.timeZone],
      },
    },
  };
}

/** The answer with the daily bars of some sessions in a row. */
export function answeredBars(
  index: number,
  requestId: RequestId,
  at: Instant,
  answered: readonly Session[],
  withRows: boolean,
): Delivery {
  const window = { start: answered[0]?.dayStart ?? 0, end: answered.at(-1)?.dayEnd ?? 0 };
  const rows = withRows ? barsOf(answered, index) : null;
  return barsDelivery(index, requestId, at, { window, state: 'data', rows: answered.length }, rows);
}

/** What is left of a request for one session that was not answered. */
export function unansweredBars(index: number, requestId: RequestId, at: Instant, session: Session): Delivery {
  const window = { start: session.dayStart, end: session.dayEnd };
  return barsDelivery(index, requestId, at, { window, state: 'failed', rows: 0, note: 'no answer within 30s' }, null);
}

function barsDelivery(
  index: number,
  requestId: RequestId,
  at: Instant,
  settled: SettledWindow,
  rows: RowsOf<'equity_bars'> | null,
): Delivery {
  return {
    requestId,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: instrumentOf(index),
      barSize: '1 day',
      what: 'TRADES',
      hours: 'rth',
    },
    step: 'equity',
    requestedAt: at,
    answeredAt: at + 40,
    upstream: [],
    settled: [settled],
    rows,
  };
}

function instrumentOf(index: number): Instrument {
  return { symbol: symbolName(index), kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
}

type Columns = RowsOf<'equity_bars'>['columns'];

const coldTimes = timesOf(coldSessions);

/** As many different histories come in turns. */
const coldPrices = Array.from({ length: 97 }, (_, seed) => pricesOf(coldSessions.length, seed));

function barsOf(answered: readonly Session[], index: number): RowsOf<'equity_bars'> {
  const { length } = answered;
  const prices = length === coldSessions.length ? coldPrices[index % coldPrices.length] : undefined;
  const columns = { ...(prices === undefined ? timesOf(answered) : coldTimes), ...(prices ?? pricesOf(length, index)) };
  return { dataset: 'equity_bars', length, columns };
}

function timesOf(answered: readonly Session[]): Pick<Columns, 'ts' | 'session'> {
  return {
    ts: Float64Array.from(answered, ({ open }) => open),
    session: Float64Array.from(answered, ({ date }) => dayNumber(date)),
  };
}

/** Prices that cost little to make and compress as badly as real ones. */
function pricesOf(length: number, seed: number): Omit<Columns, 'ts' | 'session'> {
  let state = (seed * 2_654_435_761) >>> 0;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let cents = 5_000 + random(20_000);
  const column = (value: () => number): Float64Array => new Float64Array(length).map(value);
  const close = column(() => (cents = Math.max(500, cents + random(201) - 100)) / 100);
  const near = (shift: number): Float64Array =>
    close.map((price) => Math.round(price * 100 + shift * random(150)) / 100);
  return {
    open: near(0.5),
    high: near(1),
    low: near(-1),
    close,
    volume: column(() => 1_000 + random(10_000_000)),
    wap: near(0.1),
    bar_count: column(() => random(50_000)),
    open_interest: column(() => NaN),
  };
}

function expectCalendar(name: string): Calendar {
  const found = calendarOf(name);
  if (found === undefined) throw new Error(`there is no calendar ${name}`);
  return found;
}
