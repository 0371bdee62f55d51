import { describe, expect, test } from 'vitest';

import type { CoverageState } from '../../src/core/coverage.js';
import { day, hour, minute } from '../../src/core/time/time.js';
import { buildTaskGraph } from '../../src/plan/task-graph.js';
import { makePlan, planDeferred } from '../../src/plan/make-plan.js';
import { getEstimatedRequests, listGaps, listRequests } from '../../src/plan/plan.js';
import type { Plan, PlannedTask } from '../../src/plan/plan.js';
import {
  createChainsStep,
  createContractsStep,
  createEquityStep,
  createOptionsStep,
  createPipeline,
  createSymbol,
} from '../fixtures/pipelines.js';
import { createLimits } from '../fixtures/in-memory-lake.js';
import { createPlanningFixture, noVersions, getRequests } from '../fixtures/planning.js';
import type { PlanningFixture } from '../fixtures/planning.js';

/** Saturday: the week's five sessions are closed and final. */
const saturday = Date.parse('2026-11-21T12:00:00Z');

function getTask(plan: Plan, id: string): PlannedTask {
  const found = plan.tasks.find((planned) => planned.id === id);
  if (found === undefined) throw new Error(`no task ${id}`);
  return found;
}

/** One line per task. */
function describeTasks(plan: Plan): readonly string[] {
  return plan.tasks.map((task) => `${task.id} ${task.status} ${listRequests(task).length} ${task.reason}`);
}

/** Plans and answers until the plan has no requests. */
async function completePlan(at: PlanningFixture, now = saturday): Promise<void> {
  await at.answerInFull(getRequests(at.plan(now)), now);
  await at.answerInFull(getRequests(at.plan(now)), now);
}

function setWhole(at: PlanningFixture, series: string, state: CoverageState): void {
  at.lake.set(series, [{ start: 0, end: saturday, state, lastRequestedAt: saturday - hour }]);
}

describe('a plan for an empty lake', () => {
  const plan = createPlanningFixture(createPipeline(['AAPL', 'MSFT'])).plan(saturday);

  test('plans requests of independent tasks and defers dependent tasks', () => {
    expect(describeTasks(plan)).toEqual([
      'contracts/AAPL ready 1 never requested',
      'contracts/MSFT ready 1 never requested',
      'chains/AAPL ready 1 never requested',
      'chains/MSFT ready 1 never requested',
      'equity/AAPL ready 1 never requested',
      'equity/MSFT ready 1 never requested',
      'options/AAPL deferred 0 known after chains and equity',
      'options/MSFT deferred 0 known after chains and equity',
    ]);
  });

  test('estimates deferred options as expiries × strikes × rights', () => {
    expect(getEstimatedRequests(getTask(plan, 'options/AAPL'))).toBe(2 * 3 * 2);
    expect(plan).toMatchObject({ requests: 6, windows: 6, estimatedRequests: 24, estimatedMs: 30_000 });
  });

  test('requests the five sessions of a week at once', () => {
    const [request] = listRequests(getTask(plan, 'equity/AAPL'));
    expect(request?.window).toEqual({
      start: Date.parse('2026-11-16T05:00:00Z'),
      end: Date.parse('2026-11-21T05:00:00Z'),
    });
    expect(request?.closes).toEqual([request?.window]);
  });

  test('requests point tables without a window', () => {
    expect(listRequests(getTask(plan, 'chains/AAPL'))).toMatchObject([{ window: null, closes: [] }]);
    expect(listGaps(getTask(plan, 'chains/AAPL'))).toEqual([
      { window: { start: saturday, end: saturday + 1 }, reason: { kind: 'never-requested' } },
    ]);
  });
});

describe('a plan for a lake with data', () => {
  test('has no requests when every window was answered', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL', 'MSFT']));
    await completePlan(at);
    const plan = at.plan(saturday + hour);
    expect(plan).toMatchObject({ requests: 0, windows: 0, estimatedRequests: 0 });
    expect(new Set(plan.tasks.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
      new Set(['up-to-date up to date']),
    );
  });

  test('requests the new session and a new chain one session later', async () => {
    const at = createPlanningFixture(
      createPipeline(['AAPL'], [createContractsStep(), createChainsStep({ refresh: 2 * day }), createEquityStep()]),
    );
    await completePlan(at);
    const tuesday = Date.parse('2026-11-24T12:00:00Z');
    const plan = at.plan(tuesday);
    expect(describeTasks(plan)).toEqual([
      'contracts/AAPL up-to-date 0 up to date',
      'chains/AAPL ready 1 chain older than 2d',
      'equity/AAPL ready 1 never requested',
    ]);
    expect(listRequests(getTask(plan, 'equity/AAPL'))[0]?.closes).toEqual([
      { start: Date.parse('2026-11-23T05:00:00Z'), end: Date.parse('2026-11-24T05:00:00Z') },
    ]);
  });

  test('requests a contract again exactly at its refresh time', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL'], [createContractsStep()]));
    await completePlan(at);
    expect(at.plan(saturday + 7 * day - 1).requests).toBe(0);
    expect(describeTasks(at.plan(saturday + 7 * day))).toEqual(['contracts/AAPL ready 1 contract older than 1w']);
  });

  test('requests failed windows and missing files again, but not denied or unavailable windows', () => {
    const series = 'equity_bars/AAPL/1 day/TRADES/rth';
    const steps = [createEquityStep({ needs: [] })];
    const planWith = (state: CoverageState, options = {}): readonly string[] => {
      const at = createPlanningFixture(createPipeline(['AAPL'], steps));
      setWhole(at, series, state);
      return describeTasks(at.plan(saturday, options));
    };
    expect(planWith('failed')).toEqual(['equity/AAPL ready 1 failed when requested on 2026-11-21']);
    expect(planWith('missing')).toEqual(['equity/AAPL ready 1 file missing']);
    expect(planWith('provisional')).toEqual(['equity/AAPL ready 1 provisional']);
    expect(planWith('denied')).toEqual(['equity/AAPL up-to-date 0 5 sessions denied']);
    expect(planWith('denied', { retryDenied: true })).toEqual([
      'equity/AAPL ready 1 denied when requested on 2026-11-21',
    ]);
    expect(planWith('unavailable')).toEqual(['equity/AAPL up-to-date 0 5 sessions unavailable']);
    expect(planWith('unavailable', { force: true })).toEqual(['equity/AAPL ready 1 forced']);
    expect(planWith('missing', { retryFailed: true })).toEqual([
      expect.stringMatching(/^equity\/AAPL up-to-date 0 5 sessions not requested; \d+ sessions lost from the lake/),
    ]);
    expect(planWith('failed', { retryFailed: true })).toEqual([
      'equity/AAPL ready 1 failed when requested on 2026-11-21',
    ]);
  });

  test('prefers the revision window of the step to that of the provider', () => {
    const soon = Date.parse('2026-11-20T21:30:00Z');
    const planAfter = (revisionWindow: number | null): number => {
      const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [], revisionWindow })]));
      at.lake.set('equity_bars/AAPL/1 day/TRADES/rth', [
        { start: 0, end: soon, state: 'provisional', lastRequestedAt: soon },
      ]);
      return at.plan(soon, { from: '2026-11-20' }).requests;
    };
    expect(planAfter(null)).toBe(0);
    expect(planAfter(31 * minute)).toBe(0);
    expect(planAfter(30 * minute)).toBe(1);
  });

  describe('the plan of a chain', () => {
    const series = 'chains/AAPL';
    const point = (ago: number, state: CoverageState) => ({
      start: saturday - ago,
      end: saturday - ago + 1,
      state,
      lastRequestedAt: saturday - ago,
    });
    const cases: readonly (readonly [string, readonly ReturnType<typeof point>[], object, string])[] = [
      ['fresh empty answer', [point(hour, 'empty')], {}, 'up-to-date up to date'],
      ['failed', [point(hour, 'failed')], {}, 'ready failed when requested on 2026-11-21'],
      [
        'failed twice, with a fresh one before',
        [point(9 * hour, 'data'), point(2 * hour, 'failed'), point(hour, 'failed')],
        {},
        'up-to-date up to date',
      ],
      [
        'failed, with an old one before',
        [point(3 * day, 'data'), point(hour, 'failed')],
        {},
        'ready failed when requested on 2026-11-21',
      ],
      ['file missing', [point(hour, 'missing')], {}, 'ready file missing'],
      ['denied', [point(9 * day, 'denied')], {}, 'up-to-date denied when requested on 2026-11-12'],
      [
        'denied, with --retry-denied',
        [point(9 * day, 'denied')],
        { retryDenied: true },
        'ready denied when requested on 2026-11-12',
      ],
      ['unavailable', [point(9 * day, 'unavailable')], {}, 'up-to-date unavailable when requested on 2026-11-12'],
      ['forced', [point(hour, 'data')], { force: true }, 'ready forced'],
      ['never requested, with --retry-failed', [], { retryFailed: true }, 'up-to-date never requested'],
      ['old, with --retry-failed', [point(3 * day, 'data')], { retryFailed: true }, 'up-to-date not failed'],
      [
        'failed, with --retry-failed',
        [point(hour, 'failed')],
        { retryFailed: true },
        'ready failed when requested on 2026-11-21',
      ],
    ];
    test.each(cases)('%s', (_, coverage, options, expected) => {
      const at = createPlanningFixture(createPipeline(['AAPL'], [createChainsStep({ needs: [] })]));
      at.lake.set(series, coverage);
      const { status, reason } = getTask(at.plan(saturday, options), 'chains/AAPL');
      expect(`${status} ${reason}`).toBe(expected);
    });
  });
});

describe('options', () => {
  test('are planned when chain and price are in the lake', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    const options = getTask(at.plan(saturday), 'options/AAPL');
    expect(options.status).toBe('ready');
    const names = listRequests(options).map(({ series }) =>
      series.dataset === 'option_bars'
        ? `${series.contract.expiry} ${series.contract.strike}${series.contract.right}`
        : series.dataset,
    );
    expect(names).toEqual(
      ['2026-11-27', '2026-12-18'].flatMap((expiry) =>
        [95, 100, 105].flatMap((strike) => [`${expiry} ${strike}C`, `${expiry} ${strike}P`]),
      ),
    );
  });

  test('are deferred when the chain is too old, and estimated from the known chain', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    await completePlan(at);
    const sunday = at.plan(saturday + day);
    expect(getTask(sunday, 'options/AAPL')).toMatchObject({
      status: 'deferred',
      estimatedRequests: 0,
      reason: 'known after chains',
    });
    const tuesday = at.plan(Date.parse('2026-11-24T12:00:00Z'));
    expect(getTask(tuesday, 'options/AAPL')).toMatchObject({ status: 'deferred', estimatedRequests: 12 });
  });

  test('are planned as ready tasks when their inputs are known', async () => {
    const pipeline = createPipeline(['AAPL']);
    const at = createPlanningFixture(pipeline);
    const first = at.plan(saturday);
    await at.answerInFull(getRequests(first), saturday);
    const [deferred] = buildTaskGraph(pipeline).tasks.filter(({ id }) => id === 'options/AAPL');
    if (deferred === undefined) throw new Error('no such task');
    expect(planDeferred(deferred, at.context(saturday))).toEqual(getTask(at.plan(saturday), 'options/AAPL'));
  });
});

describe('a narrowed plan', () => {
  const symbols = ['AAPL', createSymbol('MSFT', { priority: 1 })];

  test('has only the selected symbols, steps and priorities', () => {
    const at = createPlanningFixture(createPipeline(symbols));
    const ids = (options: object): readonly string[] => at.plan(saturday, options).tasks.map(({ id }) => id);
    expect(ids({ symbols: ['MSFT'], steps: ['contracts'] })).toEqual(['contracts/MSFT']);
    expect(ids({ priority: 4, steps: ['contracts'] })).toEqual(['contracts/MSFT']);
    expect(ids({ priority: 5, steps: ['contracts'] })).toEqual(['contracts/AAPL', 'contracts/MSFT']);
    expect(ids({ symbols: [] })).toEqual([]);
  });

  test('is blocked when an input is neither in the lake nor fetched by the plan', () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    const plan = at.plan(saturday, { steps: ['chains', 'options'] });
    expect(describeTasks(plan)).toEqual([
      'chains/AAPL blocked 0 needs contracts of AAPL, which is not in the lake and not fetched by this plan',
      'options/AAPL blocked 0 needs chains of AAPL, which is not in the lake and not fetched by this plan',
    ]);
    expect(plan.requests).toBe(0);
  });

  test('uses old data of the lake as input', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    const later = saturday + 100 * day;
    expect(getTask(at.plan(later, { steps: ['equity'] }), 'equity/AAPL').status).toBe('ready');
  });
});

describe('a whole plan', () => {
  test('is equal for equal inputs', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL', 'MSFT']));
    await at.answerInFull(getRequests(at.plan(saturday, { symbols: ['AAPL'] })), saturday);
    expect(at.plan(saturday)).toEqual(at.plan(saturday));
    const before = structuredClone(at.lake.results);
    at.plan(saturday + 30 * day, { force: true });
    expect(at.lake.results).toEqual(before);
  });

  test('does not modify frozen inputs', () => {
    const pipeline = deepFreeze(createPipeline(['AAPL']));
    const at = createPlanningFixture(pipeline, deepFreeze(createLimits()));
    at.lake.set(
      'equity_bars/AAPL/1 day/TRADES/rth',
      deepFreeze([{ start: 0, end: saturday - 3 * day, state: 'data', lastRequestedAt: 1 }]),
    );
    const plan = makePlan(pipeline, buildTaskGraph(pipeline), noVersions, at.context(saturday), () => ({
      duration: 0,
      budgets: [],
    }));
    expect(listGaps(getTask(plan, 'equity/AAPL'))).toHaveLength(1);
  });

  test('plans series with equal coverage equally and independently', () => {
    const at = createPlanningFixture(createPipeline(['A', 'B', 'C'], [createEquityStep({ needs: [] })]));
    const shared = [{ start: 0, end: saturday - 3 * day, state: 'data' as const, lastRequestedAt: 1 }];
    at.lake.set('equity_bars/A/1 day/TRADES/rth', shared);
    at.lake.set('equity_bars/B/1 day/TRADES/rth', shared);
    const { tasks } = at.plan(saturday);
    const [aGaps, bGaps, cGaps] = tasks.map(listGaps);
    const [aRequests, bRequests] = tasks.map(listRequests);
    expect(aGaps).toHaveLength(1);
    expect(aGaps).toEqual(bGaps);
    expect(aRequests?.[0]?.window).toEqual(bRequests?.[0]?.window);
    expect(aRequests?.[0]?.series).not.toEqual(bRequests?.[0]?.series);
    expect(cGaps).not.toEqual(aGaps);
  });

  test('counts a window per bar size and splits each by its own limit', () => {
    const limits = createLimits();
    const maxWindow = { ...limits.maxWindow, '1 day': 365 * day, '5 mins': 2 * day, '5 secs': hour };
    const barSizes = ['1 day', '5 mins', '5 secs'] as const;
    const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [], barSizes })]), {
      ...limits,
      maxWindow,
    });
    const task = getTask(at.plan(saturday), 'equity/AAPL');
    const count = (size: string): number =>
      listRequests(task).filter(({ series }) => series.dataset === 'equity_bars' && series.barSize === size).length;
    expect(barSizes.map(count)).toEqual([1, 3, 5 * 7]);
    expect(listGaps(task)).toHaveLength(3);
  });

  test('requests one bar when the limit is below the bar size', () => {
    const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [] })]), createLimits(hour));
    expect(listRequests(getTask(at.plan(saturday), 'equity/AAPL'))).toHaveLength(5);
  });

  test('warns about sessions that are missing, projected or before the calendar', () => {
    const notes = (from: string, to: string | null): readonly string[] =>
      createPlanningFixture(
        createPipeline(['AAPL'], [createEquityStep({ needs: [], lookback: { kind: 'dates', from, to } })]),
      ).plan(saturday).notes;
    expect(notes('2026-11-16', null)).toEqual([]);
    expect(notes('2026-12-16', null)).toEqual(['equity: no finished session of XNYS in the requested range']);
    expect(notes('1985-01-01', '1990-02-01')).toEqual([
      'equity: the calendar XNYS starts on 1990-01-01; earlier dates are not requested',
    ]);
    const far = createPlanningFixture(createPipeline(['AAPL'])).plan(Date.parse('2040-01-10T12:00:00Z'));
    expect(far.notes).toEqual(['XNYS: holidays after 2028-12-31 are not published; sessions are projected by rule']);
  });

  test('returns the reason "no finished session" for an empty span', () => {
    const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [] })]));
    const plan = at.plan(saturday, { from: '2026-11-21' });
    expect(describeTasks(plan)).toEqual(['equity/AAPL up-to-date 0 no finished session in the requested range']);
  });

  test('defers options until the only needed input is known', () => {
    const steps = [
      createContractsStep(),
      createChainsStep(),
      createEquityStep(),
      createOptionsStep({ needs: ['chains'] }),
    ];
    const at = createPlanningFixture(createPipeline(['AAPL'], steps));
    expect(getTask(at.plan(saturday), 'options/AAPL').reason).toBe('known after chains');
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
