import { expect, it } from 'vitest';

import { emptyKnownState, createKnownState } from '../../src/plan/known-state.js';
import { noteAdaptiveStrikes } from '../../src/plan/note-adaptive-strikes.js';
import type { LocalDate } from '../../src/core/time/time.js';
import {
  createEquityStep,
  createChainsStep,
  createContractsStep,
  createOptionsStep,
  createPipeline,
} from '../fixtures/pipelines.js';
import { createPlanningFixture } from '../fixtures/planning.js';

const now = Date.parse('2026-11-20T23:00:00Z');

/** The notes of a first plan whose equity step looks back this many sessions, with closes of earlier runs. */
function listNotes(sessions: number, stored: number, needs = ['chains', 'equity']): readonly string[] {
  const lookback = { kind: 'sessions', count: sessions } as const;
  const pipeline = createPipeline(
    ['AAPL', 'MSFT'],
    [
      createContractsStep(),
      createChainsStep(),
      createEquityStep({ lookback }),
      createOptionsStep({ needs, adaptiveStrikes: true }),
    ],
  );
  const fixture = createPlanningFixture(pipeline);
  const closes = new Map<LocalDate, number>();
  for (let index = 0; index < stored; index++)
    closes.set(`2026-0${1 + Math.floor(index / 9)}-0${1 + (index % 9)}`, 100);
  const knownState = createKnownState({
    ...emptyKnownState,
    dailyCloses: {
      bySymbol: new Map([['mock', new Map([['AAPL', closes]])]]),
      computeRatio: () => 1.5,
      minimum: 31,
    },
  });
  const { tasks } = fixture.plan(now);
  return noteAdaptiveStrikes(pipeline, tasks, { ...fixture.context(now), knownState });
}

const hint = 'daily closes are known (a longer lookback of an equity step with bars of 1 day gives more)';

it('notes symbols for which the lake and the plan have too few closes', () => {
  expect(listNotes(20, 0)).toEqual([
    `options: adaptive_strikes does not widen the strikes of AAPL and MSFT: fewer than 31 ${hint}`,
  ]);
  expect(listNotes(20, 11)).toEqual([`options: adaptive_strikes does not widen the strikes of MSFT: 20 of 31 ${hint}`]);
});

it('notes nothing when the needed equity step fetches enough closes in a first run', () => {
  expect(listNotes(31, 0)).toEqual([]);
});

it('does not count the closes of a step that the options do not need', () => {
  expect(listNotes(250, 0, ['chains'])).toHaveLength(1);
});
