import type { RunEvent, BreakerChanged, RunFinished, Stamped, TaskFinished } from '../../core/events.js';
import { pluralize } from '../../platform/format.js';
import type { DataOrigin } from '../../core/series.js';
import type { AlertName, AlertRule } from '../../config/pipeline/notifications/notifications.js';
import type { AlertChange } from './alert-change.js';
import { isTableSubject } from './alert-subjects.js';

/** Evaluates the rules at one event of a run. */
export type RuleEvaluator = (event: RunEvent) => readonly AlertChange[];

export interface RuleEvaluatorOptions {
  readonly rules: readonly AlertRule[];
  /** Names of the steps that fetch equity bars. */
  readonly equitySteps: ReadonlySet<string>;
}

interface RequestCounts {
  total: number;
  failed: number;
  /** Whether any request succeeded, which proves that the provider works. */
  hasSuccess: boolean;
}

/** Outcomes that count as errors; `unavailable` is a definite answer. */
const failureOutcomes: ReadonlySet<string> = new Set(['retryable', 'pacing', 'denied', 'invalid', 'fatal']);

export function createRuleEvaluator({ rules, equitySteps }: RuleEvaluatorOptions): RuleEvaluator {
  const requestCounts = new Map<DataOrigin, RequestCounts>();
  const openBreakers = new Set<string>();
  const damaged = new Set<string>();
  const aboveThreshold = new Set<string>();
  /** By task: a skipped task names only the task that it needed. */
  const failureReasons = new Map<string, string>();
  let pipeline = '';

  const raise = (on: AlertName, subject: string, message: string): readonly AlertChange[] =>
    rulesOn(on).map(({ severity }) => ({ kind: 'raise', rule: { on, severity }, subject, message }));
  const clear = (on: AlertName, subject: string): readonly AlertChange[] =>
    rulesOn(on).map(({ severity }) => ({ kind: 'clear', rule: { on, severity }, subject }));
  /** Subjects of checks stay: only a check can clear them. */
  const clearOtherTables = (on: AlertName, subjects: ReadonlySet<string>): readonly AlertChange[] =>
    rulesOn(on).map(({ severity }) => ({
      kind: 'clear-others',
      rule: { on, severity },
      subjects,
      isInScope: isTableSubject,
    }));
  const byName = new Map<AlertName, AlertRule[]>();
  for (const rule of rules) byName.set(rule.on, [...(byName.get(rule.on) ?? []), rule]);
  function rulesOn(on: AlertName): readonly AlertRule[] {
    return byName.get(on) ?? [];
  }

  /** Raises during the run, so that a long run reports early; clears only at its end. */
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
      const message = `${failed} of ${pluralize(total, 'request')} (${Math.round((100 * failed) / total)} %) failed`;
      return [{ kind: 'raise', rule, subject: provider, message }];
    });
  };

  const evaluateRunEnd = (event: Stamped<RunFinished>): readonly AlertChange[] => {
    const changes = [...requestCounts.keys()].flatMap((provider) => evaluateErrorRate(provider, true));
    for (const [provider, { hasSuccess }] of requestCounts) {
      if (hasSuccess && !openBreakers.has(provider)) changes.push(...clear('api_circuit_breaker_open', provider));
    }
    if (event.status === 'cancelled') return changes;
    if (event.status !== 'failed') changes.push(...clearOtherTables('data_integrity_failure', damaged));
    // An unusable provider fails the run even if every task that needs it was up to date.
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
      return raise('api_circuit_breaker_open', subject, 'repeated failures');
    }
    if (state === 'half-open') return [];
    openBreakers.delete(subject);
    return clear('api_circuit_breaker_open', subject);
  }

  function evaluatePrerequisites({ task, status, reason }: TaskFinished): readonly AlertChange[] {
    if (status === 'skipped') return raise('prerequisite_violation', task, withRootCause(reason));
    return status === 'cancelled' || status === 'failed' ? [] : clear('prerequisite_violation', task);
  }

  /** Appends why the needed task failed: `quotes/MSFT failed` alone does not explain it. */
  function withRootCause(reason = 'missing prerequisites'): string {
    const rootCause = reason.endsWith(' failed') ? failureReasons.get(reason.slice(0, -' failed'.length)) : undefined;
    return rootCause === undefined ? reason : `${reason}: ${rootCause}`;
  }

  function evaluateEquity(event: TaskFinished): readonly AlertChange[] {
    const { task: subject, status, reason } = event;
    if (status === 'cancelled') return [];
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

/** Windows that were denied earlier are not requested again, but are still missing. */
function isComplete({ status, hasDeniedWindows }: TaskFinished): boolean {
  return (status === 'ok' || status === 'up-to-date') && !hasDeniedWindows;
}
