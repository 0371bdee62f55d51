import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SeriesCoverage } from '../../../src/core/coverage.js';
import type { TradingSession } from '../../../src/core/time/calendar.js';
import { cellLetters } from '../../../src/queries/coverage-map/cells.js';
import { buildCoverageMap } from '../../../src/queries/coverage-map/coverage-map.js';
import { arbitraryCoverage } from '../../fixtures/arbitrary-coverage.js';
import { requireCalendar } from '../../fixtures/require-calendar.js';

const calendars = { A: requireCalendar('XNYS'), B: requireCalendar('XNSE') };
const from = '2026-10-01';
const to = '2026-12-01';
const states: readonly string[] = Object.keys(cellLetters);

/** The state of a session by its definition, for one window after another. */
function stateOf(session: TradingSession | undefined, coverage: SeriesCoverage): string {
  if (session === undefined) return 'closed';
  const { open, close } = session;
  const overlapping = coverage.filter(({ start, end }) => start < close && end > open);
  if (overlapping.length === 0) return 'none';
  let covered = 0;
  for (const { start, end } of overlapping) covered += Math.min(end, close) - Math.max(start, open);
  const found = [...overlapping.map(({ state }) => state), ...(covered < close - open ? ['partial'] : [])];
  return found.reduce((worst, state) => (states.indexOf(state) > states.indexOf(worst) ? state : worst), 'none');
}

describe('the map of bars of two exchanges', () => {
  it('has the state of each session as its windows say', () => {
    const coverage = arbitraryCoverage(calendars.A.startOf('2026-10-01'));
    fc.assert(
      fc.property(coverage, coverage, (a, b) => {
        const series = new Map([
          ['equity_bars/A/1 day/TRADES/rth', a],
          ['equity_bars/B/1 day/TRADES/rth', b],
        ]);
        const map = buildCoverageMap(
          {
            series: () => [...series.keys()].map((name) => ({ provider: 'mock' as const, series: name })),
            coverage: (_, name) => series.get(name) ?? [],
          },
          {
            dataset: 'equity_bars',
            variant: null,
            symbol: null,
            provider: null,
            from,
            to,
            now: Date.parse('2026-12-02T00:00:00Z'),
            maxSessions: 4_000,
            maxRows: 10,
          },
          (symbol) => (symbol === 'A' ? calendars.A : calendars.B),
        );
        for (const [row, name] of map.rows.names.entries()) {
          const calendar = name === 'A' ? calendars.A : calendars.B;
          const sessions = new Map(calendar.sessions(from, to).map((session) => [session.date, session]));
          const windows = series.get(`equity_bars/${name}/1 day/TRADES/rth`) ?? [];
          const expected = map.sessions.map((date) => stateOf(sessions.get(date), windows));
          const letters = new Map(Object.entries(map.legend).map(([state, letter]) => [letter, state]));
          const shown = [...(map.patterns[map.rows.patterns[row] ?? 0] ?? '').matchAll(/([a-z])(\d+)/g)].flatMap(
            ([, letter = '', length]) => new Array<string>(Number(length)).fill(letters.get(letter) ?? ''),
          );
          expect(shown).toEqual(expected);
        }
      }),
    );
  });
});
