import { describe, expect, test } from 'vitest';

import type { Absence } from '../../../src/core/absence.js';
import type { RunEvent, RunEventBody, TaskStatus } from '../../../src/core/events.js';
import { day, hour, minute } from '../../../src/core/time/time.js';
import type { AlertName, AlertRule } from '../../../src/config/pipeline/notifications/notifications.js';
import { toAlertChanges } from '../../../src/outputs/alerts/alert-change.js';
import { toMissedRunFinding, findMissedRuns } from '../../../src/outputs/alerts/missed-runs.js';
import { findStaleChains } from '../../../src/outputs/alerts/stale-chains.js';
import { createRuleEvaluator } from '../../../src/outputs/alerts/rule-evaluator.js';
import { createContractsStep, fourSteps, createSymbol } from '../../fixtures/pipelines.js';
import { startedBody } from '../../fixtures/sample-runs.js';

const rule = (on: AlertName, more: Partial<AlertRule> = {}): AlertRule => ({
  on,
  severity: 'critical',
  channels: ['ops'],
  repeatAfter: day,
  threshold: 0.5,
  minSamples: 4,
  maxAge: day,
  ...more,
});

/** Changes in short form: `raise <subject>: <message>`, `clear <subject>`; the severity in parentheses unless critical. */
function evaluate(
  rules: readonly AlertRule[],
  bodies: readonly RunEventBody[],
  resolvesTasks = true,
): readonly string[] {
  const find = createRuleEvaluator({ rules, equitySteps: new Set(['equity']), resolvesTasks });
  return bodies
    .map((body): RunEvent => ({ at: 0, runId: 'run-1', ...body }))
    .flatMap((event) => find(event))
    .map((change) => {
      const severity = change.rule.severity === 'critical' ? '' : ` (${change.rule.severity})`;
      const about = change.kind === 'clear-others' ? [...change.subjects].join() : change.subject;
      return `${change.kind}${severity} ${about}${change.kind === 'raise' ? `: ${change.message}` : ''}`;
    });
}

const finished = (
  step: string,
  status: TaskStatus,
  reason?: string,
  absences: readonly Absence[] = [],
): RunEventBody => ({
  type: 'task-finished',
  task: `${step}/AAPL`,
  step,
  symbol: 'AAPL',
  status,
  requests: 1,
  rows: 0,
  durationMs: 0,
  ...(reason === undefined ? {} : { reason }),
  absences,
});
const completed = (outcome: 'rows' | 'retryable' | 'unavailable'): RunEventBody => ({
  type: 'request-completed',
  request: 'r/1',
  task: 'equity/AAPL',
  provider: 'mock',
  outcome,
  rows: 0,
  durationMs: 0,
});
const end = (status: 'ok' | 'partial' | 'failed' | 'cancelled', reason?: string): RunEventBody => ({
  type: 'run-finished',
  status,
  requests: 0,
  rows: 0,
  durationMs: 0,
  ...(reason === undefined ? {} : { reason }),
});
const breaker = (state: 'open' | 'half-open' | 'closed'): RunEventBody => ({
  type: 'breaker-changed',
  provider: 'mock',
  state,
  carriedOver: false,
});

describe('createRuleEvaluator', () => {
  test('raises prerequisite_violation for a skipped task and clears it when the task succeeds', () => {
    const rules = [rule('prerequisite_violation')];
    expect(evaluate(rules, [finished('options', 'skipped', 'equity/AAPL failed')])).toEqual([
      'raise options/AAPL: equity/AAPL failed',
    ]);
    expect(evaluate(rules, [finished('options', 'ok')])).toEqual(['clear options/AAPL']);
    expect(evaluate(rules, [finished('options', 'cancelled')])).toEqual([]);
  });

  test('adds the reason of the failed prerequisite to prerequisite_violation', () => {
    const skipped = finished('snapshots', 'skipped', 'quotes/AAPL failed');
    expect(
      evaluate([rule('prerequisite_violation')], [finished('quotes', 'failed', 'no permission'), skipped]),
    ).toEqual(['raise snapshots/AAPL: quotes/AAPL failed: no permission']);
  });

  test('raises task_failed unless missing_equity_data reports the task, and clears it only without denied windows', () => {
    const rules = [rule('task_failed')];
    const bad = [finished('quotes', 'failed', 'no permission'), finished('equity', 'failed', 'no answer')];
    expect(evaluate(rules, bad)).toEqual(['raise quotes/AAPL: no permission', 'raise equity/AAPL: no answer']);
    expect(evaluate([...rules, rule('missing_equity_data')], bad)).toEqual([
      'raise quotes/AAPL: no permission',
      'raise equity/AAPL: no answer',
    ]);
    expect(evaluate([...rules, rule('missing_equity_data', { severity: 'info' })], bad.slice(1))).toEqual([
      'raise (info) equity/AAPL: no answer',
    ]);
    const others = (['partial', 'skipped', 'cancelled'] as const).map((status) => finished('quotes', status));
    expect(evaluate(rules, others)).toEqual([]);
    expect(evaluate(rules, [finished('quotes', 'up-to-date')])).toEqual(['clear quotes/AAPL']);
    expect(evaluate(rules, [finished('quotes', 'ok')])).toEqual(['clear quotes/AAPL']);
  });

  test('keeps missing_equity_data and task_failed raised for windows that were denied earlier, unless accepted', () => {
    const rules = [rule('missing_equity_data'), rule('task_failed')];
    const denied = { kind: 'denied', windows: 5, isAccepted: false } as const;
    const accepted = { ...denied, isAccepted: true };
    expect(evaluate(rules, [finished('equity', 'partial', '5 sessions denied', [denied])])).toEqual([
      'raise equity/AAPL: 5 sessions denied',
    ]);
    expect(evaluate(rules, [finished('quotes', 'partial', 'denied', [denied])])).toEqual(['raise quotes/AAPL: denied']);
    expect(evaluate(rules, [finished('equity', 'up-to-date', undefined, [accepted])])).toEqual([
      'clear equity/AAPL',
      'clear equity/AAPL',
    ]);
    // Version 0.1.0 called such a task up to date.
    expect(evaluate(rules, [finished('equity', 'up-to-date', undefined, [denied])])).toEqual([
      'raise equity/AAPL: 5 sessions denied',
    ]);
  });

  test('resolves no alert about missing data in a run of dates that the user chose', () => {
    const rules = [rule('missing_equity_data'), rule('task_failed')];
    const tasks = [
      finished('equity', 'up-to-date'),
      finished('quotes', 'ok'),
      finished('equity', 'failed', 'no answer'),
    ];
    expect(evaluate(rules, tasks, false)).toEqual(['raise equity/AAPL: no answer']);
  });

  test('raises missing_equity_data for a partial task of an equity step only', () => {
    const rules = [rule('missing_equity_data')];
    expect(
      evaluate(rules, [finished('equity', 'partial', 'truncated response'), finished('options', 'failed')]),
    ).toEqual(['raise equity/AAPL: truncated response']);
    expect(evaluate(rules, [finished('equity', 'up-to-date'), finished('equity', 'cancelled')])).toEqual([
      'clear equity/AAPL',
    ]);
  });

  test('raises api_circuit_breaker_open and clears it when the circuit closes or the provider works', () => {
    const rules = [rule('api_circuit_breaker_open')];
    expect(evaluate(rules, [breaker('open'), breaker('half-open'), breaker('closed')])).toEqual([
      'raise mock: repeated failures',
      'clear mock',
    ]);
    expect(evaluate(rules, [completed('rows'), end('ok')])).toEqual(['clear mock']);
    expect(evaluate(rules, [completed('rows'), breaker('open'), end('partial')])).toEqual([
      'raise mock: repeated failures',
    ]);
    expect(evaluate(rules, [completed('retryable'), end('failed')])).toEqual([]);
  });

  test('raises error_rate per rule as soon as minSamples requests exceed its threshold', () => {
    const rules = [rule('error_rate'), rule('error_rate', { severity: 'info', threshold: 0.2 })];
    const bad = completed('retryable');
    expect(evaluate(rules, [bad, bad, bad])).toEqual([]);
    expect(evaluate(rules, [bad, completed('rows'), completed('unavailable'), bad])).toEqual([
      'raise (info) mock: 2 of 4 requests (50 %) failed',
    ]);
    expect(evaluate(rules, [bad, bad, bad, bad, bad])).toEqual([
      'raise mock: 4 of 4 requests (100 %) failed',
      'raise (info) mock: 4 of 4 requests (100 %) failed',
    ]);
    const good = Array.from({ length: 9 }, () => completed('rows'));
    expect(evaluate(rules, [...good, end('ok')])).toEqual(['clear mock', 'clear (info) mock']);
  });

  test('raises run_failed when the run failed or has a reason, and ignores a cancelled run', () => {
    const rules = [rule('run_failed')];
    expect(evaluate(rules, [startedBody(), end('failed', 'no connection')])).toEqual(['raise daily: no connection']);
    expect(evaluate(rules, [startedBody(), end('partial')])).toEqual(['clear daily']);
    expect(evaluate(rules, [startedBody(), end('cancelled', 'no connection')])).toEqual([]);
    expect(evaluate(rules, [startedBody(), end('partial', 'no connection')])).toEqual(['raise daily: no connection']);
  });

  test('raises data_integrity_failure until a run finds no corruption, and clears run_missed when a run starts', () => {
    const damage: RunEventBody = {
      type: 'corruption-detected',
      dataset: 'chains',
      path: 'a.parquet',
      problem: 'missing',
    };
    expect(evaluate([rule('data_integrity_failure')], [damage, end('ok')])).toEqual([
      'raise chains: a.parquet: missing',
      'clear-others chains',
    ]);
    expect(evaluate([rule('data_integrity_failure')], [end('failed')])).toEqual([]);
    expect(evaluate([rule('run_missed')], [startedBody()])).toEqual(['clear daily']);
  });

  test('returns no changes without rules', () => {
    expect(evaluate([], [finished('equity', 'failed'), breaker('open'), end('failed')])).toEqual([]);
  });
});

describe('findings without a run', () => {
  const symbols = [
    createSymbol('NEW'),
    createSymbol('OLD'),
    createSymbol('FRESH'),
    createSymbol('NONE', { steps: ['contracts'] }),
  ];
  const windowAt = (instant: number, state: 'data' | 'failed') => ({
    start: instant,
    end: instant + 1,
    state,
    lastRequestedAt: instant,
  });

  test('finds stale chains by the last successful request and ignores later failed requests', () => {
    const now = 100 * day;
    const coverage: Readonly<Record<string, ReturnType<typeof windowAt>[]>> = {
      'chains/OLD': [windowAt(now - 25 * hour, 'data'), windowAt(now - hour, 'failed')],
      'chains/FRESH': [windowAt(now - 24 * hour, 'data')],
    };
    const lake = { coverage: (_: string, series: string) => coverage[series] ?? [] };
    const findings = findStaleChains({ steps: fourSteps, symbols }, lake, day, now);
    expect(findings).toEqual([
      { subject: 'NEW', message: 'no option chain yet' },
      { subject: 'OLD', message: 'option chain is 1d 1h old' },
    ]);
    expect(findStaleChains({ steps: [createContractsStep()], symbols }, lake, day, now)).toEqual([]);
    expect(toAlertChanges(rule('stale_option_chains'), findings).at(-1)).toEqual({
      kind: 'clear-others',
      rule: { on: 'stale_option_chains', severity: 'critical' },
      subjects: new Set(['NEW', 'OLD']),
    });
  });

  test('finds missed runs that are later than the tolerance', () => {
    const daily = {
      *due(after: number, until: number): Iterable<number> {
        for (let due = (Math.floor(after / day) + 1) * day; due <= until; due += day) yield due;
      },
    };
    const late = 10 * minute;
    expect(findMissedRuns(daily, null, 5 * day, late)).toBeNull();
    expect(findMissedRuns(daily, 4 * day, 5 * day + 9 * minute, late)).toBeNull();
    const missed = findMissedRuns(daily, 4 * day, 5 * day + 10 * minute, late);
    expect(missed).toEqual({ count: 1, first: 5 * day });
    expect(toMissedRunFinding('daily', { count: 1, first: 5 * day })).toEqual({
      subject: 'daily',
      message: '1 scheduled run missed, the first at 1970-01-06 00:00 UTC',
    });
    expect(findMissedRuns(daily, 0, 40 * day, late)?.count).toBe(39);
    expect(findMissedRuns(daily, 0, 1e6 * day, late)?.count).toBe(1_000);
  });
});
