import { describe, expect, it } from 'vitest';

import { volatilityRatioSessions, realizedVolatilityRatio } from '../../src/analytics/history/volatility-ratio.js';
import { day, toUtcDate } from '../../src/core/time/time.js';
import { createDailyCloses } from '../../src/plan/daily-closes.js';
import { createKnownState, emptyKnownState } from '../../src/plan/known-state.js';
import { equitySeries } from '../../src/plan/tasks/step-series.js';
import { createEquityStep, createInstrument } from '../fixtures/pipelines.js';
import { createBarRows } from '../fixtures/rows.js';

const apple = createInstrument('AAPL');
const first = Date.parse('2026-10-01T14:30:00Z');
const minimum = volatilityRatioSessions.minimum + 1;

/** Rows of one day each, whose closes alternate so that the last 20 days move more than those before. */
function dailyRows(count: number, from = 0) {
  const times = Array.from({ length: count }, (_, index) => first + (from + index) * day);
  const rows = createBarRows('equity_bars', times, 100);
  const close = Float64Array.from(times, (_, index) => {
    const move = from + index < minimum - 20 ? 1 : 3;
    return 100 + ((from + index) % 2) * move;
  });
  return { ...rows, columns: { ...rows.columns, close } };
}

function createCloses(stored: ReadonlyMap<string, number> = new Map()) {
  return createDailyCloses({
    bySymbol: new Map([['mock', new Map([['AAPL', stored]])]]),
    computeRatio: realizedVolatilityRatio,
    minimum,
  });
}

const daily = equitySeries(createEquityStep(), apple, '1 day');

describe('daily closes of adaptive strikes', () => {
  it('have a ratio in a first run once the run has fetched 31 closes', () => {
    const closes = createCloses();
    closes.record(daily, dailyRows(minimum - 1));
    expect(closes.ratio('mock', 'AAPL')).toBeUndefined();
    closes.record(daily, dailyRows(1, minimum - 1));
    expect(closes.count('mock', 'AAPL')).toBe(31);
    expect(closes.ratio('mock', 'AAPL')).toBeGreaterThan(1.1);
  });

  it('join those of the lake with those of the run', () => {
    const stored = Array.from({ length: minimum - 1 }, (_, index) => {
      const date = toUtcDate(first + index * day);
      return [date, 100 + (index % 2)] as const;
    });
    const closes = createCloses(new Map(stored));
    closes.record(daily, dailyRows(2, minimum - 2));
    expect(closes.count('mock', 'AAPL')).toBe(31);
    expect(closes.ratio('mock', 'AAPL')).toBeGreaterThan(1);
  });

  it('leave out bars of other sizes and providers', () => {
    const closes = createCloses();
    closes.record(equitySeries(createEquityStep(), apple, '5 mins'), dailyRows(3));
    closes.record({ ...daily, provider: 'ib' }, dailyRows(3));
    expect(closes.count('mock', 'AAPL')).toBe(0);
    expect(closes.count('ib', 'AAPL')).toBe(0);
  });
});

it('known state has a ratio from the bars that a first run has fetched', () => {
  const dailyCloses = {
    bySymbol: new Map([['mock' as const, new Map()]]),
    computeRatio: realizedVolatilityRatio,
    minimum,
  };
  const knownState = createKnownState({ ...emptyKnownState, dailyCloses });
  expect(knownState.volatilityRatio('mock', 'AAPL')).toBeUndefined();
  knownState.record({
    requestId: 'run/1',
    series: daily,
    step: 'equity',
    requestedAt: 1,
    answeredAt: 2,
    upstream: [],
    closedWindows: [],
    rows: dailyRows(minimum),
  });
  expect(knownState.volatilityRatio('mock', 'AAPL')).toBeGreaterThan(1.1);
  expect(knownState.minDailyCloses).toBe(31);
});
