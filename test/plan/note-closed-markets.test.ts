import { expect, it } from 'vitest';

import { noteClosedMarkets } from '../../src/plan/note-closed-markets.js';
import type { PlannedTask } from '../../src/plan/plan.js';
import { createSymbol } from '../fixtures/pipelines.js';
import { requireCalendar } from '../fixtures/require-calendar.js';

const symbols = [createSymbol('SPY'), createSymbol('NIFTY', { calendar: 'XNSE' })];

const task = (step: string, symbol: string, dataset: 'quotes' | 'option_snapshots' | 'equity_bars'): PlannedTask => ({
  id: `${step}/${symbol}`,
  step,
  symbol,
  dataset,
  absences: [],
  reason: '',
  status: 'ready',
  requests: [],
  gaps: [],
});

const tasks = [
  task('spot', 'SPY', 'quotes'),
  task('snapshots', 'SPY', 'option_snapshots'),
  task('spot', 'NIFTY', 'quotes'),
  task('daily', 'SPY', 'equity_bars'),
];

const listNotes = (now: string, planned: readonly PlannedTask[] = tasks): readonly string[] =>
  noteClosedMarkets({ symbols }, planned, { now: Date.parse(now), calendar: requireCalendar });

it('notes each closed exchange with the end of its last session', () => {
  // A Saturday after a Friday with an early close in New York.
  expect(listNotes('2026-11-28T15:00:00Z')).toEqual([
    'spot and snapshots: XNYS is closed since 2026-11-27 13:00 New York; prices are those of the last session',
    'spot: XNSE is closed since 2026-11-27 15:30 Kolkata; prices are those of the last session',
  ]);
});

it('notes only the exchange that is closed', () => {
  expect(listNotes('2026-11-25T15:00:00Z')).toEqual([
    'spot: XNSE is closed since 2026-11-25 15:30 Kolkata; prices are those of the last session',
  ]);
  expect(listNotes('2026-11-25T14:30:00Z')).toHaveLength(1);
  expect(listNotes('2026-11-25T14:29:59Z')).toHaveLength(2);
});

it('notes nothing for bars and for tasks that send no request', () => {
  const [first] = tasks;
  if (first === undefined) throw new Error('no task');
  const { id, step, symbol, dataset, absences, reason } = first;
  const idle: PlannedTask = { id, step, symbol, dataset, absences, reason, status: 'up-to-date' };
  expect(listNotes('2026-11-28T15:00:00Z', [idle, task('daily', 'SPY', 'equity_bars')])).toEqual([]);
});
