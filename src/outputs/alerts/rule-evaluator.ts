import type {
  RunEvent,
  BreakerChanged,
  RequestCompleted,
  RevisionDetected,
  RunFinished,
  TaskFinished,
} from '../../core/events.js';
import { describeQuality, isQualityFinding } from '../describe-event.js';
import { isLacking } from '../../core/absence.js';
import { describeAbsences } from '../../core/describe-absences.js';
import { pluralize } from '../../platform/format.js';
import { groupBy } from '../../platform/group-by.js';
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
  /** False if a complete task may lack sessions that the run did not want. */
  readonly resolvesTasks: boolean;
}

type Changes = readonly AlertChange[];

export function createRuleEvaluator({ rules, equitySteps, resolvesTasks }: RuleEvaluatorOptions): RuleEvaluator {
  const changes = createChanges(rules);
  const requests = createRequestEvaluator(changes);
  const evaluateTask = createTaskEvaluator(changes, equitySteps, resolvesTasks);
  const evaluateRevision = createRevisionEvaluator(changes);
  const openBreakers = new Set<string>();
  const corrupted = new Set<string>();
  let pipeline = '';
  /** The reason of the first task that failed. */
  let firstReason: string | undefined;

  const evaluateBreaker = ({ provider, symbol, state, cause }: BreakerChanged): Changes => {
    const subject = symbol === undefined ? provider : `${provider}/${symbol}`;
    if (state === 'half-open') return [];
    if (state === 'open') {
      openBreakers.add(subject);
      const message = cause === undefined ? 'repeated failures' : `repeated failures: ${cause}`;
      return changes.raise('api_circuit_breaker_open', subject, message);
    }
    openBreakers.delete(subject);
    return changes.clear('api_circuit_breaker_open', subject);
  };

  const evaluateEnd = ({ status, reason }: RunFinished): Changes => {
    const working = requests.workingProviders().filter((provider) => !openBreakers.has(provider));
    const ended = [
      ...requests.finish(),
      ...working.flatMap((provider) => changes.clear('api_circuit_breaker_open', provider)),
    ];
    if (status === 'cancelled') return ended;
    // An unusable provider fails the run even if every task that needs it was up to date.
    const isFailed = status === 'failed' || reason !== undefined;
    return [
      ...ended,
      ...(status === 'failed' ? [] : changes.clearOtherTables('data_integrity_failure', corrupted)),
      ...(isFailed
        ? changes.raise(
            'run_failed',
            pipeline,
            reason ?? `every task failed${firstReason === undefined ? '' : `: ${firstReason}`}`,
          )
        : changes.clear('run_failed', pipeline)),
    ];
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        pipeline = event.pipeline.name;
        return changes.clear('run_missed', pipeline);
      case 'corruption-detected':
        corrupted.add(event.dataset);
        return changes.raise('data_integrity_failure', event.dataset, `${event.path}: ${event.problem}`);
      case 'breaker-changed':
        return evaluateBreaker(event);
      case 'request-completed':
        return requests.add(event);
      case 'task-finished':
        if (event.status === 'failed') firstReason ??= event.reason;
        return [...evaluateTask(event), ...evaluateRevision(event)];
      case 'revision-detected':
        return evaluateRevision(event);
      case 'quality-checked':
        return isQualityFinding(event)
          ? changes.raise('quality_violation', `${event.dataset}/${event.rule}`, describeQuality(event))
          : [];
      case 'sink-failed':
        return changes.raise('sink_failed', event.sink, event.message);
      case 'sink-delivered':
        return changes.clear('sink_failed', event.sink);
      case 'run-finished':
        return evaluateEnd(event);
      default:
        return [];
    }
  };
}

/**
 * Evaluates `corporate_action` and `data_revised`. An alert that this run raised stays until the next complete run, even if the run has
 * fetched the history again: the user should know.
 */
function createRevisionEvaluator({ raise, clear }: ChangeFactory): (event: RevisionDetected | TaskFinished) => Changes {
  const raised = new Set<string>();
  return (event) => {
    const { task } = event;
    if (event.type === 'task-finished')
      return raised.has(task) || !isComplete(event)
        ? []
        : [...clear('corporate_action', task), ...clear('data_revised', task)];
    if (!event.isMaterial) return [];
    raised.add(task);
    return raise(event.kind === 'revision' ? 'data_revised' : 'corporate_action', task, event.detail);
  };
}

/** Creates changes for all rules of a name: rules of different severity may watch the same thing. */
interface ChangeFactory {
  readonly rulesOn: (on: AlertName) => readonly AlertRule[];
  readonly raise: (on: AlertName, subject: string, message: string) => Changes;
  readonly clear: (on: AlertName, subject: string) => Changes;
  /** Clears all tables except these. Subjects of checks stay, because only a check can clear them. */
  readonly clearOtherTables: (on: AlertName, subjects: ReadonlySet<string>) => Changes;
}

function createChanges(rules: readonly AlertRule[]): ChangeFactory {
  const rulesByName = groupBy(rules, ({ on }) => on);
  const rulesOn = (on: AlertName): readonly AlertRule[] => rulesByName.get(on) ?? [];
  return {
    rulesOn,
    raise: (on, subject, message) =>
      rulesOn(on).map(({ severity }) => ({ kind: 'raise', rule: { on, severity }, subject, message })),
    clear: (on, subject) => rulesOn(on).map(({ severity }) => ({ kind: 'clear', rule: { on, severity }, subject })),
    clearOtherTables: (on, subjects) =>
      rulesOn(on).map(({ severity }) => ({
        kind: 'clear-others',
        rule: { on, severity },
        subjects,
        isInScope: isTableSubject,
      })),
  };
}

interface RequestCounts {
  total: number;
  failed: number;
  /** True if any request succeeded, which proves that the provider works. */
  hasSuccess: boolean;
}

/** Outcomes that count as errors; `unavailable` is a definite answer. */
const failureOutcomes: ReadonlySet<string> = new Set(['retryable', 'pacing', 'denied', 'invalid', 'fatal']);

/** Evaluates `error_rate`. Raises during the run, so that a long run reports early; clears only at its end. */
function createRequestEvaluator({ rulesOn }: ChangeFactory): {
  add(event: RequestCompleted): Changes;
  finish(): Changes;
  workingProviders(): readonly DataOrigin[];
} {
  const countsByProvider = new Map<DataOrigin, RequestCounts>();
  const aboveThreshold = new Set<string>();

  const evaluate = (provider: DataOrigin, { total, failed }: RequestCounts, isEnd: boolean): Changes =>
    rulesOn('error_rate').flatMap(({ on, severity, threshold, minSamples }): Changes => {
      const key = `${severity}/${provider}`;
      if (total < minSamples) return [];
      const rule = { on, severity };
      if (failed / total <= threshold) return isEnd ? [{ kind: 'clear', rule, subject: provider }] : [];
      if (aboveThreshold.has(key) && !isEnd) return [];
      aboveThreshold.add(key);
      const message = `${failed} of ${pluralize(total, 'request')} (${Math.round((100 * failed) / total)} %) failed`;
      return [{ kind: 'raise', rule, subject: provider, message }];
    });

  return {
    add({ provider, outcome }) {
      const isFailure = failureOutcomes.has(outcome);
      const counts = countsByProvider.get(provider) ?? { total: 0, failed: 0, hasSuccess: false };
      counts.total++;
      if (isFailure) counts.failed++;
      else counts.hasSuccess = true;
      countsByProvider.set(provider, counts);
      return isFailure ? evaluate(provider, counts, false) : [];
    },
    finish: () => [...countsByProvider].flatMap(([provider, counts]) => evaluate(provider, counts, true)),
    workingProviders: () => [...countsByProvider].flatMap(([provider, { hasSuccess }]) => (hasSuccess ? provider : [])),
  };
}

/** Evaluates `prerequisite_violation`, `missing_equity_data` and `task_failed`. */
function createTaskEvaluator(
  { rulesOn, raise, clear }: ChangeFactory,
  equitySteps: ReadonlySet<string>,
  resolvesTasks: boolean,
): (event: TaskFinished) => Changes {
  const resolve = (on: AlertName, subject: string): Changes => (resolvesTasks ? clear(on, subject) : []);
  /** By task: a skipped task names only the task that it needed. */
  const failureReasons = new Map<string, string>();

  /** Appends why the needed task failed: `quotes/MSFT failed` alone does not explain it. */
  const withRootCause = (reason = 'missing prerequisites'): string => {
    const rootCause = reason.endsWith(' failed') ? failureReasons.get(reason.slice(0, -' failed'.length)) : undefined;
    return rootCause === undefined ? reason : `${reason}: ${rootCause}`;
  };

  const evaluatePrerequisites = ({ task, status, reason }: TaskFinished): Changes => {
    if (status === 'skipped') return raise('prerequisite_violation', task, withRootCause(reason));
    return status === 'cancelled' || status === 'failed' ? [] : clear('prerequisite_violation', task);
  };

  const evaluateEquity = (event: TaskFinished): Changes => {
    const { task: subject, status, reason } = event;
    if (status === 'cancelled') return [];
    if (isComplete(event)) return resolve('missing_equity_data', subject);
    return raise('missing_equity_data', subject, reason === undefined ? describeLack(event) : withRootCause(reason));
  };

  const evaluateFailure = (event: TaskFinished): Changes => {
    const { task: subject, step, status, reason = describeLack(event) } = event;
    if (isComplete(event)) return resolve('task_failed', subject);
    const isAlreadyReported = equitySteps.has(step) && rulesOn('missing_equity_data').length > 0;
    const isFailure = status === 'failed' || isLacking(event.absences);
    return isFailure && status !== 'cancelled' && !isAlreadyReported ? raise('task_failed', subject, reason) : [];
  };

  return (event) => {
    if (event.status === 'failed') failureReasons.set(event.task, event.reason ?? event.status);
    return [
      ...evaluatePrerequisites(event),
      ...(equitySteps.has(event.step) ? evaluateEquity(event) : []),
      ...evaluateFailure(event),
    ];
  };
}

function describeLack({ status, absences }: TaskFinished): string {
  return isLacking(absences) ? describeAbsences(absences) : status;
}

/** A task of an earlier version may be `ok` although windows were denied. */
function isComplete({ status, absences }: TaskFinished): boolean {
  return (status === 'ok' || status === 'up-to-date') && !isLacking(absences);
}
