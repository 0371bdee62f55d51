import { requireCalendar } from '../../test/fixtures/require-calendar.js';
import type { TradingSession } from '../../src/core/time/calendar.js';
import type { FetchResult, ClosedWindow } from '../../src/core/fetch-result.js';
import type { RequestId } from '../../src/core/request.js';
import type { RowsOf } from '../../src/core/tables/rows.js';
import type { Instrument } from '../../src/core/series.js';
import { addDays, toDayNumber } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';

/** The calendar of all symbols. */
export const calendar = requireCalendar('XNYS');

const nightCount = 250;
const lastNight = '2026-11-19';
const sessions = calendar.sessions(addDays(lastNight, -3_660), addDays(lastNight, 1));

/** The sessions of the cold start. */
export const coldSessions = sessions.slice(0, -nightCount);

/** The sessions of the following nights, one each. */
export const nightSessions = sessions.slice(-nightCount);

export function formatSymbol(index: number): string {
  return `S${String(index).padStart(6, '0')}`;
}

/** Returns whether a symbol has no answer in a night; never in two nights in a row. */
export function isFailedRequest(night: number, index: number): boolean {
  return (index * 7 + night * 31) % 1000 === 0;
}

/** The result of a contract request. */
export function createContractResult(index: number, requestId: RequestId, at: Instant): FetchResult {
  const symbol = formatSymbol(index);
  return {
    requestId,
    series: { dataset: 'contracts', provider: 'mock', instrument: createInstrument(index) },
    step: 'contracts',
    requestedAt: at,
    answeredAt: at,
    upstream: [],
    closedWindows: [{ window: { start: at, end: at + 1 }, state: 'data', rows: 1 }],
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

/** The result with the daily bars of consecutive sessions. */
export function createBarsResult(
  index: number,
  requestId: RequestId,
  at: Instant,
  answered: readonly TradingSession[],
  withRows: boolean,
): FetchResult {
  const window = { start: answered[0]?.dayStart ?? 0, end: answered.at(-1)?.dayEnd ?? 0 };
  const rows = withRows ? createBars(answered, index) : null;
  return toBarsResult(index, requestId, at, { window, state: 'data', rows: answered.length }, rows);
}

/** The result of an unanswered request for one session. */
export function createFailedBarsResult(
  index: number,
  requestId: RequestId,
  at: Instant,
  session: TradingSession,
): FetchResult {
  const window = { start: session.dayStart, end: session.dayEnd };
  return toBarsResult(index, requestId, at, { window, state: 'failed', rows: 0, reason: 'no answer within 30s' }, null);
}

function toBarsResult(
  index: number,
  requestId: RequestId,
  at: Instant,
  closedWindow: ClosedWindow,
  rows: RowsOf<'equity_bars'> | null,
): FetchResult {
  return {
    requestId,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: createInstrument(index),
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'equity',
    requestedAt: at,
    answeredAt: at + 40,
    upstream: [],
    closedWindows: [closedWindow],
    rows,
  };
}

function createInstrument(index: number): Instrument {
  return { symbol: formatSymbol(index), kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
}

type Columns = RowsOf<'equity_bars'>['columns'];

const coldTimes = createTimes(coldSessions);

/** The number of different price histories. */
const coldPrices = Array.from({ length: 97 }, (_, seed) => createPrices(coldSessions.length, seed));

function createBars(answered: readonly TradingSession[], index: number): RowsOf<'equity_bars'> {
  const { length } = answered;
  const prices = length === coldSessions.length ? coldPrices[index % coldPrices.length] : undefined;
  const columns = {
    ...(prices === undefined ? createTimes(answered) : coldTimes),
    ...(prices ?? createPrices(length, index)),
  };
  return { dataset: 'equity_bars', length, columns };
}

function createTimes(answered: readonly TradingSession[]): Pick<Columns, 'ts' | 'session'> {
  return {
    ts: Float64Array.from(answered, ({ open }) => open),
    session: Float64Array.from(answered, ({ date }) => toDayNumber(date)),
  };
}

/** Prices that are cheap to generate and compress as badly as real ones. */
function createPrices(length: number, seed: number): Omit<Columns, 'ts' | 'session'> {
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
