import { describe, expect, test } from 'vitest';

import type { CoveredWindow } from '../../src/core/coverage.js';
import type { OptionContract } from '../../src/core/series.js';
import { foldSpan } from '../../src/core/coverage-fold.js';
import { describeAbsenceGroup } from '../../src/core/describe-absences.js';
import { deletedByOthers } from '../../src/core/loss-reasons.js';
import { day, hour } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import { keepForeignDeletes } from '../../src/plan/kept-deletions.js';
import { isComplete, listLacking } from '../../src/plan/lacking.js';
import { listRequests } from '../../src/plan/plan.js';
import type { Plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/plan-options.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { buildTaskGraph } from '../../src/plan/task-graph.js';
import { createChainsStep, createEquityStep, createPipeline } from '../fixtures/pipelines.js';
import { createPlanningFixture, getRequests, noVersions } from '../fixtures/planning.js';
import type { PlanningFixture } from '../fixtures/planning.js';

/** Saturday: the five wanted sessions of the week are closed and final. */
const saturday = Date.parse('2026-11-21T12:00:00Z');
const bars = 'equity_bars/AAPL/1 day/TRADES/rth';

/** The week of 2 March, long before the lookback. */
const march: CoveredWindow = {
  start: Date.parse('2026-03-02T05:00:00Z'),
  end: Date.parse('2026-03-04T05:00:00Z'),
  state: 'missing',
  lastRequestedAt: Date.parse('2026-03-09T05:00:00Z'),
  reason: 'period=2026/a.parquet',
};

async function createLake(lost: readonly CoveredWindow[]): Promise<PlanningFixture> {
  const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [] })]));
  await at.answerInFull(getRequests(at.plan(saturday)), saturday);
  at.lake.set(bars, [...lost, ...at.lake.coverage('mock', bars)]);
  return at;
}

function describePlan(plan: Plan): readonly string[] {
  return [
    isComplete(plan) ? 'complete' : 'incomplete',
    ...listLacking(plan.tasks).map(describeAbsenceGroup),
    ...plan.tasks.flatMap(({ absences }) =>
      absences.map(({ windows, reason }) => `${String(windows)} ${reason ?? ''}`),
    ),
  ];
}

describe('windows that are lost outside of the lookback', () => {
  test('keep a plan incomplete, which names them and the command that fetches them', async () => {
    const at = await createLake([march]);
    const plan = at.plan(saturday + hour);
    expect(plan.requests).toBe(0);
    expect(describePlan(plan)).toEqual([
      'incomplete',
      '1 lost from the lake: AAPL; pipe run --missing',
      '2 2026-03-02, 2026-03-03',
    ]);
  });

  test('are requested with missing, and nothing else is', async () => {
    const at = await createLake([march]);
    at.lake.set(bars, [march]);
    const plan = at.plan(saturday + hour, { missing: true });
    expect(getRequests(plan).map(({ window }) => window)).toEqual([{ start: march.start, end: march.end }]);
    await at.answerInFull(getRequests(plan), saturday + hour);
    expect(at.plan(saturday + 2 * hour, { missing: true })).toMatchObject({ requests: 0 });
    expect(describePlan(at.plan(saturday + 2 * hour, { missing: true }))).toEqual(['complete']);
  });

  test.each<[string, Partial<PlanOptions>]>([
    ['a range', { from: '2026-11-16' }],
    ['another range', { to: '2026-11-21' }],
  ])('do not concern a plan for %s', async (_, options) => {
    expect(describePlan((await createLake([march])).plan(saturday + hour, options))).toEqual(['complete']);
  });

  test('are requested only in the range that is given with missing', async () => {
    const at = await createLake([march]);
    const plan = at.plan(saturday + hour, { missing: true, from: '2026-03-03' });
    expect(getRequests(plan).map(({ window }) => window)).toEqual([{ start: march.start + day, end: march.end }]);
  });

  test.each<[string, Partial<CoveredWindow>, readonly string[], number]>([
    [
      'stay named and are requested again with missing after an unconfirmed answer without rows',
      { state: 'failed', emptyAnswers: 1 },
      ['incomplete', '1 lost from the lake: AAPL; pipe run --missing', '2 2026-03-02, 2026-03-03'],
      1,
    ],
    ['are established absences after a confirmed one', { state: 'empty' }, ['complete'], 0],
  ])('%s', async (_, answer, described, requests) => {
    const [answered] = foldSpan([march], { ...march, ...answer, lastRequestedAt: march.end, reason: 'no rows' });
    const at = await createLake(answered === undefined ? [] : [answered]);
    expect(describePlan(at.plan(saturday + hour))).toEqual(described);
    expect(at.plan(saturday + hour, { missing: true }).requests).toBe(requests);
  });

  test('are no absence without a session in them', async () => {
    const weekend = { ...march, start: Date.parse('2026-03-07T05:00:00Z'), end: Date.parse('2026-03-09T04:00:00Z') };
    expect(describePlan((await createLake([weekend])).plan(saturday + hour))).toEqual(['complete']);
  });
});

describe('options that have lost rows and are no longer chosen', () => {
  const expired = 'option_bars/AAPL/2026-03-20/52.5/C/1 day/TRADES/rth';
  const pipeline = createPipeline(['AAPL']);

  async function planWith(options: Partial<PlanOptions>, known: readonly OptionContract[] = []): Promise<Plan> {
    const at = createPlanningFixture(pipeline);
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    at.lake.set(expired, [march]);
    const context = {
      ...at.context(saturday + hour, options),
      lostSeries: (dataset: string) => (dataset === 'option_bars' ? [expired] : []),
      knownOptions: () => known,
    };
    return makePlan(pipeline, buildTaskGraph(pipeline), noVersions, context, () => ({ duration: 0, budgets: [] }));
  }

  test('keep a plan incomplete', async () => {
    expect(describePlan(await planWith({}))).toEqual([
      'incomplete',
      '1 lost from the lake: AAPL; pipe run --missing',
      '2 2026-03-02, 2026-03-03',
    ]);
  });

  test('are requested with missing', async () => {
    const plan = await planWith({ missing: true });
    expect(plan.tasks.flatMap(listRequests)).toMatchObject([
      {
        series: { dataset: 'option_bars', contract: { expiry: '2026-03-20', strike: 52.5, right: 'C', conId: null } },
        window: { start: march.start, end: march.end },
      },
    ]);
  });

  test("are requested with the provider's id that an earlier chain or bar has", async () => {
    const contract = { expiry: '2026-03-20', strike: 52.5, right: 'C', conId: 4711 } as const;
    const plan = await planWith({ missing: true }, [contract]);
    expect(plan.tasks.flatMap(listRequests)).toMatchObject([{ series: { contract: { conId: 4711 } } }]);
  });
});

describe('a lost chain', () => {
  const chains = 'chains/AAPL';
  const pipeline = createPipeline(['AAPL'], [createChainsStep({ needs: [], refresh: day })]);
  const older: CoveredWindow = { ...point(saturday - 2 * hour), state: 'data' };
  const lost: CoveredWindow = { ...point(saturday - hour), state: 'missing', reason: 'a.parquet' };

  test('beside an earlier one that is still fresh is requested only with missing', () => {
    const at = createPlanningFixture(pipeline);
    at.lake.set(chains, [older, lost]);
    expect(at.plan(saturday).requests).toBe(0);
    expect(at.plan(saturday, { missing: true }).requests).toBe(1);
  });

  test('that another engine deleted is kept until the next one is due', () => {
    const at = createPlanningFixture(pipeline);
    const deleted = { ...lost, reason: `${deletedByOthers} in version 3` };
    const kept = keepForeignDeletes(() => [deleted]);
    at.lake.set(chains, kept('mock', chains));
    const plan = at.plan(saturday);
    expect(plan.requests).toBe(0);
    expect(plan.tasks).toMatchObject([{ reason: 'deleted by another engine in version 3' }]);
    expect(at.plan(saturday, { missing: true }).requests).toBe(0);
    expect(at.plan(saturday - hour + day).requests).toBe(1);
  });
});

function point(start: Instant): Pick<CoveredWindow, 'start' | 'end' | 'lastRequestedAt'> {
  return { start, end: start + 1, lastRequestedAt: start };
}
