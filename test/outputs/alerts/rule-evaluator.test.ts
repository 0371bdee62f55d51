import { describe, expect, test } from 'vitest';

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

/** What the rules find in the events, in short. */
function evaluate(rules: readonly AlertRule[], bodies: readonly RunEventBody[]): readonly string[] {
  const find = createRuleEvaluator({ rules, equitySteps: new Set(['equity']) });
  return bodies
    .map((body): RunEvent => ({ at: 0, runId: 'run-1', ...body }))
    .flatMap((event) => find(event))
    .map((change) => {
      const severity = change.rule.severity === 'critical' ? '' : ` (${change.rule.severity})`;
      const about = change.kind === 'clear-others' ? [...change.subjects].join() : change.subject;
      return `${change.kind}${severity} ${about}${change.kind === 'raise' ? `: ${change.message}` : ''}`;
    });
}

const finished = (step: string, status: TaskStatus, reason?: string, refused = false): RunEventBody => ({
  type: 'task-finished',
  task: `${step}/AAPL`,
  step,
  symbol: 'AAPL',
  status,
  requests: 1,
  rows: 0,
  durationMs: 0,
  ...(reason === undefined ? {} : { reason }),
  ...(refused ? { hasDeniedWindows: true } : {}),
});
const answered = (outcome: 'rows' | 'retryable' | 'lost'): RunEventBody => ({
  type: 'request-completed',
  request: 'r/1',
  task: 'equity/AAPL',
  provider: 'mock',
  outcome,
  rows: 0,
  durationMs: 0,
});
const end = (status: 'ok' | 'partial' | 'failed' | 'interrupted', reason?: string): RunEventBody => ({
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
});

describe('in the events of a run', () => {
  test('prerequisites are found missing by what was skipped for them', () => {
    const rules = [rule('prerequisite_violation')];
    expect(evaluate(rules, [finished('options', 'skipped', 'equity/AAPL failed')])).toEqual([
      'raise options/AAPL: equity/AAPL failed',
    ]);
    expect(evaluate(rules, [finished('options', 'ok')])).toEqual(['clear options/AAPL']);
    expect(evaluate(rules, [finished('options', 'interrupted')])).toEqual([]);
  });

  test('prerequisites name why what they waited for has failed in the same run', () => {
    const skipped = finished('snapshots', 'skipped', 'quotes/AAPL failed');
    expect(evaluate([rule('prerequisite_violation')], [finished('quotes', 'failed', 'not yours'), skipped])).toEqual([
      'raise snapshots/AAPL: quotes/AAPL failed: not yours',
    ]);
  });

  test('a task that fails, but for what is said of bars of equities already, until it has all it wants', () => {
    const rules = [rule('task_failed')];
    const bad = [finished('quotes', 'failed', 'not yours'), finished('equity', 'failed', 'no answer')];
    expect(evaluate(rules, bad)).toEqual(['raise quotes/AAPL: not yours', 'raise equity/AAPL: no answer']);
    expect(evaluate([...rules, rule('missing_equity_data')], bad)).toEqual([
      'raise quotes/AAPL: not yours',
      'raise equity/AAPL: no answer',
    ]);
    expect(evaluate([...rules, rule('missing_equity_data', { severity: 'info' })], bad.slice(1))).toEqual([
      'raise (info) equity/AAPL: no answer',
    ]);
    const others = (['partial', 'skipped', 'interrupted'] as const).map((status) => finished('quotes', status));
    expect(evaluate(rules, others)).toEqual([]);
    expect(evaluate(rules, [finished('quotes', 'up-to-date')])).toEqual(['clear quotes/AAPL']);
    expect(evaluate(rules, [finished('quotes', 'ok')])).toEqual(['clear quotes/AAPL']);
    // What the source has refused is not asked for again: that it is not asked for does not make it well.
    const refused = finished('equity', 'up-to-date', undefined, true);
    expect(evaluate([...rules, rule('missing_equity_data')], [refused])).toEqual([]);
  });

  test('bars of equities are missing when their task did not end well, and only of such steps', () => {
    const rules = [rule('missing_equity_data')];
    expect(
      evaluate(rules, [finished('equity', 'partial', 'the answer was cut short'), finished('options', 'failed')]),
    ).toEqual(['raise equity/AAPL: the answer was cut short']);
    expect(evaluate(rules, [finished('equity', 'up-to-date'), finished('equity', 'interrupted')])).toEqual([
      'clear equity/AAPL',
    ]);
  });

  test('a breaker that opens is told, and well when it closes or the source is of use again', () => {
    const rules = [rule('api_circuit_breaker_open')];
    expect(evaluate(rules, [breaker('open'), breaker('half-open'), breaker('closed')])).toEqual([
      'raise mock: it failed again and again',
      'clear mock',
    ]);
    expect(evaluate(rules, [answered('rows'), end('ok')])).toEqual(['clear mock']);
    expect(evaluate(rules, [answered('rows'), breaker('open'), end('partial')])).toEqual([
      'raise mock: it failed again and again',
    ]);
    expect(evaluate(rules, [answered('retryable'), end('failed')])).toEqual([]);
  });

  test('a rate of errors is judged by enough answers, at once, by each rule for itself', () => {
    const rules = [rule('error_rate'), rule('error_rate', { severity: 'info', threshold: 0.2 })];
    const bad = answered('retryable');
    expect(evaluate(rules, [bad, bad, bad])).toEqual([]);
    expect(evaluate(rules, [bad, answered('rows'), answered('lost'), bad])).toEqual([
      'raise (info) mock: 2 of 4 answers (50 %) were failures',
    ]);
    expect(evaluate(rules, [bad, bad, bad, bad, bad])).toEqual([
      'raise mock: 4 of 4 answers (100 %) were failures',
      'raise (info) mock: 4 of 4 answers (100 %) were failures',
    ]);
    const good = Array.from({ length: 9 }, () => answered('rows'));
    expect(evaluate(rules, [...good, end('ok')])).toEqual(['clear mock', 'clear (info) mock']);
  });

  test('a run that fails, and one that does not', () => {
    const rules = [rule('run_failed')];
    expect(evaluate(rules, [startedBody(), end('failed', 'no connection')])).toEqual(['raise daily: no connection']);
    expect(evaluate(rules, [startedBody(), end('partial')])).toEqual(['clear daily']);
    expect(evaluate(rules, [startedBody(), end('interrupted', 'no connection')])).toEqual([]);
    expect(evaluate(rules, [startedBody(), end('partial', 'no connection')])).toEqual(['raise daily: no connection']);
  });

  test('damage, until a run finds none; and that a run took place', () => {
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

  test('what no rule is about is not found', () => {
    expect(evaluate([], [finished('equity', 'failed'), breaker('open'), end('failed')])).toEqual([]);
  });
});

describe('without a run', () => {
  const symbols = [
    createSymbol('NEW'),
    createSymbol('OLD'),
    createSymbol('FRESH'),
    createSymbol('NONE', { steps: ['contracts'] }),
  ];
  const at = (instant: number, state: 'data' | 'failed') => ({ start: instant, end: instant + 1, state, at: instant });

  test('chains are too old by their last answer, whatever was tried since', () => {
    const now = 100 * day;
    const coverage: Readonly<Record<string, ReturnType<typeof at>[]>> = {
      'chains/OLD': [at(now - 25 * hour, 'data'), at(now - hour, 'failed')],
      'chains/FRESH': [at(now - 24 * hour, 'data')],
    };
    const lake = { coverage: (_: string, series: string) => coverage[series] ?? [] };
    const findings = findStaleChains({ steps: fourSteps, symbols }, lake, day, now);
    expect(findings).toEqual([
      { subject: 'NEW', words: 'has no option chain yet' },
      { subject: 'OLD', words: 'its option chain is 1d 1h old' },
    ]);
    expect(findStaleChains({ steps: [createContractsStep()], symbols }, lake, day, now)).toEqual([]);
    expect(toAlertChanges(rule('stale_option_chains'), findings).at(-1)).toEqual({
      kind: 'clear-others',
      rule: { on: 'stale_option_chains', severity: 'critical' },
      subjects: new Set(['NEW', 'OLD']),
    });
  });

  test('runs are missed when they are due, late, and did not begin', () => {
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
      words: '1 due time without a run, the first at 1970-01-06T00:00:00Z',
    });
    expect(findMissedRuns(daily, 0, 40 * day, late)?.count).toBe(39);
    expect(findMissedRuns(daily, 0, 1e6 * day, late)?.count).toBe(1_000);
  });
});
