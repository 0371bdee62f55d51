import { describe, expect, test } from 'vitest';

import type { CoverageState } from '../../src/core/coverage.js';
import { day, hour, minute } from '../../src/core/time/time.js';
import { buildTaskGraph } from '../../src/plan/task-graph.js';
import { makePlan, planDeferred } from '../../src/plan/make-plan.js';
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

/** Saturday: the week's five sessions are over and settled. */
const saturday = Date.parse('2026-11-21T12:00:00Z');

function getTask(plan: Plan, id: string): PlannedTask {
  const found = plan.tasks.find((planned) => planned.id === id);
  if (found === undefined) throw new Error(`no task ${id}`);
  return found;
}

/** One line a task, as a table of the whole plan. */
function describeTasks(plan: Plan): readonly string[] {
  return plan.tasks.map(({ id, status, requests, reason }) => `${id} ${status} ${requests.length} ${reason}`);
}

/** Plans and answers until there is nothing left to ask. */
async function completePlan(at: PlanningFixture, now = saturday): Promise<void> {
  await at.answerInFull(getRequests(at.plan(now)), now);
  await at.answerInFull(getRequests(at.plan(now)), now);
}

function setWhole(at: PlanningFixture, series: string, state: CoverageState): void {
  at.lake.set(series, [{ start: 0, end: saturday, state, lastRequestedAt: saturday - hour }]);
}

describe('a plan from nothing', () => {
  const plan = createPlanningFixture(createPipeline(['AAPL', 'MSFT'])).plan(saturday);

  test('asks for everything that can be known, and puts off what depends on it', () => {
    expect(describeTasks(plan)).toEqual([
      'contracts/AAPL ready 1 never asked',
      'contracts/MSFT ready 1 never asked',
      'chains/AAPL ready 1 never asked',
      'chains/MSFT ready 1 never asked',
      'equity/AAPL ready 1 never asked',
      'equity/MSFT ready 1 never asked',
      'options/AAPL deferred 0 known after chains and equity',
      'options/MSFT deferred 0 known after chains and equity',
    ]);
  });

  test('estimates what is put off: expiries by strikes by rights', () => {
    expect(getTask(plan, 'options/AAPL').estimatedRequests).toBe(2 * 3 * 2);
    expect(plan).toMatchObject({ requests: 6, windows: 6, estimatedRequests: 24, estimated: 30_000 });
  });

  test('asks for the five sessions of the week in one request', () => {
    const [request] = getTask(plan, 'equity/AAPL').requests;
    expect(request?.window).toEqual({
      start: Date.parse('2026-11-16T05:00:00Z'),
      end: Date.parse('2026-11-21T05:00:00Z'),
    });
    expect(request?.closes).toEqual([request?.window]);
  });

  test('has no window for what is true now', () => {
    expect(getTask(plan, 'chains/AAPL').requests).toMatchObject([{ window: null, settles: [] }]);
    expect(getTask(plan, 'chains/AAPL').gaps).toEqual([
      { window: { start: saturday, end: saturday + 1 }, reason: { kind: 'never-asked' } },
    ]);
  });
});

describe('a plan from what is there', () => {
  test('asks for nothing when everything was answered', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL', 'MSFT']));
    await completePlan(at);
    const plan = at.plan(saturday + hour);
    expect(plan).toMatchObject({ requests: 0, windows: 0, estimatedRequests: 0 });
    expect(new Set(plan.tasks.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
      new Set(['satisfied fresh', 'satisfied complete']),
    );
  });

  test('asks for the one new session a night later, and for a new chain', async () => {
    const at = createPlanningFixture(
      createPipeline(['AAPL'], [createContractsStep(), createChainsStep({ refresh: 2 * day }), createEquityStep()]),
    );
    await completePlan(at);
    const tuesday = Date.parse('2026-11-24T12:00:00Z');
    const plan = at.plan(tuesday);
    expect(describeTasks(plan)).toEqual([
      'contracts/AAPL satisfied 0 fresh',
      'chains/AAPL ready 1 chain older than 2d',
      'equity/AAPL ready 1 never asked',
    ]);
    expect(getTask(plan, 'equity/AAPL').requests[0]?.closes).toEqual([
      { start: Date.parse('2026-11-23T05:00:00Z'), end: Date.parse('2026-11-24T05:00:00Z') },
    ]);
  });

  test('a contract is asked for again at exactly its refresh time', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL'], [createContractsStep()]));
    await completePlan(at);
    expect(at.plan(saturday + 7 * day - 1).requests).toBe(0);
    expect(describeTasks(at.plan(saturday + 7 * day))).toEqual(['contracts/AAPL ready 1 contract older than 1w']);
  });

  test('asks again for what failed and for lost files, but not for what was denied or is gone', () => {
    const series = 'equity_bars/AAPL/1 day/TRADES/rth';
    const steps = [createEquityStep({ needs: [] })];
    const planWith = (state: CoverageState, options = {}): readonly string[] => {
      const at = createPlanningFixture(createPipeline(['AAPL'], steps));
      setWhole(at, series, state);
      return describeTasks(at.plan(saturday, options));
    };
    expect(planWith('failed')).toEqual(['equity/AAPL ready 1 failed 2026-11-21']);
    expect(planWith('missing')).toEqual(['equity/AAPL ready 1 file missing']);
    expect(planWith('provisional')).toEqual(['equity/AAPL ready 1 provisional']);
    expect(planWith('denied')).toEqual(['equity/AAPL satisfied 0 refused before']);
    expect(planWith('denied', { retryDenied: true })).toEqual(['equity/AAPL ready 1 denied 2026-11-21']);
    expect(planWith('lost')).toEqual(['equity/AAPL satisfied 0 complete']);
    expect(planWith('lost', { force: true })).toEqual(['equity/AAPL ready 1 forced']);
    expect(planWith('missing', { retryFailed: true })).toEqual(['equity/AAPL satisfied 0 complete']);
    expect(planWith('failed', { retryFailed: true })).toEqual(['equity/AAPL ready 1 failed 2026-11-21']);
  });

  test('the settle time of the step goes before that of the provider', () => {
    const soon = Date.parse('2026-11-20T21:30:00Z');
    const planAfter = (settle: number | null): number => {
      const at = createPlanningFixture(
        createPipeline(['AAPL'], [createEquityStep({ needs: [], revisionWindow: settle })]),
      );
      at.lake.set('equity_bars/AAPL/1 day/TRADES/rth', [
        { start: 0, end: soon, state: 'provisional', lastRequestedAt: soon },
      ]);
      return at.plan(soon, { from: '2026-11-20' }).requests;
    };
    expect(planAfter(null)).toBe(0);
    expect(planAfter(31 * minute)).toBe(0);
    expect(planAfter(30 * minute)).toBe(1);
  });

  describe('a chain', () => {
    const series = 'chains/AAPL';
    const point = (ago: number, state: CoverageState) => ({
      start: saturday - ago,
      end: saturday - ago + 1,
      state,
      at: saturday - ago,
    });
    const cases: readonly (readonly [string, readonly ReturnType<typeof point>[], object, string])[] = [
      ['empty is an answer', [point(hour, 'empty')], {}, 'satisfied fresh'],
      ['failed', [point(hour, 'failed')], {}, 'ready failed 2026-11-21'],
      [
        'failed twice, with a fresh one before',
        [point(9 * hour, 'data'), point(2 * hour, 'failed'), point(hour, 'failed')],
        {},
        'satisfied fresh',
      ],
      [
        'failed, with an old one before',
        [point(3 * day, 'data'), point(hour, 'failed')],
        {},
        'ready failed 2026-11-21',
      ],
      ['file missing', [point(hour, 'missing')], {}, 'ready file missing'],
      ['denied', [point(9 * day, 'denied')], {}, 'satisfied denied 2026-11-12'],
      ['denied, insisted', [point(9 * day, 'denied')], { retryDenied: true }, 'ready denied 2026-11-12'],
      ['lost', [point(9 * day, 'lost')], {}, 'satisfied lost 2026-11-12'],
      ['forced', [point(hour, 'data')], { force: true }, 'ready forced'],
      ['never asked, only failures wanted', [], { retryFailed: true }, 'satisfied never asked'],
      ['old, only failures wanted', [point(3 * day, 'data')], { retryFailed: true }, 'satisfied not failed'],
      ['failed, only failures wanted', [point(hour, 'failed')], { retryFailed: true }, 'ready failed 2026-11-21'],
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
  test('are planned at once when chain and price are held', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    const options = getTask(at.plan(saturday), 'options/AAPL');
    expect(options.status).toBe('ready');
    const names = options.requests.map(({ series }) =>
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

  test('with a chain too old are put off, and estimated by what the known chain lacks', async () => {
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

  test('put off are planned like any others once their inputs are there', async () => {
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

  test('has the chosen symbols, steps and priorities only', () => {
    const at = createPlanningFixture(createPipeline(symbols));
    const ids = (options: object): readonly string[] => at.plan(saturday, options).tasks.map(({ id }) => id);
    expect(ids({ symbols: ['MSFT'], steps: ['contracts'] })).toEqual(['contracts/MSFT']);
    expect(ids({ priority: 4, steps: ['contracts'] })).toEqual(['contracts/MSFT']);
    expect(ids({ priority: 5, steps: ['contracts'] })).toEqual(['contracts/AAPL', 'contracts/MSFT']);
    expect(ids({ symbols: [] })).toEqual([]);
  });

  test('is blocked where it needs what neither the lake holds nor the plan fetches', () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    const plan = at.plan(saturday, { steps: ['chains', 'options'] });
    expect(describeTasks(plan)).toEqual([
      'chains/AAPL blocked 0 needs contracts of AAPL, which the lake does not hold and this plan does not fetch',
      'options/AAPL blocked 0 needs chains of AAPL, which the lake does not hold and this plan does not fetch',
    ]);
    expect(plan.requests).toBe(0);
  });

  test('builds on what the lake holds, however old', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL']));
    await at.answerInFull(getRequests(at.plan(saturday)), saturday);
    const later = saturday + 100 * day;
    expect(getTask(at.plan(later, { steps: ['equity'] }), 'equity/AAPL').status).toBe('ready');
  });
});

describe('a plan as a whole', () => {
  test('is a function of what it is made from', async () => {
    const at = createPlanningFixture(createPipeline(['AAPL', 'MSFT']));
    await at.answerInFull(getRequests(at.plan(saturday, { symbols: ['AAPL'] })), saturday);
    expect(at.plan(saturday)).toEqual(at.plan(saturday));
    const before = structuredClone(at.lake.results);
    at.plan(saturday + 30 * day, { force: true });
    expect(at.lake.results).toEqual(before);
  });

  test('changes nothing it is given', () => {
    const pipeline = deepFreeze(createPipeline(['AAPL']));
    const at = createPlanningFixture(pipeline, deepFreeze(createLimits()));
    at.lake.set(
      'equity_bars/AAPL/1 day/TRADES/rth',
      deepFreeze([{ start: 0, end: saturday - 3 * day, state: 'data', at: 1 }]),
    );
    const plan = makePlan(pipeline, buildTaskGraph(pipeline), noVersions, at.context(saturday), () => ({
      duration: 0,
      budgets: [],
    }));
    expect(getTask(plan, 'equity/AAPL').gaps).toHaveLength(1);
  });

  test('series of equal history are planned alike, and independently of each other', () => {
    const at = createPlanningFixture(createPipeline(['A', 'B', 'C'], [createEquityStep({ needs: [] })]));
    const shared = [{ start: 0, end: saturday - 3 * day, state: 'data' as const, at: 1 }];
    at.lake.set('equity_bars/A/1 day/TRADES/rth', shared);
    at.lake.set('equity_bars/B/1 day/TRADES/rth', shared);
    const [a, b, c] = at.plan(saturday).tasks;
    expect(a?.gaps).toEqual(b?.gaps);
    expect(a?.requests[0]?.window).toEqual(b?.requests[0]?.window);
    expect(a?.requests[0]?.series).not.toEqual(b?.requests[0]?.series);
    expect(c?.gaps).not.toEqual(a?.gaps);
  });

  test('counts a window for each bar size, and cuts each by its own limit', () => {
    const limits = createLimits();
    const longestWindow = { ...limits.maxWindow, '1 day': 365 * day, '5 mins': 2 * day, '5 secs': hour };
    const barSizes = ['1 day', '5 mins', '5 secs'] as const;
    const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [], barSizes })]), {
      ...limits,
      maxWindow: longestWindow,
    });
    const { requests, gaps } = getTask(at.plan(saturday), 'equity/AAPL');
    const count = (size: string): number =>
      requests.filter(({ series }) => series.dataset === 'equity_bars' && series.barSize === size).length;
    expect(barSizes.map(count)).toEqual([1, 3, 5 * 7]);
    expect(gaps).toHaveLength(3);
  });

  test('a limit below one bar still asks for one bar', () => {
    const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [] })]), createLimits(hour));
    expect(getTask(at.plan(saturday), 'equity/AAPL').requests).toHaveLength(5);
  });

  test('notes what a user should know of its sessions', () => {
    const notes = (from: string, to: string | null): readonly string[] =>
      createPlanningFixture(
        createPipeline(['AAPL'], [createEquityStep({ needs: [], lookback: { kind: 'dates', from, to } })]),
      ).plan(saturday).notes;
    expect(notes('2026-11-16', null)).toEqual([]);
    expect(notes('2026-12-16', null)).toEqual(['equity: no finished session of XNYS in the wanted span']);
    expect(notes('1985-01-01', '1990-02-01')).toEqual([
      'equity: the calendar XNYS begins on 1990-01-01; nothing before it is asked for',
    ]);
    const far = createPlanningFixture(createPipeline(['AAPL'])).plan(Date.parse('2040-01-10T12:00:00Z'));
    expect(far.notes).toEqual(['XNYS: the hours of some sessions are not published yet and are projected by rule']);
  });

  test('says so when the wanted span has no finished session', () => {
    const at = createPlanningFixture(createPipeline(['AAPL'], [createEquityStep({ needs: [] })]));
    const plan = at.plan(saturday, { from: '2026-11-21' });
    expect(describeTasks(plan)).toEqual(['equity/AAPL satisfied 0 no finished session in the wanted span']);
  });

  test('asks for options of steps with several inputs only once all are known', () => {
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
