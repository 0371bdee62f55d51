/** Silences of the mock market: 10,000 symbol-days of series of every density raise hardly any alarm, and those of the market itself none. */
import { expect, test } from 'vitest';
import { getCalendar } from '../../src/calendar/calendars.js';
import { minute } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import type { Window } from '../../src/core/time/window.js';
import { createMarket } from '../../src/market/market.js';
import { findSilences } from '../../src/run/find-silences.js';
import { createInstrument } from '../fixtures/pipelines.js';
import { requireCalendar } from '../fixtures/require-calendar.js';

const calendar = requireCalendar('XNYS');
/** A year with three half days. */
const sessions = calendar.sessions('2025-11-01', '2026-11-01');
const days = sessions.length;
const symbols = Math.ceil(10_000 / days);
const spans: readonly Window[] = sessions.map(({ open, close }) => ({ start: open, end: close }));

/** Alarms of nightly answers of one session each. */
function countAlarms(timesBySession: readonly (readonly Instant[])[]): number {
  return timesBySession.filter((times, index) => {
    const span = spans[index];
    return span !== undefined && findSilences(Float64Array.from(times), minute, [span]).length > 0;
  }).length;
}

/** Deterministic numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('the mock market raises no alarm, by night and over a whole year', () => {
  const market = createMarket({ settings: { seed: 3, volatility: null, basePrices: {} }, getCalendar });
  let alarms = 0;
  let symbolDays = 0;
  for (let index = 0; index < symbols; index++) {
    const window = { start: sessions[0]?.dayStart ?? 0, end: sessions.at(-1)?.dayEnd ?? 0 };
    const found = market.bars({
      instrument: createInstrument(`SYM${String(index)}`),
      ...{ barSize: '1 min', priceType: 'TRADES', window, now: Date.parse('2026-11-18T00:00:00Z') },
    });
    if (!found.found) throw new Error(found.reason);
    const { ts } = found.value.columns;
    alarms += findSilences(ts, minute, spans).length;
    let row = 0;
    const bySession = spans.map(({ end }) => {
      const first = row;
      while (row < ts.length && (ts[row] ?? Infinity) < end) row++;
      return [...ts.subarray(first, row)];
    });
    alarms += countAlarms(bySession);
    symbolDays += days;
  }
  expect(symbolDays).toBeGreaterThanOrEqual(10_000);
  expect(alarms).toBe(0);
});

test('series with trades at random in 5 to 99.9 per cent of the minutes raise an alarm on fewer than one day in 400', () => {
  const random = createRandom(1);
  const densities = [0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
  let alarms = 0;
  let symbolDays = 0;
  for (let index = 0; index < symbols; index++) {
    const density = densities[index % densities.length] ?? 1;
    const bySession = spans.map(({ start, end }) =>
      Array.from({ length: (end - start) / minute }, (_, at) => start + at * minute).filter(() => random() < density),
    );
    alarms += countAlarms(bySession);
    symbolDays += days;
  }
  process.stdout.write(`${String(alarms)} alarms on ${String(symbolDays)} symbol-days of random trades\n`);
  expect(alarms / symbolDays).toBeLessThan(1 / 400);
});

test.each([5, 15, 30])('series of bars of %i minutes with trades at random raise as few alarms, by night', (length) => {
  const random = createRandom(length);
  // Shares of the minutes with a trade: a longer bar needs one of several.
  const densities = [0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999].map((share) => 1 - (1 - share) ** length);
  for (const kind of ['symbol', 'option'] as const) {
    let alarms = 0;
    let symbolDays = 0;
    for (let index = 0; index < symbols; index++) {
      const density = densities[index % densities.length] ?? 1;
      for (const span of spans) {
        const times = Array.from(
          { length: (span.end - span.start) / (length * minute) },
          (_, at) => span.start + at * length * minute,
        );
        const traded = Float64Array.from(times.filter(() => random() < density));
        if (findSilences(traded, length * minute, [span], kind).length > 0) alarms++;
        symbolDays++;
      }
    }
    process.stdout.write(
      `${String(alarms)} alarms on ${String(symbolDays)} days, bars of ${String(length)} minutes of a ${kind}\n`,
    );
    expect(alarms / symbolDays).toBeLessThan(1 / 400);
  }
});

test('halts of five minutes in a series that trades every minute raise no alarm', () => {
  const halted = spans.map(({ start, end }) =>
    Array.from({ length: (end - start) / minute }, (_, at) => start + at * minute).filter(
      (_, at) => at < 100 || at >= 104,
    ),
  );
  expect(countAlarms(halted)).toBe(0);
});
