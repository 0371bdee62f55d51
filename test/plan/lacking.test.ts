import { describe, expect, test } from 'vitest';

import { describeAbsenceGroup } from '../../src/core/describe-absences.js';
import { hour } from '../../src/core/time/time.js';
import { hasWork, isComplete, listLacking } from '../../src/plan/lacking.js';
import type { Plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/plan-options.js';
import {
  createChainsStep,
  createContractsStep,
  createEquityStep,
  createPipeline,
  createSymbol,
} from '../fixtures/pipelines.js';
import { createPlanningFixture, getRequests } from '../fixtures/planning.js';
import type { PlanningFixture } from '../fixtures/planning.js';

/** Saturday: the week's five sessions are closed and final. */
const saturday = Date.parse('2026-11-21T12:00:00Z');

const steps = [createContractsStep(), createChainsStep(), createEquityStep()];

/** A lake in which everything of both symbols is stored, except that GOOGL is denied in these series. */
async function createLakeWithDenials(acceptsDenied: boolean, denied: readonly string[]): Promise<PlanningFixture> {
  const fixture = createPlanningFixture(
    createPipeline([createSymbol('AAPL'), createSymbol('GOOGL', { acceptsDenied })], steps),
  );
  await fixture.answerInFull(getRequests(fixture.plan(saturday)), saturday);
  for (const series of denied)
    fixture.lake.set(series, [{ start: 0, end: saturday, state: 'denied', lastRequestedAt: saturday - hour }]);
  return fixture;
}

function describePlan(plan: Plan): readonly string[] {
  const state = hasWork(plan) ? 'work to do' : isComplete(plan) ? 'complete' : 'incomplete';
  return [state, ...listLacking(plan.tasks).map(describeAbsenceGroup)];
}

const bars = 'equity_bars/GOOGL/1 day/TRADES/rth';

describe('a plan without requests', () => {
  test.each([
    ['everything stored', [], {}, ['complete']],
    ['denied bars', [bars], {}, ['incomplete', '1 denied: GOOGL; --retry-denied']],
    ['denied chains', ['chains/GOOGL'], {}, ['incomplete', '1 denied: GOOGL; --retry-denied']],
    ['denied bars, with --retry-denied', [bars], { retryDenied: true }, ['work to do']],
    ['denied bars of a symbol that is not selected', [bars], { symbols: ['AAPL'] }, ['complete']],
  ] satisfies readonly (readonly [string, readonly string[], Partial<PlanOptions>, readonly string[]])[])(
    'is complete only if nothing wanted is absent: %s',
    async (_, denied, options, expected) => {
      const fixture = await createLakeWithDenials(false, denied);
      expect(describePlan(fixture.plan(saturday + hour, options))).toEqual(expected);
    },
  );

  test('is complete with denied bars and chains of a symbol whose denial is accepted', async () => {
    const fixture = await createLakeWithDenials(true, [bars, 'chains/GOOGL']);
    expect(describePlan(fixture.plan(saturday + hour))).toEqual(['complete', '1 denied, accepted: GOOGL']);
  });

  test('counts the denied sessions', async () => {
    const fixture = await createLakeWithDenials(false, [bars]);
    const task = fixture.plan(saturday + hour).tasks.find(({ id }) => id === 'equity/GOOGL');
    expect(task).toMatchObject({ status: 'up-to-date', absences: [{ kind: 'denied', windows: 5, isAccepted: false }] });
  });

  test('is incomplete with --retry-failed if something was never requested', () => {
    const fixture = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [] })]));
    expect(describePlan(fixture.plan(saturday, { retryFailed: true }))).toEqual([
      'incomplete',
      '1 not requested: AAPL; run without --retry-failed',
    ]);
  });

  test('is incomplete if its tasks are blocked, and names their symbols', () => {
    const fixture = createPlanningFixture(createPipeline(['AAPL', 'MSFT'], steps));
    expect(describePlan(fixture.plan(saturday, { steps: ['equity'] }))).toEqual([
      'incomplete',
      '2 blocked: AAPL, MSFT',
    ]);
  });

  test('accepts a blocked task whose prerequisite was denied and accepted, also if its step is not selected', () => {
    const fixture = createPlanningFixture(createPipeline([createSymbol('GOOGL', { acceptsDenied: true })], steps));
    fixture.lake.set('contracts/GOOGL', [
      { start: saturday - hour, end: saturday - hour + 1, state: 'denied', lastRequestedAt: saturday - hour },
    ]);
    for (const options of [{}, { steps: ['equity'] }])
      expect(describePlan(fixture.plan(saturday, options))).toEqual(['complete', '1 denied, accepted: GOOGL']);
  });
});
