import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultEmptyConfirmation } from '../../src/core/empty-confirmation.js';
import type { FetchOutcome, Request } from '../../src/core/request.js';
import type { OptionContract } from '../../src/core/series.js';
import { toSnapshotRows } from '../../src/core/tables/quote-rows.js';
import { day, hour } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import type { SnapshotsStep } from '../../src/config/pipeline/pipeline.js';
import { isComplete } from '../../src/plan/lacking.js';
import type { Plan } from '../../src/plan/plan.js';
import { createFullOutcome } from '../fixtures/full-outcome.js';
import { createPipeline, fourSteps } from '../fixtures/pipelines.js';
import { smallChain } from '../fixtures/planning.js';
import type { PlanningFixture } from '../fixtures/planning.js';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { createBarRows, createChain, createChainRows } from '../fixtures/rows.js';
import { startExecution } from '../fixtures/start-execution.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');
const calendar = requireCalendar('XNYS');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

const snapshotsStep: SnapshotsStep = {
  ...{ name: 'snapshots', uses: 'snapshots', provider: 'mock', needs: ['chains', 'equity'], timeout: null },
  ...{ refresh: 30 * day, strikes: 2, adaptiveStrikes: false, expiries: 1, rights: ['C', 'P'] },
};
const pipeline = createPipeline(['AAPL'], [...fourSteps, snapshotsStep]);

interface Ran {
  readonly fixture: PlanningFixture;
  /** Status, requests and reason of the task of the snapshots. */
  readonly snapshots: string;
  readonly chains: string;
  readonly equity: string;
  readonly warnings: readonly string[];
  readonly status: string;
}

type Respond = (request: Request) => FetchOutcome | undefined;

/** Runs at an instant, with another answer where `respond` returns one. */
async function run(now: Instant, respond: Respond, fixture?: PlanningFixture): Promise<Ran> {
  vi.setSystemTime(now);
  const started = startExecution({
    ...{ pipeline, now, confirmEmpty: defaultEmptyConfirmation, script: respond },
    ...(fixture === undefined ? {} : { fixture }),
  });
  const { tasks, status } = await started.waitForEnd();
  const describeTask = (step: string): string => {
    const task = tasks.find(({ id }) => id === `${step}/AAPL`);
    return [task?.status, task?.requests, task?.reason].filter((part) => part !== undefined).join(' ');
  };
  const warnings = started.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  const described = {
    snapshots: describeTask('snapshots'),
    chains: describeTask('chains'),
    equity: describeTask('equity'),
  };
  return { fixture: started.fixture, ...described, warnings, status };
}

const full: Respond = () => undefined;

/** A snapshot without the quotes of some options. */
const withoutQuotes =
  (...names: readonly string[]): Respond =>
  (request) => {
    if (request.series.dataset !== 'option_snapshots') return undefined;
    const isLeftOut = ({ strike, right }: OptionContract): boolean => names.includes(`${String(strike)} ${right}`);
    const contracts = request.series.contracts.filter((contract) => !isLeftOut(contract));
    const answer = createFullOutcome({ ...request, series: { ...request.series, contracts } }, calendar, smallChain);
    return contracts.length === 0 ? { kind: 'rows', rows: toSnapshotRows([]), answeredWindow: null } : answer;
  };

const describePlan = (plan: Plan, step: string): string => {
  const task = plan.tasks.find(({ id }) => id === `${step}/AAPL`);
  return `${task?.status ?? ''}: ${task?.reason ?? ''}; ${isComplete(plan) ? 'complete' : 'not complete'}`;
};

describe('a snapshot without an option at the money', () => {
  const lacksPut = withoutQuotes('100 P');

  test('is incomplete in the run and in every plan until three answers agree', async () => {
    const first = await run(saturday, lacksPut);
    expect(first).toMatchObject({
      status: 'partial',
      snapshots: 'partial 1 incomplete, unconfirmed (1 of 10: 2026-11-27 100 P)',
    });
    const { fixture } = first;
    const lacking = 'incomplete, unconfirmed (1 of 10: 2026-11-27 100 P)';
    expect(describePlan(fixture.plan(saturday + hour), 'snapshots')).toBe(`up-to-date: ${lacking}; not complete`);

    const soon = await run(saturday + hour, lacksPut, fixture);
    expect(soon).toMatchObject({ status: 'partial', snapshots: `partial 0 ${lacking}` });

    const due = describePlan(fixture.plan(saturday + 13 * hour), 'snapshots');
    expect(due).toBe('ready: incomplete snapshot when requested on 2026-11-21; not complete');
    expect((await run(saturday + 13 * hour, lacksPut, fixture)).snapshots).toBe(`partial 1 ${lacking}`);
    expect((await run(saturday + 14 * hour, lacksPut, fixture)).snapshots).toBe(`partial 0 ${lacking}`);

    expect((await run(saturday + 26 * hour, lacksPut, fixture)).snapshots).toBe('ok 1');
    expect(describePlan(fixture.plan(saturday + 27 * hour), 'snapshots')).toContain('up to date');
    expect((await run(saturday + 40 * hour, lacksPut, fixture)).snapshots).toBe('up-to-date 0');
  });

  test('is complete as soon as an answer has the option', async () => {
    const { fixture } = await run(saturday, lacksPut);
    expect((await run(saturday + 13 * hour, full, fixture)).snapshots).toBe('ok 1');
    expect(describePlan(fixture.plan(saturday + 14 * hour), 'snapshots')).toContain('up to date');
  });

  test('counts each option on its own', async () => {
    const { fixture } = await run(saturday, lacksPut);
    await run(saturday + 13 * hour, withoutQuotes('100 P', '100 C'), fixture);
    const third = await run(saturday + 26 * hour, withoutQuotes('100 P', '100 C'), fixture);
    expect(third.snapshots).toBe('partial 1 incomplete, unconfirmed (1 of 10: 2026-11-27 100 C)');
  });

  test('is requested again at once by --retry-failed', async () => {
    const { fixture } = await run(saturday, lacksPut);
    const plan = fixture.plan(saturday + hour, { retryFailed: true });
    expect(describePlan(plan, 'snapshots')).toContain('ready: incomplete snapshot');
  });
});

describe('a snapshot without other options', () => {
  test('takes options beyond the last one with a quote for ordinary, and does not request them again', async () => {
    const first = await run(saturday, withoutQuotes('110 C', '90 P'));
    expect(first).toMatchObject({ status: 'ok', snapshots: 'ok 1' });
    const later = first.fixture.plan(saturday + 13 * hour);
    expect(describePlan(later, 'snapshots')).toBe('up-to-date: without rows of some options; complete');
    expect(later.tasks.find(({ id }) => id === 'snapshots/AAPL')?.absences).toMatchObject([
      { kind: 'untraded', isAccepted: true },
    ]);
  });

  test('names an option between two with quotes, and half of all options', async () => {
    expect((await run(saturday, withoutQuotes('95 C'))).snapshots).toContain('1 of 10: 2026-11-27 95 C');
    const puts = ['90 P', '95 P', '100 P', '105 P', '110 P'];
    expect((await run(saturday, withoutQuotes(...puts))).snapshots).toContain(
      '5 of 10: 2026-11-27 90 P, 2026-11-27 95 P, 2026-11-27 100 P and 2 more',
    );
  });

  test('names refused options as denied, and --retry-denied requests them again', async () => {
    const denied: OptionContract[] = [{ expiry: '2026-11-27', strike: 110, right: 'C', conId: null }];
    const refuse: Respond = (request) => {
      const answer = withoutQuotes('110 C')(request);
      return answer?.kind === 'rows' ? { ...answer, denied } : answer;
    };
    const first = await run(saturday, refuse);
    expect(first).toMatchObject({ status: 'partial', snapshots: 'partial 1 denied (1 of 10: 2026-11-27 110 C)' });
    const describeLater = (retryDenied: boolean): string =>
      describePlan(first.fixture.plan(saturday + 13 * hour, { retryDenied }), 'snapshots');
    expect(describeLater(false)).toContain('up-to-date: denied (1 of 10');
    expect(describeLater(true)).toContain('ready: incomplete snapshot');
  });

  test('does not miss options that the provider does not know', async () => {
    const unlisted: OptionContract[] = [{ expiry: '2026-11-27', strike: 100, right: 'P', conId: null }];
    const ran = await run(saturday, (request) => {
      const answer = withoutQuotes('100 P')(request);
      return answer?.kind === 'rows' ? { ...answer, unlisted } : answer;
    });
    expect(ran.snapshots).toBe('ok 1');
  });
});

describe('a chain that lacks what the last one had', () => {
  const monday = saturday + 2 * day;
  const answerWith =
    (chain: readonly OptionContract[]): Respond =>
    ({ series }) =>
      series.dataset === 'chains' ? { kind: 'rows', rows: createChainRows(chain), answeredWindow: null } : undefined;
  const lacksExpiry = answerWith(smallChain.filter(({ expiry }) => expiry === '2026-11-27'));

  test('is incomplete until three answers agree, also after its refresh', async () => {
    const { fixture, chains } = await run(saturday, full);
    expect(chains).toBe('ok 1');
    const lacking = 'incomplete, unconfirmed (1 of 7: 2026-12-18)';
    expect((await run(monday, lacksExpiry, fixture)).chains).toBe(`partial 1 ${lacking}`);
    expect(describePlan(fixture.plan(monday + hour), 'chains')).toBe(`up-to-date: ${lacking}; not complete`);
    expect((await run(monday + 13 * hour, lacksExpiry, fixture)).chains).toBe(`partial 1 ${lacking}`);
    expect((await run(monday + 26 * hour, lacksExpiry, fixture)).chains).toBe('ok 1');
    expect((await run(monday + 40 * hour, lacksExpiry, fixture)).chains).toBe('up-to-date 0');
  });

  test('is complete when the expiry is listed again', async () => {
    const { fixture } = await run(saturday, full);
    await run(monday, lacksExpiry, fixture);
    expect((await run(monday + 13 * hour, full, fixture)).chains).toBe('ok 1');
  });

  test('names strikes and single rights', async () => {
    const { fixture } = await run(saturday, full);
    const lacksParts = smallChain.filter(
      ({ expiry, strike, right }) => !(expiry === '2026-12-18' && (strike === 95 || (strike === 110 && right === 'C'))),
    );
    expect((await run(monday, answerWith(lacksParts), fixture)).chains).toContain(
      '(2 of 13: 2026-12-18 95, 2026-12-18 110 C)',
    );
  });

  test('does not miss an expiry that has passed, nor what a chain has in addition', async () => {
    const { fixture } = await run(saturday, full);
    const after = Date.parse('2026-11-30T23:00:00Z');
    const next = createChain(['2026-12-18', '2026-12-24'], [85, 90, 95, 100, 105, 110, 115]);
    expect((await run(after, answerWith(next), fixture)).chains).toBe('ok 1');
  });

  test('does not miss a few strikes that were listed for an expiry that has passed', async () => {
    const strikes = Array.from({ length: 41 }, (_, index) => 80 + index);
    const { fixture } = await run(saturday, answerWith(createChain(['2026-11-27', '2026-12-18'], strikes)));
    const after = Date.parse('2026-11-30T23:00:00Z');
    const fewer = createChain(['2026-12-18'], strikes.slice(0, -2));
    expect((await run(after, answerWith(fewer), fixture)).chains).toBe('ok 1');
    const half = createChain(['2026-12-18'], strikes.slice(20));
    expect((await run(after + 2 * day, answerWith(half), fixture)).chains).toContain('20 of 42');
  });

  test('misses a strike in a regular row, and a right of a strike, already in the first chain', async () => {
    const strikes = [70, 75, 80, 85, 90, 100, 105, 110, 115, 120];
    const first = await run(saturday, answerWith(createChain(['2026-12-18'], strikes)));
    expect(first.chains).toBe('partial 1 incomplete, unconfirmed (1 of 12: 2026-12-18 95)');
    const rights = createChain(['2026-12-18'], strikes.filter((strike) => strike < 95).concat(95, 100, 105, 110, 115));
    const second = await run(
      saturday,
      answerWith(rights.filter(({ strike, right }) => strike !== 80 || right === 'P')),
    );
    expect(second.chains).toContain('2026-12-18 80 C');
  });

  test('accepts strikes whose distance changes', async () => {
    const strikes = [50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 100, 105, 110, 120, 130, 150];
    expect((await run(saturday, answerWith(createChain(['2026-12-18'], strikes)))).chains).toBe('ok 1');
  });
});

describe('bars that cannot be', () => {
  const wednesday = '2026-11-18';
  /** The answer without a session whose bar has impossible prices. */
  const refuse: Respond = (request) => {
    if (request.series.dataset !== 'equity_bars') return undefined;
    const answer = createFullOutcome(request, calendar, smallChain);
    if (answer.kind !== 'rows' || answer.rows.dataset !== 'equity_bars') return answer;
    const times = [...answer.rows.columns.ts].filter((at) => calendar.dateAt(at) !== wednesday);
    const window = { start: calendar.startOf(wednesday), end: calendar.startOf('2026-11-19') };
    const gaps = [{ window, reason: 'IB sent bars with impossible prices', isRefused: true as const }];
    return { ...answer, rows: createBarRows('equity_bars', times), gaps };
  };

  test('are asked for again three times, twelve hours apart, and then taken for absent', async () => {
    const counts: string[] = [];
    let fixture: PlanningFixture | undefined;
    for (const hours of [0, 1, 13, 14, 26, 27, 40]) {
      const ran = await run(saturday + hours * hour, refuse, fixture);
      ({ fixture } = ran);
      counts.push(`${String(hours)}: ${ran.equity}`);
    }
    const lacking = 'session without rows, unconfirmed (2026-11-18)';
    expect(counts).toEqual([
      `0: partial 1 1 ${lacking}`,
      `1: partial 0 1 ${lacking}`,
      `13: partial 1 1 ${lacking}`,
      `14: partial 0 1 ${lacking}`,
      '26: ok 1',
      '27: up-to-date 0',
      '40: up-to-date 0',
    ]);
    const known = fixture?.lake
      .coverage('mock', 'equity_bars/AAPL/1 day/TRADES/rth')
      .find(({ state }) => state === 'empty');
    expect(known).toMatchObject({ emptyAnswers: 3, reason: 'IB sent bars with impossible prices' });
  });
});

describe('bars outside the hours of the calendar', () => {
  test('are dropped with a warning, and are neither rows nor coverage', async () => {
    const ofSaturday = Date.parse('2026-11-21T14:30:00Z');
    const { fixture, warnings, status } = await run(saturday + day, (request) => {
      if (request.series.dataset !== 'equity_bars') return undefined;
      const answer = createFullOutcome(request, calendar, smallChain);
      if (answer.kind !== 'rows' || answer.rows.dataset !== 'equity_bars') return answer;
      const times = [...answer.rows.columns.ts, ofSaturday].sort((a, b) => a - b);
      return { ...answer, rows: createBarRows('equity_bars', times), answeredWindow: request.window };
    });
    expect(status).toBe('ok');
    expect(warnings).toEqual([
      'equity_bars/AAPL/1 day/TRADES/rth: dropped 1 bar outside the regular hours of XNYS: 2026-11-21 09:30 New York',
    ]);
    const stored = fixture.lake.results.find(({ series }) => series.dataset === 'equity_bars');
    expect(stored?.rows?.length).toBe(5);
  });
});
