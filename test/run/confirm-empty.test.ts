import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { defaultEmptyConfirmation } from '../../src/core/empty-confirmation.js';
import type { TaskFinished } from '../../src/core/events.js';
import type { FetchOutcome, Request } from '../../src/core/request.js';
import { day, hour } from '../../src/core/time/time.js';
import type { Instant, LocalDate } from '../../src/core/time/time.js';
import type { Pipeline } from '../../src/config/pipeline/pipeline.js';
import type { AlertRule } from '../../src/config/pipeline/notifications/notifications.js';
import { isComplete } from '../../src/plan/lacking.js';
import { createRuleEvaluator } from '../../src/outputs/alerts/rule-evaluator.js';
import { createFullOutcome } from '../fixtures/full-outcome.js';
import { createOptionsStep, createPipeline, fourSteps } from '../fixtures/pipelines.js';
import { smallChain } from '../fixtures/planning.js';
import type { PlanningFixture } from '../fixtures/planning.js';
import { requireCalendar } from '../fixtures/require-calendar.js';
import { createBarRows } from '../fixtures/rows.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { StartedExecution } from '../fixtures/start-execution.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');
const calendar = requireCalendar('XNYS');
const wednesday: LocalDate = '2026-11-18';

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The full answer without the bars of some sessions. */
function leaveOut(request: Request, ...dates: readonly LocalDate[]): FetchOutcome {
  const full = createFullOutcome(request, calendar, smallChain);
  if (full.kind !== 'rows' || (full.rows.dataset !== 'equity_bars' && full.rows.dataset !== 'option_bars')) return full;
  const times = [...full.rows.columns.ts].filter((at) => !dates.includes(calendar.dateAt(at)));
  return times.length === 0 ? { kind: 'empty' } : { ...full, rows: createBarRows(full.rows.dataset, times) };
}

interface Ran extends StartedExecution {
  readonly tasks: Readonly<Record<string, string>>;
}

/** Runs a pipeline of one symbol; `omits` returns the sessions that an answer leaves out. */
async function run(
  omits: (request: Request) => readonly LocalDate[],
  {
    now = saturday,
    fixture,
    symbols = ['AAPL'],
    pipeline = createPipeline(symbols),
  }: {
    readonly now?: Instant;
    readonly fixture?: PlanningFixture;
    readonly symbols?: readonly string[];
    readonly pipeline?: Pipeline;
  } = {},
): Promise<Ran> {
  vi.setSystemTime(now);
  const started = startExecution({
    pipeline,
    now,
    confirmEmpty: defaultEmptyConfirmation,
    script: (request) => leaveOut(request, ...omits(request)),
    ...(fixture === undefined ? {} : { fixture }),
  });
  const { tasks } = await started.waitForEnd();
  const described = tasks.map(({ id, status, requests, reason }): [string, string] => [
    id,
    `${status} ${String(requests)}${reason === undefined ? '' : ` ${reason}`}`,
  ]);
  return { ...started, tasks: Object.fromEntries(described) };
}

const isEquity = ({ series }: Request): boolean => series.dataset === 'equity_bars';
const noOmission = (): readonly LocalDate[] => [];
const lacksWednesday = (request: Request): readonly LocalDate[] => (isEquity(request) ? [wednesday] : []);

describe('a session that an answer for a symbol leaves out', () => {
  test('makes the run partial, then waits for twelve hours, and is requested again on its own', async () => {
    const first = await run(lacksWednesday);
    expect(first.tasks['equity/AAPL']).toBe('partial 1 1 session without rows, unconfirmed (2026-11-18)');
    const { fixture } = first;
    expect(isComplete(fixture.plan(saturday + hour))).toBe(false);

    const soon = await run(lacksWednesday, { fixture, now: saturday + hour });
    expect(soon.provider.calls).toEqual([]);
    expect(soon.tasks['equity/AAPL']).toBe('partial 0 1 session without rows, unconfirmed (2026-11-18)');

    const later = await run(noOmission, { fixture, now: saturday + 13 * hour });
    expect(later.provider.calls.map(({ closes }) => closes.map(({ start }) => calendar.dateAt(start)))).toEqual([
      [wednesday],
    ]);
    expect(later.tasks['equity/AAPL']).toBe('ok 1');
    expect(isComplete(fixture.plan(saturday + 14 * hour))).toBe(true);
  });

  test('is complete and not requested any more after three answers', async () => {
    const { fixture } = await run(lacksWednesday);
    await run(lacksWednesday, { fixture, now: saturday + 13 * hour });
    const third = await run(lacksWednesday, { fixture, now: saturday + 26 * hour });
    expect(third.tasks['equity/AAPL']).toBe('ok 1');
    const plan = fixture.plan(saturday + 30 * hour);
    expect({ requests: plan.requests, isComplete: isComplete(plan) }).toEqual({ requests: 0, isComplete: true });
    const retried = fixture.plan(saturday + 30 * hour, { retryEmpty: true });
    expect(retried.tasks.filter(({ status }) => status === 'ready').map(({ id, reason }) => `${id} ${reason}`)).toEqual(
      ['equity/AAPL empty when requested on 2026-11-22'],
    );
  });

  test('is confirmed for every symbol after a day when the exchange was closed unexpectedly', async () => {
    const symbols = ['AAPL', 'MSFT', 'NVDA'];
    const isBars = ({ series }: Request): boolean =>
      series.dataset === 'equity_bars' || series.dataset === 'option_bars';
    const isClosed = (request: Request): readonly LocalDate[] => (isBars(request) ? [wednesday] : []);
    const first = await run(isClosed, { symbols });
    const requestsOf = ({ provider }: Ran): number => provider.calls.filter(isBars).length;
    const series = requestsOf(first);
    expect(Object.values(first.tasks).filter((text) => text.includes('unconfirmed'))).toHaveLength(6);
    const { fixture } = first;
    const second = await run(isClosed, { symbols, fixture, now: saturday + 13 * hour });
    const third = await run(isClosed, { symbols, fixture, now: saturday + 26 * hour });
    const fourth = await run(isClosed, { symbols, fixture, now: saturday + 39 * hour });
    expect([second, third, fourth].map(requestsOf)).toEqual([series, series, 0]);
    expect(Object.values(fourth.tasks).filter((text) => !/^(ok|up-to-date) /.test(text))).toEqual([]);
  });

  test('raises missing_equity_data with the number and the dates of the sessions, until it is confirmed', async () => {
    const rule: AlertRule = {
      on: 'missing_equity_data',
      severity: 'warning',
      channels: [],
      repeatAfter: hour,
      threshold: 1,
      minSamples: 1,
      maxAge: hour,
    };
    const evaluate = createRuleEvaluator({
      rules: [rule],
      equitySteps: new Set(['equity']),
      resolvesTasks: true,
    });
    const alertsOf = ({ events }: Ran): readonly unknown[] =>
      events
        .filter((event): event is TaskFinished => event.type === 'task-finished' && event.step === 'equity')
        .flatMap((event) => evaluate({ ...event, at: 0, runId: 'r' }))
        .filter((change) => change.rule.on === 'missing_equity_data');
    const first = await run(lacksWednesday);
    expect(alertsOf(first)).toMatchObject([
      { kind: 'raise', subject: 'equity/AAPL', message: '1 session without rows, unconfirmed (2026-11-18)' },
    ]);
    const { fixture } = first;
    const soon = await run(noOmission, { fixture, now: saturday + hour });
    expect(alertsOf(soon)).toMatchObject([
      { kind: 'raise', message: '1 session without rows, unconfirmed (2026-11-18)' },
    ]);
    const later = await run(noOmission, { fixture, now: saturday + 13 * hour });
    expect(alertsOf(later)).toMatchObject([{ kind: 'clear', subject: 'equity/AAPL' }]);
  });
});

describe('a session without a trade', () => {
  const lastExpiry = smallChain.at(-1)?.expiry;

  test('of one option leaves the run ok, is counted, and is requested again', async () => {
    const isFar = ({ series }: Request): boolean =>
      series.dataset === 'option_bars' && series.contract.expiry === lastExpiry && series.contract.strike === 105;
    const first = await run((request) => (isFar(request) ? [wednesday] : []));
    expect(first.tasks['options/AAPL']).toBe('ok 12');
    const finished = first.events.find((event) => event.type === 'task-finished' && event.step === 'options');
    expect(finished).toMatchObject({ absences: [{ kind: 'untraded', windows: 1, isAccepted: true }] });
    const { fixture } = first;
    expect(isComplete(fixture.plan(saturday + hour))).toBe(true);
    expect(fixture.plan(saturday + hour).requests).toBe(0);
    const later = await run(noOmission, { fixture, now: saturday + 13 * hour });
    expect(later.tasks['options/AAPL']).toBe('ok 2');
  });

  test('of every option of a symbol makes the run partial', async () => {
    const isOption = ({ series }: Request): boolean => series.dataset === 'option_bars';
    const first = await run((request) => (isOption(request) ? [wednesday] : []));
    expect(first.tasks['options/AAPL']).toBe('partial 12 1 session without rows, unconfirmed (2026-11-18)');
    const soon = await run(noOmission, { fixture: first.fixture, now: saturday + hour });
    expect(soon.tasks['options/AAPL']).toBe('partial 0 1 session without rows, unconfirmed (2026-11-18)');
  });

  test('of every option in daily bars makes the run partial, although the session has shorter bars', async () => {
    const barSizes = ['1 day', '1 hour'] as const;
    const options = createOptionsStep({ barSizes: [...barSizes], lookback: { kind: 'sessions', count: 1 } });
    const pipeline = createPipeline(['AAPL'], [...fourSteps.slice(0, 3), options]);
    const friday: LocalDate = '2026-11-20';
    for (const barSize of barSizes) {
      const isSilent = ({ series }: Request): boolean => series.dataset === 'option_bars' && series.barSize === barSize;
      const first = await run((request) => (isSilent(request) ? [friday] : []), { pipeline });
      const reason = `1 session without rows, unconfirmed (${friday})`;
      expect(first.tasks['options/AAPL']).toBe(`partial 24 ${reason}`);
      const soon = await run(noOmission, { fixture: first.fixture, now: saturday + hour, pipeline });
      expect(soon.tasks['options/AAPL']).toBe(`partial 0 ${reason}`);
      const later = await run(noOmission, { fixture: first.fixture, now: saturday + 13 * hour, pipeline });
      expect(later.tasks['options/AAPL']).toBe('ok 12');
    }
  });

  test('of an option that the provider says not to know, although it has rows, is not believed', async () => {
    const isOne = ({ series }: Request): boolean =>
      series.dataset === 'option_bars' && series.contract.expiry === lastExpiry && series.contract.strike === 105;
    const answerUnknown = (request: Request): FetchOutcome | undefined =>
      isOne(request) && request.series.dataset === 'option_bars'
        ? { kind: 'empty', unlisted: [request.series.contract] }
        : undefined;
    const { fixture } = await run(noOmission);
    const nextSaturday = saturday + 7 * day;
    const states = async (at: Instant): Promise<readonly string[]> => {
      vi.setSystemTime(at);
      const started = startExecution({
        ...{ pipeline: createPipeline(['AAPL']), now: at, confirmEmpty: defaultEmptyConfirmation, fixture },
        script: answerUnknown,
      });
      await started.waitForEnd();
      const name = `option_bars/AAPL/${String(lastExpiry)}/105/C/1 day/TRADES/rth`;
      return fixture.lake.coverage('mock', name).map(({ state, emptyAnswers }) => `${state} ${String(emptyAnswers)}`);
    };
    expect(await states(nextSaturday)).toEqual(['data undefined', 'failed 1']);
    expect(await states(nextSaturday + 13 * hour)).toEqual(['data undefined', 'failed 2']);
    expect(await states(nextSaturday + 26 * hour)).toEqual(['data undefined', 'empty 3']);
  });

  test('of an option near the money that trades in other sessions makes the run partial', async () => {
    const isNear = ({ series }: Request): boolean =>
      series.dataset === 'option_bars' && series.contract.expiry === '2026-11-27' && series.contract.strike === 100;
    const first = await run((request) => (isNear(request) ? [wednesday] : []));
    expect(first.tasks['options/AAPL']).toBe('partial 12 1 session without rows, unconfirmed (2026-11-18)');
  });
});

describe('an empty chain', () => {
  test('leaves the task partial and is requested again by the next run', async () => {
    vi.setSystemTime(saturday);
    const start = (now: Instant, fixture?: PlanningFixture): StartedExecution =>
      startExecution({
        pipeline: createPipeline(['AAPL']),
        now,
        confirmEmpty: defaultEmptyConfirmation,
        script: ({ series }) => (series.dataset === 'chains' && fixture === undefined ? { kind: 'empty' } : undefined),
        ...(fixture === undefined ? {} : { fixture }),
      });
    const first = start(saturday);
    const { tasks, status } = await first.waitForEnd();
    expect(status).toBe('partial');
    expect(tasks.find(({ id }) => id === 'chains/AAPL')).toMatchObject({
      status: 'partial',
      reason: 'without rows, unconfirmed',
    });
    const second = start(saturday + hour, first.fixture);
    expect((await second.waitForEnd()).status).toBe('ok');
    expect(second.provider.names[0]).toBe('chains/AAPL');
  });
});
