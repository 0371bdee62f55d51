import { describe, expect, test } from 'vitest';

import type { CoveredWindow } from '../../src/core/coverage.js';
import type { OptionContract } from '../../src/core/series.js';
import { describeAbsenceGroup } from '../../src/core/describe-absences.js';
import { day, hour } from '../../src/core/time/time.js';
import { isComplete, listLacking } from '../../src/plan/lacking.js';
import { listRequests } from '../../src/plan/plan.js';
import type { Plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/plan-options.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { buildTaskGraph } from '../../src/plan/task-graph.js';
import { createEquityStep, createPipeline } from '../fixtures/pipelines.js';
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
