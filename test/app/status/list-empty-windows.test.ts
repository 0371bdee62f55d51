import { expect, test } from 'vitest';

import { listEmptyWindows } from '../../../src/app/status/list-empty-windows.js';
import { formatEmptyWindows } from '../../../src/cli/output/format-empty.js';
import { encodeLacks } from '../../../src/core/answer-lacks.js';
import type { Step } from '../../../src/config/pipeline/pipeline.js';
import { createCoveredWindow } from '../../../src/core/coverage-fold.js';
import type { SeriesCoverage } from '../../../src/core/coverage.js';
import { hour } from '../../../src/core/time/time.js';
import type { LakeState } from '../../../src/lake/api.js';
import { plainStyle } from '../../../src/platform/style.js';
import { createEquityStep, createOptionsStep, createPipeline } from '../../fixtures/pipelines.js';
import { noVersions } from '../../fixtures/planning.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const asked = now - hour;
const newYork = (date: string): number => Date.parse(`${date}T05:00:00Z`);
const window = (from: string, to: string): { start: number; end: number } => ({
  start: newYork(from),
  end: newYork(to),
});

const quotes = { name: 'quotes', uses: 'quotes', provider: 'ib', needs: [], timeout: null, refresh: 0 } as const;
const steps: readonly Step[] = [createEquityStep({ provider: 'ib' }), createOptionsStep({ provider: 'ib' }), quotes];

const coverage: Readonly<Record<string, SeriesCoverage>> = {
  'equity_bars/AAPL/1 day/TRADES/rth': [
    createCoveredWindow(window('2026-11-09', '2026-11-16'), 'data', asked),
    createCoveredWindow(window('2026-11-16', '2026-11-18'), 'empty', asked, undefined, 3),
    createCoveredWindow(window('2026-11-18', '2026-11-19'), 'failed', asked, 'no rows, 1 of 3 answers', 1),
    createCoveredWindow(window('2026-11-19', '2026-11-20'), 'failed', asked, 'time-out'),
  ],
  'equity_bars/OLD/1 day/TRADES/rth': [createCoveredWindow(window('2026-11-16', '2026-11-17'), 'empty', asked)],
  'chains/AAPL/2026-12-18/100/C': [createCoveredWindow({ start: asked, end: asked + 1 }, 'empty', asked)],
  'quotes/AAPL': [createCoveredWindow({ start: asked, end: asked + 1 }, 'failed', asked, undefined, 2)],
  ...Object.fromEntries(
    [90, 95].map((strike) => [
      `option_bars/AAPL/2026-12-18/${String(strike)}/C/1 day/TRADES/rth`,
      [createCoveredWindow(window('2026-11-16', '2026-11-17'), 'failed', asked, undefined, 1)],
    ]),
  ),
};

const state: LakeState = {
  lostSeries: () => [],
  readOnly: [],
  versions: noVersions,
  coverage: (_, series) => coverage[series] ?? [],
  series: () => Object.keys(coverage).map((series) => ({ provider: 'ib', series })),
  damage: [],
  unreadable: [],
};

test('lists confirmed and unconfirmed windows without rows, and neither failures nor options that do not exist', () => {
  const pipeline = createPipeline(['AAPL'], steps);
  expect(listEmptyWindows(state, pipeline, now, new Map())).toMatchObject([
    {
      symbol: 'AAPL',
      from: '2026-11-16',
      to: '2026-11-17',
      sessions: 2,
      isConfirmed: true,
      answers: 3,
      requestedAgainAt: null,
    },
    {
      from: '2026-11-18',
      to: '2026-11-18',
      sessions: 1,
      isConfirmed: false,
      answers: 1,
      requestedAgainAt: asked + 12 * hour,
    },
    { series: 'quotes/AAPL', sessions: null, isConfirmed: false, answers: 2, requestedAgainAt: now },
    { dataset: 'option_bars', isConfirmed: false },
    { dataset: 'option_bars', isConfirmed: false },
  ]);
});

test('lists all symbols without a pipeline, with no number of answers where an earlier version recorded the window', () => {
  const old = listEmptyWindows(state, null, now, new Map()).filter(({ symbol }) => symbol === 'OLD');
  expect(old).toMatchObject([{ isConfirmed: true, answers: null, sessions: null, requestedAgainAt: null }]);
});

test('gives the same dates without a pipeline, by the zone of the contract', () => {
  const dates = (zones: ReadonlyMap<string, string>): unknown =>
    listEmptyWindows(state, null, now, zones)
      .filter(({ symbol }) => symbol === 'OLD')
      .map(({ from, to }) => [from, to]);
  expect(dates(new Map([['OLD', 'America/New_York']]))).toEqual([['2026-11-16', '2026-11-16']]);
  expect(dates(new Map())).toEqual([['2026-11-16', '2026-11-17']]);
});

test('lists the parts that an answer with rows lacks, confirmed ones apart', () => {
  const at = { answers: 1, since: asked };
  const lacks = encodeLacks({
    total: 22,
    lacks: [
      { kind: 'missing', item: '650 C', ...at },
      { kind: 'quiet', item: '700 C', ...at },
      { kind: 'confirmed', item: '400 P', answers: 3, since: asked },
    ],
  });
  const series = 'option_snapshots/AAPL/2026-12-18/1';
  const answer = createCoveredWindow({ start: asked, end: asked + 1 }, 'data', asked, 'lacks 1 of 22: 650 C', 1, lacks);
  const pipeline = createPipeline(['AAPL'], [createEquityStep({ provider: 'ib' })]);
  const held: LakeState = { ...state, coverage: () => [answer], series: () => [{ provider: 'ib', series }] };
  const windows = listEmptyWindows(held, pipeline, now, new Map());
  expect(windows).toMatchObject([
    {
      series,
      isConfirmed: false,
      lacks: { items: ['650 C', '700 C'], total: 22 },
      answers: 1,
      requestedAgainAt: Math.max(now, asked + 12 * hour),
    },
    { isConfirmed: true, lacks: { items: ['400 P'] }, answers: 3, requestedAgainAt: null },
  ]);
  expect(formatEmptyWindows(windows, plainStyle)).toContain(`${series}: 2 of 22: 650 C, 700 C`);
});

test('prints a line per window, and one for all options of a symbol', () => {
  const pipeline = createPipeline(['AAPL'], steps);
  expect(formatEmptyWindows(listEmptyWindows(state, pipeline, now, new Map()), plainStyle).split('\n')).toEqual([
    'unconfirmed  requested again, as long as a pipeline wants them, until enough answers confirm them',
    '  symbol  series                             from        to          sessions  answers  last requested           again from',
    '  AAPL    equity_bars/AAPL/1 day/TRADES/rth  2026-11-18  2026-11-18         1        1  2026-11-21 11:00:00 UTC  2026-11-21 23:00:00 UTC',
    '  AAPL    quotes/AAPL                        2026-11-21  2026-11-21         -        2  2026-11-21 11:00:00 UTC  2026-11-21 12:00:00 UTC',
    '  AAPL    option_bars of 2 options           2026-11-16  2026-11-16         2        1  2026-11-21 11:00:00 UTC  2026-11-21 23:00:00 UTC',
    '',
    'empty  not requested again; pipe run --retry-empty does, of older sessions with --from',
    '  symbol  series                             from        to          sessions  answers  last requested           again from',
    '  AAPL    equity_bars/AAPL/1 day/TRADES/rth  2026-11-16  2026-11-17         2        3  2026-11-21 11:00:00 UTC  -',
    '',
  ]);
  expect(formatEmptyWindows([], plainStyle)).toBe('Every answer has rows.\n');
});

test('a window that no step wants any more is not requested again, and says so', () => {
  const lookback = { kind: 'sessions', count: 1 } as const;
  const pipeline = createPipeline(['AAPL'], [createEquityStep({ provider: 'ib', lookback })]);
  const found = listEmptyWindows(state, pipeline, now, new Map()).filter(({ isConfirmed }) => !isConfirmed);
  expect(found.map(({ isWanted, requestedAgainAt }) => [isWanted, requestedAgainAt])).toEqual(
    found.map(() => [false, null]),
  );
  expect(formatEmptyWindows(found, plainStyle)).toContain('2026-11-21 11:00:00 UTC  not wanted by the pipeline');
});

test('a part of a session is shown by its hours in the zone of the exchange', () => {
  const part = { start: Date.parse('2026-11-18T15:30:00Z'), end: Date.parse('2026-11-18T16:30:00Z') };
  const series = 'equity_bars/AAPL/1 min/TRADES/rth';
  const windows = [createCoveredWindow(part, 'failed', asked, 'no rows, 1 of 3 answers', 1)];
  const hourly: LakeState = {
    ...state,
    coverage: () => windows,
    series: () => [{ provider: 'ib', series }],
  };
  const found = listEmptyWindows(hourly, createPipeline(['AAPL'], steps), now, new Map());
  expect(found).toMatchObject([{ from: '2026-11-18', sessions: 1, part: { ...part, timeZone: 'America/New_York' } }]);
  expect(formatEmptyWindows(found, plainStyle)).toMatch(/2026-11-18 10:30 New York +2026-11-18 11:30 New York/);
});
