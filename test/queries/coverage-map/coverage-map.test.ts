import { describe, expect, it } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import type { CoverageState, SeriesCoverage } from '../../../src/core/coverage.js';
import type { Calendar } from '../../../src/core/time/calendar.js';
import { buildCoverageMap } from '../../../src/queries/coverage-map/coverage-map.js';
import type { CoverageMapQuery } from '../../../src/queries/coverage-map/coverage-map.js';

function newYork(): Calendar {
  const calendar = getCalendar('XNYS');
  if (calendar === undefined) throw new Error('no calendar of New York');
  return calendar;
}

const defaults: CoverageMapQuery = {
  dataset: 'equity_bars',
  variant: null,
  symbol: null,
  provider: null,
  from: null,
  to: '2026-12-01',
  now: Date.parse('2026-12-01T00:00:00Z'),
  maxSessions: 4_000,
  maxRows: 100_000,
};

/** A window of whole days in New York; `to` is exclusive. */
function days(from: string, to: string, state: CoverageState): SeriesCoverage[number] {
  const calendar = newYork();
  return { start: calendar.startOf(from), end: calendar.startOf(to), state, lastRequestedAt: 0 };
}

function build(series: Readonly<Record<string, SeriesCoverage>>, query: Partial<CoverageMapQuery> = {}) {
  const state = {
    series: () => Object.keys(series).map((name) => ({ provider: 'mock' as const, series: name })),
    coverage: (_: string, name: string): SeriesCoverage => series[name] ?? [],
  };
  return buildCoverageMap(state, { ...defaults, ...query }, newYork);
}

describe('buildCoverageMap', () => {
  it('gives each session the state of its window, and omits days without trading', () => {
    const map = build({
      'equity_bars/SPY/1 day/TRADES/rth': [
        days('2026-11-23', '2026-11-26', 'data'),
        days('2026-11-26', '2026-11-28', 'failed'),
      ],
    });
    expect(map.sessions).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30']);
    expect(map.patterns).toEqual(['d3f1n1']);
    expect(map.counts).toEqual({ data: 3, failed: 1, none: 1 });
  });

  it('calls a session partial of which a window covers a part', () => {
    const day = days('2026-11-23', '2026-11-24', 'data');
    const noon = Date.parse('2026-11-23T17:00:00Z');
    expect(
      build({ 'equity_bars/SPY/1 min/TRADES/rth': [{ ...day, end: noon }] }, { to: '2026-11-24' }).patterns,
    ).toEqual(['h1']);
    const afternoon = { ...day, start: noon, state: 'provisional' as const };
    expect(
      build({ 'equity_bars/SPY/1 min/TRADES/rth': [{ ...day, end: noon }, afternoon] }, { to: '2026-11-24' }).patterns,
    ).toEqual(['p1']);
  });

  it('shares one pattern between symbols with the same history', () => {
    const shared = [days('2026-11-23', '2026-12-01', 'data')];
    const map = build({ 'equity_bars/A/1 day/TRADES/rth': shared, 'equity_bars/B/1 day/TRADES/rth': shared });
    expect(map.rows).toEqual({ names: ['A', 'B'], providers: ['mock', 'mock'], patterns: [0, 0] });
    expect(map.patterns).toEqual(['d5']);
  });

  it('shows the state that needs attention first where a symbol has several series', () => {
    const window = (state: CoverageState): SeriesCoverage => [days('2026-11-23', '2026-11-24', state)];
    const map = build(
      {
        'option_bars/SPY/2026-12-18/700/C/1 day/TRADES/rth': window('data'),
        'option_bars/SPY/2026-12-18/700/P/1 day/TRADES/rth': window('denied'),
      },
      { dataset: 'option_bars', to: '2026-11-24' },
    );
    expect(map.rows.names).toEqual(['SPY']);
    expect(map.patterns).toEqual(['x1']);
    const own = build(
      { 'option_bars/SPY/2026-12-18/700/C/1 day/TRADES/rth': window('data') },
      { dataset: 'option_bars', to: '2026-11-24', symbol: 'SPY' },
    );
    expect(own.rows.names).toEqual(['2026-12-18/700/C/1 day/TRADES/rth']);
  });

  it('omits a session that has not opened', () => {
    const map = build(
      { 'equity_bars/SPY/1 day/TRADES/rth': [days('2026-11-30', '2026-12-01', 'data')] },
      { to: '2026-12-02', now: Date.parse('2026-12-01T10:00:00Z') },
    );
    expect(map.sessions).toEqual(['2026-11-30']);
  });

  it('names the rows that it leaves out', () => {
    const shared = [days('2026-11-23', '2026-12-01', 'data')];
    const map = build(
      { 'equity_bars/A/1 day/TRADES/rth': shared, 'equity_bars/B/1 day/TRADES/rth': shared },
      { maxRows: 1 },
    );
    expect([map.rows.names, map.moreRows]).toEqual([['A'], 1]);
  });
});
