import type { RunEvent } from '../../core/events.js';
import { pluralize } from '../../platform/format.js';
import type { DataOrigin } from '../../core/series.js';
import type { AlertName, AlertRule } from '../../config/pipeline/notifications/notifications.js';
import type { AlertChange } from './alert-change.js';
import { isTableSubject } from './alert-subjects.js';

/** Finds in the events of a run what rules watch for. */
export type RuleEvaluator = (event: RunEvent) => readonly AlertChange[];

/** What is watched: which rules, and which steps bring bars of equities. */
export interface RuleEvaluatorOptions {
  readonly rules: readonly AlertRule[];
  readonly equitySteps: ReadonlySet<string>;
}

interface RequestCounts {
  total: number;
  failed: number;
  /** Whether anything of use came, so that the source can be said to work. */
  hasSuccess: boolean;
}

/** How an answer counts: `lost` says something definite, and so is no error. */
const failureOutcomes: ReadonlySet<string> = new Set(['retryable', 'pacing', 'denied', 'invalid', 'fatal']);

export function createRuleEvaluator({ rules, equitySteps }: RuleEvaluatorOptions): RuleEvaluator {
  const requestCounts = new Map<DataOrigin, RequestCounts>();
  const openBreakers = new Set<string>();
  const damaged = new Set<string>();
  const aboveThreshold = new Set<string>();
  /** Why tasks have failed: what needs them is skipped, and says no more than their names. */
  const failureReasons = new Map<string, string>();
  let pipeline = '';

  const raise = (on: AlertName, subject: string, message: string): readonly AlertChange[] =>
    rulesOn(on).map(({ severity }) => ({ kind: 'raise', rule: { on, severity }, subject, words: message }));
  const clear = (on: AlertName, subject: string): readonly AlertChange[] =>
    rulesOn(on).map(({ severity }) => ({ kind: 'clear', rule: { on, severity }, subject }));
  /** What only a check of the lake can find, only a check can clear. */
  const clearOtherTables = (on: AlertName, subjects: ReadonlySet<string>): readonly AlertChange[] =>
    rulesOn(on).map(({ severity }) => ({
      kind: 'clear-others',
      rule: { on, severity },
      subjects,
      among: isTableSubject,
    }));
  const byName = new Map<AlertName, AlertRule[]>();
  for (const rule of rules) byName.set(rule.on, [...(byName.get(rule.on) ?? []), rule]);
  function rulesOn(on: AlertName): readonly AlertRule[] {
    return byName.get(on) ?? [];
  }

  /** The rate is judged at every answer, so that a long run does not fail in silence; it is well only at the end. */
  const evaluateErrorRate = (provider: DataOrigin, isEnd: boolean): readonly AlertChange[] => {
    const { total, failed } = requestCounts.get(provider) ?? { total: 0, failed: 0 };
    return rulesOn('error_rate').flatMap(({ on, severity, threshold, minSamples }): readonly AlertChange[] => {
      const key = `${severity}/${provider}`;
      if (total < minSamples) return [];
      const isAboveThreshold = failed / total > threshold;
      const rule = { on, severity };
      if (!isAboveThreshold) return isEnd ? [{ kind: 'clear', rule, subject: provider }] : [];
      if (aboveThreshold.has(key) && !isEnd) return [];
      aboveThreshold.add(key);
      const message = `${failed} of ${pluralize(total, 'answer')} (${Math.round((100 * failed) / total)} %) were failures`;
      return [{ kind: 'raise', rule, subject: provider, message }];
    });
  };

  const evaluateRunEnd = (event: Extract<RunEvent, { type: 'run-finished' }>): readonly AlertChange[] => {
    const changes = [...requestCounts.keys()].flatMap((provider) => evaluateErrorRate(provider, true));
    for (const [provider, { hasSuccess }] of requestCounts) {
      if (hasSuccess && !openBreakers.has(provider)) changes.push(...clear('api_circuit_breaker_open', provider));
    }
    if (event.status === 'interrupted') return changes;
    if (event.status !== 'failed') changes.push(...clearOtherTables('data_integrity_failure', damaged));
    // A source that cannot be used is no less out of order for the tasks that had nothing to ask it.
    const isFailed = event.status === 'failed' || event.reason !== undefined;
    const message = event.reason ?? 'every task failed';
    changes.push(...(isFailed ? raise('run_failed', pipeline, message) : clear('run_failed', pipeline)));
    return changes;
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        pipeline = event.pipeline.name;
        return clear('run_missed', pipeline);
      case 'corruption-detected':
        damaged.add(event.dataset);
        return raise('data_integrity_failure', event.dataset, `${event.path}: ${event.problem}`);
      case 'breaker-changed':
        return evaluateBreaker(event);
      case 'request-completed': {
        const isFailure = failureOutcomes.has(event.outcome);
        const counts = requestCounts.get(event.provider) ?? { total: 0, failed: 0, hasSuccess: false };
        counts.total++;
        if (isFailure) counts.failed++;
        else counts.hasSuccess = true;
        requestCounts.set(event.provider, counts);
        return isFailure ? evaluateErrorRate(event.provider, false) : [];
      }
      case 'task-finished':
        if (event.status === 'failed') failureReasons.set(event.task, event.reason ?? event.status);
        return [
          ...evaluatePrerequisites(event),
          ...(equitySteps.has(event.step) ? evaluateEquity(event) : []),
          ...evaluateTaskFailure(event),
        ];
      case 'run-finished':
        return evaluateRunEnd(event);
      default:
        return [];
    }
  };

  function evaluateBreaker({ provider, symbol, state }: BreakerChanged): readonly AlertChange[] {
    const subject = symbol === undefined ? provider : `${provider}/${symbol}`;
    if (state === 'open') {
      openBreakers.add(subject);
      return raise('api_circuit_breaker_open', subject, 'it failed again and again');
    }
    if (state === 'half-open') return [];
    openBreakers.delete(subject);
    return clear('api_circuit_breaker_open', subject);
  }

  function evaluatePrerequisites({ task, status, reason }: TaskFinished): readonly AlertChange[] {
    if (status === 'skipped') return raise('prerequisite_violation', task, withRootCause(reason));
    return status === 'interrupted' || status === 'failed' ? [] : clear('prerequisite_violation', task);
  }

  /** `quotes/MSFT failed` alone would send people looking for why. */
  function withRootCause(reason = 'what it needs is not there'): string {
    const rootCause = reason.endsWith(' failed') ? failureReasons.get(reason.slice(0, -' failed'.length)) : undefined;
    return rootCause === undefined ? reason : `${reason}: ${rootCause}`;
  }

  function evaluateEquity(event: TaskFinished): readonly AlertChange[] {
    const { task: subject, status, reason } = event;
    if (status === 'interrupted') return [];
    if (status === 'ok' || status === 'up-to-date')
      return isComplete(event) ? clear('missing_equity_data', subject) : [];
    return raise('missing_equity_data', subject, reason === undefined ? status : withRootCause(reason));
  }

  function evaluateTaskFailure(event: TaskFinished): readonly AlertChange[] {
    const { task: subject, step, status, reason = status } = event;
    if (isComplete(event)) return clear('task_failed', subject);
    const isAlreadyReported = equitySteps.has(step) && rulesOn('missing_equity_data').length > 0;
    return status === 'failed' && !isAlreadyReported ? raise('task_failed', subject, reason) : [];
  }
}

/** What was refused before is not asked for again, which does not make it well. */
function isComplete({ status, hasDeniedWindows }: TaskFinished): boolean {
  return (status === 'ok' || status === 'up-to-date') && hasDeniedWindows === undefined;
}

type BreakerChanged = Extract<RunEvent, { type: 'breaker-changed' }>;
type TaskFinished = Extract<RunEvent, { type: 'task-finished' }>;
